"""An OCSP responder over real HTTP, which says what a test lets it say."""

from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

from cryptography import x509
from cryptography.x509.ocsp import load_der_ocsp_request

from authorizers.testing.certificate_authority import FakeCertificateAuthority
from authorizers.testing.ocsp_response import SingleResponse, ocsp_failure, ocsp_response
from authorizers.testing.server import Answer, LoopbackServer, SeenRequest

Say = Callable[[SingleResponse], bytes]
"""Makes the response of what would be right to say."""


class FakeOcspResponder:
    """
    Answers for `authority`: certificates are good, but those whose serial numbers are in
    `revoked`. `say` makes the response, and `status` is that of HTTP; both may be changed.
    """

    def __init__(self, authority: FakeCertificateAuthority, say: Say | None = None) -> None:
        self._authority = authority
        self._server = LoopbackServer(self._answer)
        self.revoked: set[int] = set()
        self.requests: list[SeenRequest] = []
        self.say: Say = say or (lambda single: ocsp_response(authority, [single]))
        self.status = 200
        self.url = self._server.url
        self.host = self.url.removeprefix("http://")

    def stop(self) -> None:
        """Refuse connections from now on."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _answer(self, seen: SeenRequest) -> Answer:
        self.requests.append(seen)
        headers = {"Content-Type": "application/ocsp-response"}
        try:
            serial = load_der_ocsp_request(seen.body).serial_number
        except ValueError:
            return Answer(self.status, headers, ocsp_failure(1))  # malformedRequest
        outcome: Literal["good", "revoked"] = "revoked" if serial in self.revoked else "good"
        own: x509.Certificate = self._authority.certificate
        right = SingleResponse.about(own, self._authority, outcome, serial_number=serial)
        return Answer(self.status, headers, self.say(right))
