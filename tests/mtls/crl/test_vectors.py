"""Every list among the vectors of `cryptography` ends in a result, or in one of our errors."""

from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest
from cryptography import x509

from authorizers.errors import DependencyError
from authorizers.mtls.crl.crl import Crl

VECTORS = files("cryptography_vectors") / "x509"
FOLDERS = (VECTORS / "custom", VECTORS / "PKITS_data" / "crls", VECTORS)
LISTS = sorted(
    (file for folder in FOLDERS for file in folder.iterdir() if "crl" in file.name.lower()),
    key=lambda file: file.name,
)
LISTS = [file for file in LISTS if file.is_file()]
REFUSED = {
    "BadCRLSignatureCACRL.crl",  # the octet that counts a signature's unused bits is not 0
    "cdp_crl_issuer.pem",  # these three are certificates
    "cdp_fullname_reasons_crl_issuer.pem",
    "freshestcrl.pem",
    "crl_bad_version.pem",
    "crl_dup_entry_ext.pem",
    "crl_inner_outer_mismatch.der",
    "crl_inval_cert_issuer_entry_ext.pem",
    "crl_inval_date_fractional_seconds.der",
    "crl_invalid_time.der",
    "crl_issuer_invalid_printable_string.der",
    "crl_unsupported_reason.pem",
}


@pytest.mark.parametrize("file", LISTS, ids=[file.name for file in LISTS])
def test_a_list_is_refused_or_has_the_serial_numbers_that_cryptography_sees(
    file: Traversable,
) -> None:
    data = file.read_bytes()

    if file.name in REFUSED:
        with pytest.raises(DependencyError, match="crl_malformed"):
            Crl.parse(data, file.name)
        return

    crl = Crl.parse(data, file.name)
    load = x509.load_der_x509_crl if data[:1] == b"0" else x509.load_pem_x509_crl
    serials = sorted(entry.serial_number for entry in load(data))
    assert len(crl.entries) == len(serials)
    assert [crl.entries.find(serial).serial for serial in serials] == serials  # type: ignore[union-attr]


def test_the_vectors_are_there() -> None:
    assert len(LISTS) > 190
