"""The question to a responder over HTTP: a POST, which nobody caches (RFC 6960 appendix A)."""

from typing import Final

from authorizers.http.allowed_hosts import AllowedHosts
from authorizers.http.message import Question
from authorizers.mtls.ocsp.source import OcspResponders

DEADLINE_SECONDS: Final = 2.0  # API Gateway waits for 10 s, and another responder may be asked
MAX_ANSWER_BYTES: Final = 64 * 1024  # an answer with a delegate's certificate has 2 KB
_REQUEST: Final = "application/ocsp-request"
_RESPONSE: Final = "application/ocsp-response"


def ocsp_responders(hosts: AllowedHosts) -> OcspResponders:
    """Return the source of revocation that asks responders on `hosts` over HTTP."""
    way = hosts.way()

    def ask(url: str, request: bytes) -> bytes:
        # Imported here: loads `requests`, which costs a cold start.
        from authorizers.http.exchange import exchange  # noqa: PLC0415

        question = Question(url, _RESPONSE, MAX_ANSWER_BYTES, body=request, content_type=_REQUEST)
        return exchange(question, way, seconds=DEADLINE_SECONDS).body or b""

    return OcspResponders(ask, hosts.normal)
