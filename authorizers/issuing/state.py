"""In which state a key is, for people: functions look at the record itself, at each request."""

from typing import Literal, get_args

from authorizers.api_key.record import KeyRecord, StoredSecret

State = Literal["active", "rotating", "not-yet", "expired", "revoked"]
STATES: tuple[State, ...] = get_args(State)
USABLE: tuple[State, ...] = ("active", "rotating", "not-yet")  # now, or once its time has come


def state_of(record: KeyRecord, now: float) -> State:
    """
    Return the state of `record` at `now`, in seconds since 1970.

    `rotating` is active with two live secrets. Revoked is revoked whenever that was, and a key
    of which no secret counts any more is expired.
    """
    if record.revoked_at is not None:
        return "revoked"
    live = live_secrets(record, now)
    if not live or (record.expires_at is not None and now >= record.expires_at):
        return "expired"
    if record.not_before is not None and now < record.not_before:
        return "not-yet"
    return "rotating" if len(live) > 1 else "active"


def live_secrets(record: KeyRecord, now: float) -> tuple[StoredSecret, ...]:
    """Return the secrets that have not ended."""
    return tuple(s for s in record.secrets if s.not_after is None or now < s.not_after)


def ends_at(record: KeyRecord) -> int | None:
    """Return when the key ends, in seconds since 1970; None is never."""
    ends = [secret.not_after for secret in record.secrets]
    last = None if None in ends else max(end for end in ends if end is not None)
    return min((end for end in (record.expires_at, last) if end is not None), default=None)
