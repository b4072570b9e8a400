"""
The paths that a pattern stands for, and whether two patterns have one in common.

A route's `{id}` is one segment where IAM's `*` is any run of characters, so whether a policy
reaches a route is a question about languages, decided here exactly and not by trying examples.
Wildcards fill whole segments, so the words of these languages are segments, not characters.
"""

from collections.abc import Container

from authorizers.model.route import Route

ONE = "{}"  # exactly one segment, not empty
SOME = "?*"  # at least one character, slashes included
ANY = "*"  # any run of characters, slashes included

Words = tuple[str, ...]  # literal segments and the three above; the root is one empty segment

_RUNS = (SOME, ANY)
_OTHER = None  # a segment of which only is known that it is none that was named
_Label = tuple[str | None, bool]  # its text or _OTHER; whether it may be empty
_State = tuple[int, bool]  # the word to match next; whether SOME has had a segment already


def words_of_route(route: Route) -> Words:
    """Return the language of a route's path, without the leading slash."""
    if route.key == "$default":
        return (ANY,)
    return tuple(
        (SOME if s.endswith("+}") else ONE) if s.startswith("{") else s for s in route.segments
    ) or ("",)


def words_of_pattern(pattern: str) -> Words:
    """Return the language of an IAM pattern whose wildcards fill whole segments."""
    return tuple(pattern.split("/"))


def pattern_of(words: Words) -> str:
    """Return the smallest IAM pattern that matches at least all of a language."""
    return "/".join(SOME if word == ONE else word for word in words)


def beyond_of(words: Words, fixed: Container[int] = ()) -> tuple[str, ...]:
    """
    Return patterns that cover what the pattern of `words` matches beyond `words` themselves.

    A parameter may hold a slash, or, where nothing but parameters stands between it and a greedy
    one, be empty: everything else that follows is the greedy one's. At the places `fixed` it has
    a value, and matches nothing else.
    """
    parts = pattern_of(words).split("/")
    return tuple(
        "/".join(
            [*parts[:i], "", "*"]
            if words[-1] == SOME and set(words[i:]) <= {ONE, SOME}
            else [*parts[:i], "*/*", *parts[i + 1 :]]
        )
        for i, word in enumerate(words)
        if word == ONE and i not in fixed
    )


def _moves(words: Words, state: _State) -> list[tuple[_Label, _State]]:
    i, begun = state
    if i == len(words):
        return []
    word, after, stay = words[i], (i + 1, False), (i, True)
    if word == ONE:
        return [((_OTHER, False), after)]
    if word == SOME:  # one segment that is not empty, or several of any kind
        return [((_OTHER, begun), after), ((_OTHER, True), stay)]
    if word == ANY:
        return [((_OTHER, True), after), ((_OTHER, True), stay)]
    return [((word, True), after)]


def _agree(one: _Label, other: _Label) -> bool:
    if one[0] is not None and other[0] is not None:
        return one[0] == other[0]
    text = one[0] if other[0] is None else other[0]
    return text != "" or (one[1] and other[1])


def _surely_apart(one: Words, other: Words) -> bool:
    """Decide the usual cases quickly: too many segments, or two literals that differ at an end."""
    if (len(one) > len(other) and _is_fixed(other)) or (len(other) > len(one) and _is_fixed(one)):
        return True
    return _differ_early(one, other) or _differ_early(one[::-1], other[::-1])


def _is_fixed(words: Words) -> bool:
    return SOME not in words and ANY not in words


def _differ_early(one: Words, other: Words) -> bool:
    for a, b in zip(one, other, strict=False):
        if a in _RUNS or b in _RUNS:
            return False
        if a != b and ONE not in (a, b):
            return True
    return False


def meet(one: Words, other: Words) -> bool:
    """Return whether some path is in both languages: a search through the product automaton."""
    if _surely_apart(one, other):
        return False
    start, end = ((0, False), (0, False)), (len(one), len(other))
    pending, seen = [start], {start}
    while pending:
        left, right = pending.pop()
        if (left[0], right[0]) == end:
            return True
        for label, to_left in _moves(one, left):
            for other_label, to_right in _moves(other, right):
                step = to_left, to_right
                if step not in seen and _agree(label, other_label):
                    seen.add(step)
                    pending.append(step)
    return False


def common(one: Words, other: Words) -> frozenset[Words]:
    """
    Return languages that together cover all paths in both `one`, read as IAM reads its pattern,
    and `other`.

    They may hold a little more: each is a pattern of whole segments again.
    """
    if not one or not other:
        return frozenset({()}) if not one and not other else frozenset()
    left, right = one[0], other[0]
    found: set[Words] = set()
    both = _narrower(left, right)
    if both is not None:
        found.update((both, *rest) for rest in common(one[1:], other[1:]))
    if left in _RUNS:  # it goes on, and what follows may be empty
        found.update((right, *rest) for rest in common((ANY, *one[1:]), other[1:]))
    if right in _RUNS:
        found.update((left, *rest) for rest in common(one[1:], (ANY, *other[1:])))
    return frozenset(found)


def _narrower(left: str, right: str) -> str | None:
    for wild in (ANY, SOME, ONE):
        if wild in (left, right):
            narrow = right if left == wild else left
            return None if narrow == "" and wild != ANY else narrow
    return left if left == right else None
