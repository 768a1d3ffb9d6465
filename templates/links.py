"""Links that open a letter already written (RFC 6068)."""

from urllib.parse import quote


def mailto(address: str, subject: str, body: str) -> str:
    """Return a link that opens a mail to `address`; everything odd is percent-encoded. Total."""
    to = quote(address, safe="@.+-_", errors="replace")
    return f"mailto:{to}?subject={_encoded(subject)}&body={_encoded(body)}"


def _encoded(words: str) -> str:
    return quote(words.replace("\n", "\r\n"), safe="", errors="replace")
