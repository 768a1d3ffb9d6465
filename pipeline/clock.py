"""The one place that reads the clock; everybody else is told the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time, aware and UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the place
