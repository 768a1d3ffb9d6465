"""Personal data in one sentence for `check` and `status`, and the issue of copies that stay."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from pipeline.config_privacy import PrivacySettings

_DAY = timedelta(days=1)


def in_words(privacy: PrivacySettings) -> str:
    """Say what is encrypted, and how long each kind of data is kept."""
    encrypted = f"encrypted by {privacy.key_file.name}" if privacy.key_file else "not encrypted"
    periods = privacy.keep.named()
    kept = ", ".join(f"{kind} {period // _DAY} days" for kind, period in periods.items())
    return f"{encrypted}; kept: {kept}" if kept else f"{encrypted}; kept for ever"


def copies_that_stay(left: Mapping[str, tuple[int, str]]) -> Iterator[tuple[str, str, int]]:
    """Yield (place, words, count) for each place that does not let us remove erased mails."""
    for place, (count, why) in sorted(left.items()):
        if why:
            where = f"mailbox {place}" if place else "the folder of outgoing letters"
            words = (
                f"{count} copies of erased mails are still in {where} ({why}): let the desk's "
                "account delete mail there, or delete them by hand"
            )
            yield place, words, count
