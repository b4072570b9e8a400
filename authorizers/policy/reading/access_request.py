"""
What a policy is asked: an action on a resource, and the request context.

Source: IAM User Guide, "How AWS enforcement code logic evaluates requests", "Request context"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
"""

from collections.abc import Mapping, Sequence

from authorizers.policy.reading.refusal import named, not_understood

ConditionKeys = Mapping[str, str | Sequence[str]]


class AccessRequest:
    """
    One question to a policy document.

    `variables` says whether the document's version has policy variables, `of_resource` whether
    it is a resource policy. `head` is the ARN up to its fifth colon, and `resource` what follows;
    for one with wildcards in its head, `head` is empty.
    """

    __slots__ = (
        "_context", "_keys", "action", "arn", "head", "of_resource", "resource", "segments",
        "variables",
    )  # fmt: skip

    def __init__(
        self,
        action: str,
        arn: str,
        context: ConditionKeys | None,
        *,
        variables: bool,
        of_resource: bool,
    ) -> None:
        if type(arn) is not str or arn.count(":") < 5:
            raise not_understood("arn", "write the ARN of a request, arn:aws:execute-api:…")
        if type(action) is not str:
            raise not_understood("action", "write an action, execute-api:Invoke")
        self.action = action.lower()
        self.arn = arn
        self.variables = variables
        self.of_resource = of_resource
        self.segments = arn.split(":", 5)
        self.resource = self.segments[-1]
        head = arn[: len(arn) - len(self.resource)]
        self.head = head if "*" not in head and "?" not in head else ""
        self._context: ConditionKeys = {} if context is None else context
        self._keys: dict[str, tuple[str, ...]] | None = None

    def values(self, key: str) -> tuple[str, ...]:
        """
        Return the values of a condition key; none if it is missing. Keys have no case.

        Raises:
            ConfigurationError: the context is not what it should be, or has a key twice.
        """
        if self._keys is None:
            self._keys = _by_lower_case(self._context)
        return self._keys.get(key.lower(), ())

    def value(self, key: str) -> str | None:
        """
        Return the one value of a condition key as a policy variable has it; `None` if it has none.

        An empty text is no value, and several values are an error: "you cannot use a multivalued
        context key as a policy variable"
        (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html).
        """
        values = self.values(key)
        if len(values) > 1:
            raise not_understood(
                "context", f"{named(key)} has several values, and cannot be a policy variable"
            )
        return values[0] or None if values else None


def _by_lower_case(context: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(context, Mapping):
        raise not_understood("context", "write an object of condition keys")
    keys: dict[str, tuple[str, ...]] = {}
    for key, value in context.items():
        values = (value,) if isinstance(value, str) else value
        if not isinstance(key, str) or key.lower() in keys:
            raise not_understood("context", f"write the key {named(key)} once, as text")
        if not isinstance(values, list | tuple) or not all(isinstance(v, str) for v in values):
            raise not_understood("context", f"write text, or a list of it, for {named(key)}")
        keys[key.lower()] = tuple(values)
    return keys
