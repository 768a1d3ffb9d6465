"""Events as a chain of hashes (F124). In an exported file this same text is `verify.py`.

digest  SHA-256 of salt and content of an event (erasing a person empties both, and it stays)
hash    of the hash before it and the digest: who deletes, adds or moves an event breaks it
seal    of what an event vouches for: a mail and a letter as bytes, an entry with a salt of its own
anchor  of the anchor before it and every hash up to a number; once a day it leaves the machine
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zipfile import ZipFile

CONTENT = ("case", "key", "at", "kind", "actor", "detail", "reasons", "seals")
ERASED = "erased"  #: kind of the event that says that events in front of it were erased
BYTES = ("mail", "letter")  #: what is sealed as bytes; anything else is an entry


def canonical(value: object) -> str:
    """Return a value as JSON that is the same on every machine."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(*parts: str) -> str:
    """Return the SHA-256 of texts, a line feed between them, as 64 hexadecimal digits."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def digest_of(event: Mapping[str, Any]) -> str:
    """Return the digest that belongs to the salt and the content of an event."""
    return sha256(event["salt"], canonical({name: event[name] for name in CONTENT}))


def anchor_hash(before: str, number: int, at: str, up_to: int, hashes: Iterable[str]) -> str:
    """Return the hash of an anchor over the hashes of its events in the order of their numbers."""
    return sha256(before, str(number), at, str(up_to), *hashes)


def chain_problems(events: Iterable[Mapping[str, Any]], *, head: str) -> Iterator[str]:
    """Yield what does not fit in the story of one case; `head` is the hash it must end with."""
    before = erased = ""
    for event in events:
        name = f"event {event['id']} ({event['kind']})"
        if event["hash"] != sha256(before, event["digest"]):
            yield f"{name} does not follow what stands before it: changed, deleted, added or moved"
        if not event["salt"]:
            erased = name
        elif event["digest"] != digest_of(event):
            yield f"{name}: its content was changed"
        erased = "" if event["kind"] == ERASED and event["salt"] else erased
        before = event["hash"]
    if erased:
        yield f"{erased} is empty, but no later event says that it was erased"
    if before != head:
        yield "the story does not end with its newest event: events were deleted, added or moved"


def last_seals(events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the last seal of each thing that events vouch for, "" where that was erased."""
    return {
        name: seal if event["salt"] or name.partition(":")[0] in BYTES else ""
        for event in events
        for name, seal in event["seals"].items()
    }


def file_problems(archive: ZipFile) -> Iterator[str]:
    """Yield what does not fit in an exported case, by nothing but the file itself."""
    found = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    if len(found) < len(archive.namelist()):
        yield "a name stands in the file twice"
    manifest, chain = (json.loads(archive.read(f"{name}.json")) for name in ("manifest", "chain"))
    for name in sorted({*manifest, *found} - {"manifest.json"}):
        if manifest.get(name) != found.get(name):
            yield f"{name} is not the file that manifest.json names: changed, missing or added"
    yield from chain_problems(chain["events"], head=chain["head"])
    seals = last_seals(chain["events"])
    for name in seals.keys() - set(chain["left_out"]):
        kind, _, number = name.partition(":")
        if kind in BYTES and found.get(f"{kind}s/{number}.eml") != seals[name]:
            yield f"{kind}s/{number}.eml is not the one that the events vouch for"
    for name, entry in chain["entries"].items():
        if seals.get(name) and seals[name] != sha256(entry["salt"], canonical(entry["content"])):
            yield f"{name} is not the entry that the events vouch for"
    for a in chain["anchors"]:
        theirs = {one["hash"] for one in chain["events"] if a["after"] < one["id"] <= a["up_to"]}
        made = anchor_hash(a["before"], a["number"], a["at"], a["up_to"], a["hashes"])
        if a["hash"] != made or not theirs <= set(a["hashes"]):
            yield f"anchor {a['number']} is not the hash of these events"


if __name__ == "__main__":
    try:
        problems = list(file_problems(ZipFile(sys.argv[1])))
    except Exception as error:  # noqa: BLE001 - of a file of which nothing can be trusted
        problems = [f"python verify.py FILE.zip: {type(error).__name__}: {error}"]
    sys.stdout.write("\n".join([*problems, "" if problems else "everything fits\n"]))
    sys.exit(65 if problems else 0)
