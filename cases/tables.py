"""The tables, the same on SQLite and PostgreSQL (reliability 4.2). Read with cases/store.py."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cases.columns import RowId, UtcDateTime, metadata

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("mailbox", String(64), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("stored_at", UtcDateTime, nullable=False),
    Column("sha256", String(64), nullable=False),
    # The same mail seen through another door; not unique, two mails may share it (F21).
    Column("identity", String(64), nullable=False),
    Column("duplicate_of", RowId, ForeignKey("inbox.id")),
    Column("case_id", RowId, ForeignKey("case_.id")),
    # What was read: who wrote, a hash of the words, the Message-ID; "" before that.
    Column("sender", String(320), nullable=False, default=""),
    Column("words", String(64), nullable=False, default=""),
    Column("message_id", String(255), nullable=False, default=""),
    # new, working, done, duplicate, ignored, quarantined
    Column("state", String(12), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", UtcDateTime, nullable=False),
    Column("owner", String(64), nullable=False, default=""),
    Column("lease_until", UtcDateTime),
    # Folders are a result, not a state: False until the server shows what `state` says.
    Column("filed", Boolean, nullable=False, default=False),
    # Its bytes and all it said of a person are gone; what became of it stays.
    Column("erased_at", UtcDateTime),
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
    Index(None, "state", "not_before"),
    Index(None, "identity"),
    Index(None, "sender", "words"),
    Index(None, "message_id"),
    Index(None, "mailbox", "filed", "state"),
    Index(None, "case_id"),
)

# Apart from `inbox`, so that scanning the ledger never reads the mails.
raw_mail = Table(
    "raw_mail",
    metadata,
    Column("inbox_id", RowId, ForeignKey("inbox.id"), primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("key_id", BigInteger),  # of the key that encrypts it; NULL: none
)

case_ = Table(
    "case_",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("reference", String(32), nullable=False, unique=True),
    Column("secret", String(64), nullable=False),
    Column("inbox_id", RowId, nullable=False, unique=True),  # one mail opens at most one case
    Column("status", String(20), nullable=False),
    Column("round", Integer, nullable=False, default=1),
    Column("matter", String(12), nullable=False),
    Column("category", String(12), nullable=False),
    Column("subcategory", String(64), nullable=False, default=""),
    Column("severity", String(32), nullable=False),
    Column("score", Float, nullable=False),
    Column("unsure", Boolean, nullable=False),
    Column("language", String(8), nullable=False),
    Column("complainant_addr", String(320), nullable=False),
    Column("complainant_name", String(255), nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("text_key_id", BigInteger),  # of the key that encrypts `text`; NULL: none
    Column("thread_id", Text, nullable=False),
    Column("departments", Text, nullable=False),  # JSON list of keys
    Column("facts", Text, nullable=False),  # JSON list of objects
    Column("received_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("guess_at", UtcDateTime),
    Column("level", Integer, nullable=False, default=0),
    Column("status_at", UtcDateTime),
    Column("outcome_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("erased_at", UtcDateTime),  # nothing of it leads to a person any more
    Column("rules_version", String(64), nullable=False),
    # The rules its clocks follow; others than those of today: they are computed again.
    Column("clocks_version", String(64), nullable=False, default=""),
    Column("model_version", String(64), nullable=False),
    Column("rules", Text, nullable=False, server_default="[]"),  # JSON list of names
    Column("tags", Text, nullable=False, server_default="[]"),  # JSON list
    # What the rules and the model made of the first mail, never changed: JSON object.
    Column("judged", Text, nullable=False, server_default=""),
    # What the complainant's other cases were at that moment, never changed: JSON list.
    Column("earlier", Text, nullable=False, server_default=""),
    # The hash of its newest event.
    Column("head", String(64), nullable=False, server_default=""),
    Index(None, "complainant_addr"),
    Index(None, "status"),
    Index(None, "clocks_version", "id"),
    Index(None, "guess_at"),
)

event = Table(
    "event",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", RowId, ForeignKey("case_.id"), nullable=False),
    Column("key", String(160), nullable=False, unique=True),  # what makes a repeat a no-op
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("detail", Text, nullable=False),
    Column("reasons", Text, nullable=False),  # JSON list
    # What the event vouches for besides itself, and its place in the chain: cases/chain.py.
    Column("seals", Text, nullable=False, server_default="{}"),  # JSON object: name → hash
    Column("salt", String(32), nullable=False, server_default=""),  # "": its content is erased
    Column("digest", String(64), nullable=False, server_default=""),
    Column("hash", String(64), nullable=False, server_default=""),
    Index(None, "case_id", "id"),
)

# What a person said a case is about; training learns from it.
correction = Table(
    "correction",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", RowId, ForeignKey("case_.id"), nullable=False),
    Column("key", String(160), nullable=False, unique=True),  # as that of the event beside it
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(320), nullable=False),
    Column("how", String(12), nullable=False),  # supervisor, department, operator
    Column("was", String(12), nullable=False),
    Column("category", String(12), nullable=False),
    Column("matter", String(12), nullable=False),
    Column("note", Text, nullable=False, default=""),
    Index(None, "case_id", "id"),
)

# What cases are about, to find those of the same batch, product or serial number (K087).
case_fact = Table(
    "case_fact",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(200), primary_key=True),  # folded
    Column("case_id", RowId, ForeignKey("case_.id"), primary_key=True),
    Index(None, "case_id"),
)

# One department's share of a case in one round.
part = Table(
    "part",
    metadata,
    Column("case_id", RowId, ForeignKey("case_.id"), primary_key=True),
    Column("round", Integer, primary_key=True, autoincrement=False),
    Column("department", String(32), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("since_at", UtcDateTime, nullable=False),
    Column("person", Text, nullable=False, default=""),
    Column("promised_at", UtcDateTime),
    Column("party", String(32), nullable=False, default=""),
    Column("report", Text, nullable=False),  # JSON object
    Column("returns", Integer, nullable=False, default=0),
)

# Corrective and preventive action.
measure = Table(
    "measure",
    metadata,
    Column("case_id", RowId, ForeignKey("case_.id"), primary_key=True),
    Column("department", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(12), nullable=False),
    Column("corrective", Text, nullable=False, default=""),
    Column("preventive", Text, nullable=False, default=""),
    Column("owner", Text, nullable=False, default=""),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("since_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("checked_by", String(320), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("failures", Integer, nullable=False, default=0),
    Index(None, "state"),
)

# Entries of the registers: cost, samples, contact attempts…
record = Table(
    "record",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", RowId, ForeignKey("case_.id"), nullable=False),
    Column("key", String(160), nullable=False, unique=True),  # as that of events
    Column("kind", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(320), nullable=False),
    Column("text", Text, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Index(None, "case_id", "id"),
    Index(None, "kind", "id"),
)

# Every limit that runs, as of the last change of its case.
clock = Table(
    "clock",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", RowId, ForeignKey("case_.id"), nullable=False),
    Column("key", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("fired", Integer, nullable=False),  # rings that have been dealt with
    Column("next_at", UtcDateTime),  # None: it rings no more
    Column("stopped_at", UtcDateTime),
    UniqueConstraint("case_id", "key"),
    Index(None, "next_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    # None: about no single case, as a ledger.
    Column("case_id", RowId, ForeignKey("case_.id")),
    Column("letter", String(32), nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("dedupe_key", String(500), nullable=False, unique=True),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("envelope_from", String(320), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("key_id", BigInteger),  # of the key that encrypts `data`; NULL: none
    Column("erased_at", UtcDateTime),
    Column("automatic", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    # ready, leased, dot, sent, failed, cancelled, held (design 7.1)
    Column("state", String(10), nullable=False),
    Column("owner", String(64), nullable=False, default=""),
    Column("lease_until", UtcDateTime),
    Column("tries", Integer, nullable=False, default=0),
    Column("ambiguous", Integer, nullable=False, default=0),
    Column("last_reply", Text, nullable=False, default=""),
    Column("sent_at", UtcDateTime),
    Index(None, "state", "not_before"),
    Index(None, "recipient", "created_at"),
    Index(None, "created_at"),
    Index(None, "case_id"),
)

reply_token = Table(
    "reply_token",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("case_id", RowId, ForeignKey("case_.id"), nullable=False),
    Column("scope", String(1), nullable=False),
    Column("party", String(320), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked", Boolean, nullable=False, default=False),
)

# Addresses that letters come back from for good: no automatic letter goes there any more.
suppression = Table(
    "suppression",
    metadata,
    Column("address", String(320), primary_key=True),
    Column("bounces", Integer, nullable=False),
    Column("bounced_at", UtcDateTime, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

mailbox_state = Table(
    "mailbox_state",
    metadata,
    Column("mailbox", String(64), primary_key=True),
    Column("scanned_at", UtcDateTime),
    Column("error", Text, nullable=False, default=""),
    Column("error_at", UtcDateTime),
)
