"""Instants in nanoseconds, and the ISO 8601 text that stands for them on the wire.

Python's own datetime ends at microseconds and the service does not, so an instant is an integer here.
This module knows nothing of engagements.
"""

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache

__all__ = ["parse_instant", "strictly_later", "with_nanoseconds", "without_zeros"]

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND = timedelta(seconds=1)
_NANOSECONDS = 1_000_000_000


@lru_cache(maxsize=4096)
def parse_instant(text: str) -> int:
    """Read an ISO 8601 date and time with an offset, to the nanosecond.

    Args:
        text: `2026-01-31T12:00:00Z`, with up to nine digits after the second, and `Z` or an offset such as `+02:00`.

    Returns:
        Nanoseconds since 1970 in UTC.

    Raises:
        ValueError: the text has another form, or names a day, hour or offset that does not exist.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError("not an ISO 8601 date and time with an offset")
    *moment, fraction, sign, hours, minutes = form.groups()
    year, month, day, hour, minute, second = map(int, moment)
    written = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        instant = written + ahead if sign == "-" else written - ahead
    except OverflowError:
        raise ValueError("not between the years 1 and 9999 in UTC") from None
    return (instant - _EPOCH) // _SECOND * _NANOSECONDS + int((fraction or "").ljust(9, "0"))


def with_nanoseconds(instant: int) -> str:
    """Write an instant with all nine digits, as the service writes ModifiedAt."""
    seconds, rest = divmod(instant, _NANOSECONDS)
    return f"{(_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]}.{rest:09}Z"


def without_zeros(instant: int) -> str:
    """Write an instant with no, three, six or nine digits after the second, as few as it needs."""
    text = with_nanoseconds(instant).removesuffix("Z")
    for _ in range(3):
        text = text.removesuffix("000")
    return text.removesuffix(".") + "Z"


def strictly_later(instant: int, previous: int) -> int:
    """Give an instant that no reader can mistake for the previous one, however much of it they cut off.

    Args:
        instant: what the clock says; it may stand still or run backwards.
        previous: the last instant that was given out.

    Returns:
        An instant whose microsecond is later than the previous one's and whose last three digits are not all zero.
    """
    if instant // 1000 <= previous // 1000:
        instant = (previous // 1000 + 1) * 1000
    return instant if instant % 1000 else instant + 789
