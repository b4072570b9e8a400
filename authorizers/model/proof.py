"""What a credential proved, as long as it need not be proven again."""

from typing import Any, Literal

from authorizers.model.principal import Principal

CacheState = Literal["hit", "miss", "off"]


class Proof:
    """
    The principal that a credential proved.

    `memo` is for what follows from the credential alone, kept by whoever worked it out.
    `bound_to` is the SHA-256 of the certificate that must come with the credential each time.
    `usage_key` is the API Gateway key that its use counts for (a secret of the server's side),
    `metered_as` the name that it is counted under here, by its usage `plan`.
    """

    __slots__ = ("bound_to", "memo", "principal")

    usage_key: str | None = None
    metered_as: str = ""
    plan: str | None = None

    def __init__(self, principal: Principal) -> None:
        self.principal = principal
        self.bound_to: bytes | None = None
        self.memo: dict[Any, Any] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.principal!r})"
