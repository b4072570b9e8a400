"""What is asked in these tests: a client's certificate, of an authority, at a moment."""

from typing import Any, NamedTuple

from authorizers.mtls.ocsp.request import Subject
from authorizers.mtls.ocsp.response import OcspAnswer, verify_response
from authorizers.testing.certificate_authority import FakeCertificateAuthority, Issued
from authorizers.testing.ocsp_response import SingleResponse, ocsp_response


class Asked(NamedTuple):
    """A client's certificate and who issued it, at a moment."""

    authority: FakeCertificateAuthority
    client: Issued
    now: float

    @property
    def subject(self) -> Subject:
        return Subject(self.client.certificate, self.authority.certificate)

    def single(self, outcome: Any = "good", **changes: Any) -> SingleResponse:
        return SingleResponse.about(self.client.certificate, self.authority, outcome, **changes)

    def response(self, *singles: SingleResponse, **changes: Any) -> bytes:
        return ocsp_response(self.authority, singles or (self.single(),), **changes)

    def verify(self, data: bytes, now: float | None = None) -> OcspAnswer:
        return verify_response(data, self.subject, self.now if now is None else now)
