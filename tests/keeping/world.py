"""An authority, what it publishes, and the bucket that its list is kept in, as of one moment."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.serialization import Encoding

from authorizers.errors import DependencyError
from authorizers.keeping.keeper import Keeper
from authorizers.keeping.kept_list import KeptList
from authorizers.keeping.outcome import Outcome
from authorizers.mtls.path.trust import Trust
from authorizers.stores.s3_writer import WritableS3Object
from authorizers.testing.certificate_authority import FakeCertificateAuthority
from authorizers.testing.clock import FrozenClock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CLOCK = FrozenClock()
NOW = CLOCK.wall()
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BUCKET = "example-trust"
URL = "http://crl.example.com/issuing.crl"
LIST = KeptList("partners", URL, BUCKET, "crl/issuing.crl")
ROOT = FakeCertificateAuthority(clock=CLOCK)
ISSUING = ROOT.subordinate()
STRANGER = FakeCertificateAuthority("Stranger", clock=CLOCK)
NO_SIGN = ROOT.subordinate("No CRLs", key_usage=("key_cert_sign",))
TRUST = Trust([ROOT.certificate], [ISSUING.certificate, NO_SIGN.certificate])


def published(
    *revoked: int, authority: FakeCertificateAuthority = ISSUING, days: float = 7, **changes: Any
) -> bytes:
    """Return a list as `authority` publishes it: from a day ago, for `days` from now."""
    life = changes.pop("life", (DAY, DAY * days))
    return authority.crl(revoked, life=life, **changes).public_bytes(Encoding.DER)


class World:
    """The bucket, what is published at which address, and a keeper."""

    def __init__(self, client: "S3Client") -> None:
        self.client = client
        self.client.create_bucket(Bucket=BUCKET)
        self.published: dict[str, bytes] = {}
        self.trust: Trust | Exception = TRUST
        self.writes = 0
        events = client.meta.events  # the client outlives this: only one counts at a time
        events.unregister("before-call.s3.PutObject", unique_id="count")
        events.register("before-call.s3.PutObject", self._count, unique_id="count")

    def keep(self, kept_list: KeptList = LIST, now: float = NOW) -> Outcome:
        """Let a keeper that was made just now refresh one list."""
        return Keeper(self.fetch, self._place, self._trust).keep(kept_list, now)

    def put(self, data: bytes, kept_list: KeptList = LIST) -> None:
        """Put `data` where the list is kept."""
        self.client.put_object(Bucket=kept_list.bucket, Key=kept_list.key, Body=data)
        self.writes = 0

    def kept(self, kept_list: KeptList = LIST) -> bytes | None:
        """Return what is kept."""
        found = self.client.list_objects_v2(Bucket=BUCKET, Prefix=kept_list.key)
        if not found["KeyCount"]:
            return None
        return self.client.get_object(Bucket=BUCKET, Key=kept_list.key)["Body"].read()

    def fetch(self, url: str) -> bytes:
        """Return what is published at `url`."""
        if url not in self.published:
            raise DependencyError("http_unavailable", "nobody answers")
        return self.published[url]

    def _place(self, kept_list: KeptList) -> WritableS3Object:
        return WritableS3Object(kept_list.bucket, kept_list.key, self.client)

    def _trust(self, scheme: str) -> Trust:
        assert scheme == "partners"
        if isinstance(self.trust, Exception):
            raise self.trust
        return self.trust

    def _count(self, **_: Any) -> None:
        self.writes += 1
