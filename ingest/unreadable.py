"""The one thing a reader of documents says on purpose when it will not read."""


class Unreadable(Exception):
    """A document is not read, for the reason it carries; never leaves ingest/documents.py."""
