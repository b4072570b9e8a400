"""API keys for the sample events, under a pepper that was made for them."""

import json
from typing import Any, Final

from authorizers.api_key.record import GatewayKey
from authorizers.config.compile import compile_document, render_compiled
from authorizers.config.compiled import CompiledDocument
from authorizers.testing.keys import FakeKeys, mistyped
from authorizers.testing.sample_tokens import EXPIRES_AT, ISSUED_AT, SCOPE

PREFIX: Final = "sample"  # scanners find such keys, and people see that they open nothing
SCHEME: Final = "machines"
GATEWAY_KEY: Final = GatewayKey("sample", "sample-value-of-a-gateway-key")
_YEAR: Final = 31_536_000
_ROUTES: Final[dict[str, Any]] = {
    "GET /orders": {"scopes": {"any_of": [SCOPE]}},
    "POST /orders": {"scopes": {"all_of": ["orders:write"]}},
    # The example APIs of the SAM template.
    "GET /rest/key": {"scopes": {"any_of": [SCOPE]}},
    "GET /http/key": {"scopes": {"any_of": [SCOPE]}},
    "$connect": {"scopes": {"any_of": [SCOPE]}},
}


class SampleKeys:
    """One key of each kind, and the environment in which they are what their names say."""

    def __init__(self) -> None:
        self._keys = FakeKeys(PREFIX)
        good = self._issue(labels={"team": "orders"})
        rotating, ended = self._issue(), self._issue()
        self.by_name = {
            "good key": good,
            "plan key": self._issue(usage_plan="partner", gateway_key=GATEWAY_KEY),
            "no scope key": self._issue(scopes=("profile",)),
            "other routes key": self._issue(routes=("POST /orders",)),
            "other network key": self._issue(networks=("198.51.100.0/24",)),  # RFC 5737
            "expired key": self._issue(expires_at=ISSUED_AT + 3600),
            "future key": self._issue(not_before=EXPIRES_AT - _YEAR),
            "revoked key": self._issue(revoked_at=ISSUED_AT + 3600),
            "lost pepper key": self._changed(self._issue(), pepper="lost"),
            "rotating old key": rotating,
            "rotating new key": self._keys.rotate(rotating, old_until=EXPIRES_AT),
            "replaced key": self._changed(ended, not_after=ISSUED_AT + 3600),
            "mistyped key": mistyped(good),
            "wrong secret key": self._keys.forge(good),
            "unknown key": self._keys.forge(),
            "wrong prefix key": FakeKeys("sample_old").forge(),
        }

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the function: the whole document, its records in it, and the pepper."""
        return {
            "AUTHORIZERS_CONFIG": render_compiled(self._document()).decode().rstrip(),
            "AUTHORIZERS_PEPPER": self.pepper,
            "AUTHORIZERS_HTTP_RESPONSES": "simple_uncached",
        }

    @property
    def pepper(self) -> str:
        """The peppers, as JSON."""
        return self._keys.pepper

    @property
    def scheme(self) -> dict[str, Any]:
        """The scheme of a document, with all records in it."""
        return {
            "prefix": PREFIX,
            "pepper": "environment",
            "keys": {"records": self._keys.records()},
            "routes_per_key": True,
        }

    def _document(self) -> CompiledDocument:
        return compile_document(
            json.dumps(
                {
                    "version": 1,
                    "authenticate": {SCHEME: {"api_key": self.scheme}},
                    "routes": _ROUTES,
                    "context": {"owner": "claims.owner"},
                }
            )
        )

    def _issue(self, **members: Any) -> str:
        common = {"created_at": ISSUED_AT, "scopes": (SCOPE,), "expires_at": EXPIRES_AT}
        key = self._keys.issue("partner-7")
        self._keys.change(key, **common | members)
        return key

    def _changed(self, key: str, **members: Any) -> str:
        """Change the last secret of `key`, whose text stays."""
        *before, last = self._keys.record(key).secrets
        self._keys.change(key, secrets=(*before, last._replace(**members)))
        return key
