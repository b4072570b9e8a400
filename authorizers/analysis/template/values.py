"""What a value of a template is, as far as that can be seen before it is deployed."""

from collections.abc import Callable, Mapping
from typing import Any

MAX_DEPTH = 50  # conditions may name one another in a circle


class Unknown:
    """What only CloudFormation can say: most functions, or a parameter without default."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(computed)"  # where a sentence names it


UNKNOWN = Unknown()


class Values:
    """Evaluates parameters with their defaults, and the conditions that follow from them."""

    def __init__(self, parameters: Mapping[str, Any], conditions: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._conditions = conditions

    def scalar(self, value: Any, depth: int = 0) -> Any:
        """Return the plain value, `None` for `AWS::NoValue`, or `UNKNOWN`."""
        if not isinstance(value, dict | list):
            return value
        if isinstance(value, list) or len(value) != 1 or depth > MAX_DEPTH:
            return UNKNOWN
        ((function, argument),) = value.items()
        if function == "Ref":
            return self._reference(str(argument))
        if function == "Fn::If" and isinstance(argument, list) and len(argument) == 3:
            met = self._condition({"Condition": argument[0]}, depth + 1)
            return UNKNOWN if met is None else self.scalar(argument[1 if met else 2], depth + 1)
        return UNKNOWN

    def flag(self, value: Any) -> Any:
        """Return the same as `scalar`, with the texts `true` and `false` as the booleans."""
        plain = self.scalar(value)
        return {"true": True, "false": False}.get(plain, plain) if isinstance(plain, str) else plain

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return None
        parameter = mapping(self._parameters.get(name))
        # The default of a parameter that is looked up in SSM is where, not what.
        if str(parameter.get("Type", "")).startswith("AWS::SSM::"):
            return UNKNOWN
        return parameter.get("Default", UNKNOWN)

    def _condition(self, value: Any, depth: int) -> bool | None:
        """Return whether a condition is met, or `None` where that cannot be seen."""
        if depth > MAX_DEPTH or not isinstance(value, dict) or len(value) != 1:
            return None
        ((function, argument),) = value.items()
        if function == "Condition":
            return self._condition(self._conditions.get(str(argument)), depth + 1)
        if not isinstance(argument, list):
            return None
        if function == "Fn::Equals" and len(argument) == 2:
            return self._equal(*(self.scalar(item, depth + 1) for item in argument))
        met = [self._condition(item, depth + 1) for item in argument]
        return None if None in met or function not in _JOINED else _JOINED[function](met)

    @staticmethod
    def _equal(one: Any, other: Any) -> bool | None:
        if isinstance(one, Unknown) or isinstance(other, Unknown):
            return None
        return text_of(one) == text_of(other)


_JOINED: dict[str, Callable[[list[Any]], bool]] = {
    "Fn::And": all,
    "Fn::Or": any,
    "Fn::Not": lambda met: not any(met),
}


def text_of(value: Any) -> str:
    """Return a plain value as CloudFormation compares it: as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def mapping(value: Any) -> dict[str, Any]:
    """Return `value` if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}
