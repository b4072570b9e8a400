"""What each step of the verification says about a certificate, by a scheme or by a bundle alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from authorizers.analysis.verification import Notes
from authorizers.compose.client_certificate import build_certificate_schemes
from authorizers.config.compiled import CompiledDocument
from authorizers.errors import ConfigurationError, Problem
from authorizers.model.clock import Clock
from authorizers.mtls.inspection import REVOCATION_UNCHECKED, StepResult

_REVOCATION = "revocation"


class Inspection(NamedTuple):
    """
    What each step says. `not_asked` are the sources of revocations that were left out, because
    asking them takes a network; `principal_id` is who it would be, None where it is refused.
    """

    results: tuple[StepResult, ...]
    not_asked: tuple[str, ...]

    @property
    def refused_by(self) -> StepResult | None:
        """The first step that the certificate does not pass."""
        return next((result for result in self.results if result.outcome == "failed"), None)

    @property
    def principal_id(self) -> str | None:
        """Who it would be, None where it is refused."""
        return self.results[-1].facts.get("principal_id")

    @property
    def facts(self) -> Mapping[str, Any]:
        """What rules could look at, as far as it was proven."""
        facts = self.results[-1].facts if self.refused_by is None else {}
        return {k: v for k, v in facts.items() if k not in ("identity", "principal_id")}

    @property
    def left_open(self) -> bool:
        """Whether nobody was asked if it is revoked, although the scheme asks."""
        return bool(self.not_asked) and any(
            result.name == _REVOCATION and result.outcome == "skipped" for result in self.results
        )


def bundle_scheme(trust: str, intermediates: str | None) -> dict[str, Any]:
    """Return a scheme of files alone, in its compiled form: it says no more than whom to trust."""
    place = None if intermediates is None else {"kind": "file", "name": intermediates}
    return {
        "trust": {"kind": "file", "name": trust},
        "intermediates": place,
        "identity": {"kind": "serial"},  # which every certificate has
        "max_intermediates": 3,
        "any_extended_key_usage": False,
        "policies": [],
        "refresh_seconds": 300,
        "revocation": None,
    }


def inspect_certificate(  # noqa: PLR0913 each is what is asked about, or how
    name: str, settings: Mapping[str, Any], pem: str, now: float, *, clock: Clock, online: bool
) -> Inspection:
    """
    Return what each step says about `pem`, untrusted text, by the scheme `name` with these
    `settings`, at `now` in seconds since 1970. Only if `online`, S3, distribution points and
    responders are asked.

    Raises:
        ConfigurationError: the trust is none, or is in S3 and may not be asked for.
        DependencyError: the trust cannot be read.
    """
    settings, not_asked = (dict(settings), ()) if online else _offline(settings)
    document: CompiledDocument = {"schemes": {name: {"client_certificate": settings}}}
    (scheme,) = build_certificate_schemes(document, clock=clock, log=Notes())
    results = scheme.inspect(pem, now)
    return Inspection(tuple(_completed(result, not_asked) for result in results), not_asked)


def _offline(settings: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    for name in ("trust", "intermediates"):
        place = settings[name]
        if place is not None and place["kind"] != "file":
            message = f"is in S3, {_address(place)}: say --online to read it there"
            raise ConfigurationError(Problem(name, message))
    revocation = settings["revocation"]
    if revocation is None:
        return dict(settings), ()
    left_out = tuple(_left_out(revocation))
    files = [place for place in revocation["crls"] if place["kind"] == "file"]
    if left_out:
        # Who was not asked could know: that files do not is no failure.
        kept = {"mode": "best_effort", "crls": files, "distribution_points": [], "ocsp": []}
        revocation = kept if files else None
    return {**settings, "revocation": revocation}, left_out


def _left_out(revocation: Mapping[str, Any]) -> Iterator[str]:
    yield from (_address(place) for place in revocation["crls"] if place["kind"] != "file")
    yield from (f"distribution points on {host}" for host in revocation["distribution_points"])
    yield from (f"OCSP on {host}" for host in revocation["ocsp"])


def _address(place: Mapping[str, str]) -> str:
    return f"s3://{place['bucket']}/{place['name']}"


def _completed(result: StepResult, not_asked: Sequence[str]) -> StepResult:
    """Say of the step `revocation` who was not asked, where nobody else knew."""
    if result.name != _REVOCATION or not not_asked or result.outcome == "failed":
        return result
    known = result.facts.get("path", ())
    if known and all(any(s["outcome"] == "good" for s in statuses) for statuses in known):
        return result
    if result.facts or result.sentence == REVOCATION_UNCHECKED:
        sentence = f"nobody asks without --online: {', '.join(not_asked)}"
        return result._replace(outcome="skipped", sentence=sentence)
    return result
