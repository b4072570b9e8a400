"""Steps that say one thing together, and steps that say nothing new."""

from collections.abc import Sequence

from authorizers.builder.step import Step
from authorizers.builder.target import with_methods
from authorizers.policy.covering import covers, includes


def plain_tails(steps: Sequence[Step]) -> list[str] | None:
    """
    Return the ends of the resources if every step allows one plain route, and none twice.

    The usual case, which needs none of the thoughts of the others.
    """
    places = {step.target.place: step.target.tails for step in steps if step.simple}
    if len(places) < len(steps):
        return None
    return [tail for tails in places.values() for tail in tails]


def joined_steps(steps: Sequence[Step]) -> list[Step]:
    """Join the methods of the same paths under the same condition, in the order of writing."""
    found: dict[object, Step] = {}
    for step in steps:
        effect, target, condition, _ = step
        always = condition is None and effect == "Allow"  # the usual case, with a quick key
        place = target.place if always else (effect, target.place, condition)
        known = found.setdefault(place, step)
        if known is not step:
            found[place] = _limited(known, known.target.methods | target.methods)
    return list(found.values())


def _limited(step: Step, methods: frozenset[str]) -> Step:
    if methods == step.target.methods:
        return step
    return step._replace(target=with_methods(step.target, methods))


def uncovered_steps(allowed: list[Step]) -> list[Step]:
    """Leave out what another step allows anyway, under no condition or the same one."""
    wide = [i for i, step in enumerate(allowed) if not step.target.plain]
    if not wide:
        return allowed
    left = list(allowed)
    for i, step in enumerate(allowed):
        methods = step.target.methods
        for j in wide:
            if i != j and methods & left[j].target.methods and _allows_all_of(left[j], step):
                methods -= left[j].target.methods
        left[i] = _limited(step, methods)
    return [step for step in left if step.target.methods or step.target.bare]


def _allows_all_of(wide: Step, narrow: Step) -> bool:
    if wide.condition is not None and wide.condition != narrow.condition:
        return False
    if wide.target.beyond:
        return includes(wide.target.words, narrow.target.words)
    return covers(wide.target.pattern, narrow.target.pattern)
