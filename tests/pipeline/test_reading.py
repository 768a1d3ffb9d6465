"""The reading child: whatever a mail does to it, the desk goes on with the next."""

import datetime
import io
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from cases.errors import DeskError
from cases.incoming import MailKind, ParsedMail
from cases.model import Classification
from cases.store import Store
from cases.tokens import message_id
from pipeline import reading
from pipeline.reading import ChildReader, InlineReader, Limits, ReadingFailed, Tools
from pipeline.reading_wire import HEAD, AnswerUnpickler, Reading, write_frame
from pipeline.rules_file import RuleSet
from tests.conftest import KEY, ROOT, MakeRaw, PlainClassifier

#: Enough for a small mail on a busy machine; no model is loaded here.
SHORT = Limits(seconds=1, start_seconds=4, memory_bytes=256 * 2**20)
GRACE_S = 2.0
MAILS = [*(ROOT / "ingest" / "samples").glob("*.eml"), *(ROOT / "tests" / "mail").glob("*.eml")]


class OddReader(ChildReader):
    """A reader whose child can be asked for trouble."""

    program = "tests.pipeline.odd_child"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The child as it runs now."""
        assert self._child is not None
        return self._child


@pytest.fixture(scope="module")
def tools(rules: RuleSet) -> Tools:
    """Return what reading needs to know of the desk."""
    return Tools(
        vocabulary=rules.vocabulary,
        own_addresses=frozenset({"complaints@example.com"}),
        key=KEY,
    )


@pytest.fixture
def odd(tools: Tools) -> Iterator[OddReader]:
    """Return a reader with short limits, ended after the test."""
    reader = OddReader(tools, limits=SHORT)
    yield reader
    reader.close()


def asking(trouble: str, make_raw: MakeRaw) -> bytes:
    """Return an ordinary mail whose first header field asks the odd child for something."""
    return trouble.encode() + b": please\r\n" + make_raw()


def child_of(found: Reading) -> str:
    """Return which child read a mail."""
    assert found.classification is not None
    return found.classification.model


def gone(pid: int) -> bool:
    """Tell whether a process has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


TROUBLES = {
    "Crash": "exit -11",
    "Eat": "MemoryError",
    "Sleep": "took too long",
    "Spin": "took too long|exit -24",  # whichever clock strikes first
    "Fail": "LookupError: no such codec",
    "Exit": "exit 0",
    "Forge": "reading it",
    "Boast": "reading it",
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_mail_that_makes_trouble_fails_in_time_and_the_next_is_read(
    trouble: str, odd: OddReader, make_raw: MakeRaw
) -> None:
    """ReadingFailed within the limit, with the reason; the mail behind it is read (F08, F09)."""
    odd.read(make_raw())
    started = time.monotonic()
    with pytest.raises(ReadingFailed, match=TROUBLES[trouble]):
        odd.read(asking(trouble, make_raw))
    took = time.monotonic() - started
    started = time.monotonic()
    found = odd.read(make_raw("It also smells.\n"))

    assert took < SHORT.seconds + GRACE_S
    assert time.monotonic() - started < SHORT.start_seconds + GRACE_S
    assert found.mail.text.strip() == "It also smells."


@pytest.mark.parametrize("trouble", ["Crash", "Exit", "Sleep", "Forge", "Boast"])
def test_the_mail_after_a_lost_child_is_read_by_a_fresh_one(
    trouble: str, odd: OddReader, make_raw: MakeRaw
) -> None:
    """Nothing of a child that failed is used again, and it is no longer there."""
    first = child_of(odd.read(make_raw()))
    pid = odd.process.pid
    with pytest.raises(ReadingFailed):
        odd.read(asking(trouble, make_raw))

    assert gone(pid)
    assert child_of(odd.read(make_raw())) != first


def test_a_mail_that_never_ends_gets_no_longer_as_the_first_of_a_child(
    tools: Tools, make_raw: MakeRaw
) -> None:
    """The time for loading the model is the model's: two such mails in a row stop nobody (F08)."""
    reader = OddReader(tools, limits=Limits(seconds=1, start_seconds=15))
    started = time.monotonic()
    for _ in range(2):
        with pytest.raises(ReadingFailed):
            reader.read(asking("Sleep", make_raw))
    reader.close()

    assert time.monotonic() - started < 2 * (1 + GRACE_S)


def test_a_large_mail_to_a_child_that_does_not_listen_fails_in_time(
    odd: OddReader, make_raw: MakeRaw
) -> None:
    """Handing a mail over is within its limit too: more than a pipe holds must not block."""
    odd.read(make_raw())
    child = odd.process
    child.send_signal(signal.SIGSTOP)
    rescue = threading.Timer(SHORT.seconds + 2 * GRACE_S, child.kill)  # else this waits for ever
    rescue.start()
    started = time.monotonic()
    with pytest.raises(ReadingFailed):
        odd.read(make_raw("It leaks.\n" * 100_000))
    took = time.monotonic() - started
    rescue.cancel()

    assert took < SHORT.seconds + GRACE_S


def test_a_child_that_was_killed_between_two_mails_costs_no_mail(
    odd: OddReader, make_raw: MakeRaw
) -> None:
    """The kernel takes an idle child when memory is short; the next mail is not to blame (F08)."""
    odd.read(make_raw())
    odd.process.kill()
    os.waitid(os.P_PID, odd.process.pid, os.WEXITED | os.WNOWAIT)

    assert odd.read(make_raw()).mail.subject == "The kettle leaks"


@pytest.mark.parametrize("trouble", ["Talk", "Warn"])
def test_a_library_that_prints_does_not_spoil_the_answer(
    trouble: str, odd: OddReader, make_raw: MakeRaw
) -> None:
    """Answers go another way, and printing works although the desk's own output is a file."""
    assert odd.read(asking(trouble, make_raw)).mail.subject == "The kettle leaks"


def test_a_child_writes_no_file(odd: OddReader, make_raw: MakeRaw) -> None:
    """An empty file is all it gets: no byte of a mail lands on the disk."""
    path = ROOT / "odd_child_was_here"
    try:
        with pytest.raises(ReadingFailed, match="File too large"):
            odd.read(asking("Write", make_raw))

        assert not path.exists() or path.stat().st_size == 0
    finally:
        path.unlink(missing_ok=True)


def test_a_child_ends_when_the_desk_is_gone(tools: Tools) -> None:
    """kill -9 of the desk closes the pipe; no child is left over."""
    child = subprocess.Popen(
        [sys.executable, "-m", "pipeline.reading_child"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    assert child.stdin is not None
    write_frame(child.stdin, pickle.dumps((tools, Limits())))
    child.stdin.close()

    assert child.wait(timeout=10) == 0


def test_a_child_ends_when_the_desk_goes_in_the_middle_of_a_mail(tools: Tools) -> None:
    """Half a mail is no mail: the child ends without a word about it."""
    child = subprocess.Popen(
        [sys.executable, "-m", "pipeline.reading_child"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin is not None
    write_frame(child.stdin, pickle.dumps((tools, Limits())))
    child.stdin.write(HEAD.pack(1000) + b"From: a@b.example\r\n\r\nhalf")
    out, err = child.communicate(timeout=20)

    assert child.returncode == 0
    assert b"half" not in out
    assert err == b""


def test_closing_ends_the_child_and_may_be_repeated(odd: OddReader, make_raw: MakeRaw) -> None:
    """After close() no process is left; a closed reader reads on with a fresh one."""
    first = child_of(odd.read(make_raw()))
    pid = odd.process.pid
    odd.close()
    odd.close()

    assert gone(pid)
    assert child_of(odd.read(make_raw())) != first


def test_a_child_is_replaced_after_so_many_mails(
    odd: OddReader, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What libraries forget to free goes with the child (F10)."""
    monkeypatch.setattr(reading, "MOST_MAILS", 3)
    children = [child_of(odd.read(make_raw())) for _ in range(7)]

    assert [children.count(child) for child in dict.fromkeys(children)] == [3, 3, 1]


def test_five_hundred_mails_are_read_by_one_child(odd: OddReader, make_raw: MakeRaw) -> None:
    """The limits are per mail: time used up by earlier mails kills no later one."""
    children = [child_of(odd.read(make_raw())) for _ in range(501)]

    assert reading.MOST_MAILS == 500
    assert len(set(children[:500])) == 1
    assert children[500] != children[499]


def test_a_child_inherits_neither_the_database_nor_secrets(
    odd: OddReader,
    make_raw: MakeRaw,
    empty_database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mail that takes the child over finds pipes only, and no password in the environment."""
    monkeypatch.setenv("DESK_IMAP_PASSWORD", "secret")
    store = Store(f"sqlite:///{empty_database}")
    with store.read() as tx:
        tx.inbox_counts()
        mine = [str(x.readlink()) for x in Path("/proc/self/fd").iterdir() if x.is_symlink()]
        seen = odd.read(asking("Look", make_raw)).mail.text.split()
    store.close()

    assert str(empty_database) in mine, "the desk itself has it open"
    assert sum(name.startswith("pipe:") for name in seen) >= 2
    assert not any(str(empty_database) in name for name in seen)
    assert "PATH" in seen
    assert "DESK_IMAP_PASSWORD" not in seen


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._call


def named(module: str, name: str) -> bytes:
    """Return the pickle operations that fetch one name; protocol 4 walks its dots (PEP 3154)."""
    words = b"".join(b"\x8c" + bytes([len(word)]) + word.encode() for word in (module, name))
    return words + b"\x93"


def plain(value: object) -> bytes:
    """Return the pickle operations that make a plain value."""
    return pickle.dumps(value, protocol=2)[2:-1]


def called(function: bytes, *arguments: bytes) -> bytes:
    """Return the pickle operations that call a function."""
    return function + b"(" + b"".join(arguments) + b"t" + b"R"


def whole(operations: bytes) -> bytes:
    """Return a pickle of protocol 4."""
    return b"\x80\x04" + operations + b"."


def by_dots(source: str) -> bytes:
    """Return a pickle that finds `eval` behind the names a module of ours has imported."""
    get = named("cases.model", "dataclass.__globals__.__class__.get")
    builtins = called(get, named("cases.model", "dataclass.__globals__"), plain("__builtins__"))
    return whole(called(called(get, builtins, plain("eval")), plain(source)))


def by_types(source: str) -> bytes:
    """Return a pickle that makes a function of its own and calls it; only `types` is needed."""
    code = compile(source, "x", "eval")
    parts = (
        *(code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_nlocals),
        *(code.co_stacksize, code.co_flags, code.co_code, code.co_consts, code.co_names),
        *(code.co_varnames, code.co_filename, code.co_name, code.co_qualname),
        *(code.co_firstlineno, code.co_linetable, code.co_exceptiontable),
    )
    # Bytes in protocol 2 would need a codec's name: BINBYTES says them as they are.
    made = called(named("types", "CodeType"), *(_part(part) for part in parts))
    return whole(called(called(named("types", "FunctionType"), made, plain({}))))


def _part(value: object) -> bytes:
    if isinstance(value, bytes):
        return b"B" + struct.pack("<I", len(value)) + value
    return plain(value)


@pytest.mark.parametrize("attack", [by_dots, by_types])
def test_an_answer_runs_no_code_in_the_desk(
    attack: Callable[[str], bytes], shared: OddReader, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """A child that a mail has taken over stays the only one that the mail has taken over."""
    marks = tmp_path / "ran"
    source = f"__import__('pathlib').Path({str(marks)!r}).touch()"
    pickle.loads(attack(source))  # noqa: S301 - the attack is a real one
    assert marks.exists()
    marks.unlink()
    answer_with(attack(source), shared, make_raw)

    assert not marks.exists()


def answer_with(answer: bytes, reader: OddReader, make_raw: MakeRaw) -> None:
    """Let the reader get `answer` instead of what its child says; it must fail."""
    reader.read(make_raw())
    read_fd, write_fd = os.pipe()
    with os.fdopen(read_fd, "rb") as there, os.fdopen(write_fd, "wb") as here:
        write_frame(here, answer)
        assert reader.process.stdout is not None
        os.dup2(there.fileno(), reader.process.stdout.fileno())
        with pytest.raises(ReadingFailed):
            reader.read(make_raw())


REFUSED = {
    "a program": pickle.dumps(Call(os.system, "true")),
    "evaluation": pickle.dumps(Call(eval, "1")),
    "attributes": pickle.dumps(Call(getattr, "x", "upper")),
    "an error of ours": pickle.dumps(DeskError("x")),
    "our own function": whole(named("pipeline.reading", "read_in_part")),
    "our own limits": pickle.dumps(SHORT),
    "a path": pickle.dumps(Path("/etc/passwd")),
    "no name at all": whole(named("cases.model", "Nothing")),
    "no pickle": b"hello",
    "half a pickle": pickle.dumps(MailKind.PERSON)[:-3],
    "nothing": b"",
    "no answer": pickle.dumps(datetime.timedelta(1)),
}


@pytest.fixture(scope="module")
def shared(tools: Tools) -> Iterator[OddReader]:
    """Return a reader that goes from one test to the next: starting children takes a while."""
    reader = OddReader(tools, limits=SHORT)
    yield reader
    reader.close()


@pytest.mark.parametrize("answer", REFUSED.values(), ids=REFUSED)
def test_an_answer_that_is_not_ours_is_refused_and_the_next_mail_is_read(
    answer: bytes, shared: OddReader, make_raw: MakeRaw
) -> None:
    """A child that a mail has taken over can make the desk fail to read it, and nothing else."""
    answer_with(answer, shared, make_raw)

    assert shared.read(make_raw()).mail.subject == "The kettle leaks"


def test_an_answer_of_any_size_is_not_taken_in(odd: OddReader, make_raw: MakeRaw) -> None:
    """A child that announces gigabytes fails before the desk has taken them in."""
    odd.read(make_raw())
    before = peak_kib()
    with pytest.raises(ReadingFailed):
        odd.read(asking("Boast", make_raw))

    assert peak_kib() - before < 64 * 1024


def peak_kib() -> int:
    """Return the most memory this process ever had, in KiB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


@pytest.fixture(scope="module")
def both(tools: Tools) -> Iterator[tuple[InlineReader, ChildReader]]:
    """Return the two readers of the product, with the shipped model."""
    child = ChildReader(tools)
    yield InlineReader(tools), child
    child.close()


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_what_a_child_read_is_what_the_desk_would_have_read(
    path: Path, both: tuple[InlineReader, ChildReader]
) -> None:
    """The pipe changes nothing of any sample or golden mail."""
    inline, child = both
    data = path.read_bytes()

    assert child.read(data) == inline.read(data)


def test_there_are_samples_and_golden_mails() -> None:
    """The test above would pass on empty folders; this one would not."""
    assert len(MAILS) >= 12 + 17


class _OldEnumPickler(pickle.Pickler):
    """Writes members of enumerations as Python 3.11.0 to 3.11.3 does: by getattr."""

    def reducer_override(self, obj: object) -> Any:
        """Name class and member where newer versions call the class with the value."""
        return (getattr, (type(obj), obj.name)) if isinstance(obj, Enum) else NotImplemented


def test_answers_of_older_pythons_are_read(tools: Tools, make_raw: MakeRaw) -> None:
    """Debian 12 ships Python 3.11.2: its members come as getattr, which may do nothing else."""
    answer = InlineReader(tools, classifier=PlainClassifier(tools.vocabulary)).read(make_raw())
    written = io.BytesIO()
    _OldEnumPickler(written).dump(answer)
    assert b"getattr" in written.getvalue()

    assert AnswerUnpickler(io.BytesIO(written.getvalue())).load() == answer
    evil = pickle.dumps(_Getattr())
    with pytest.raises(pickle.UnpicklingError, match="no enumeration"):
        AnswerUnpickler(io.BytesIO(evil)).load()


class _Getattr:
    def __reduce__(self) -> tuple[object, tuple[object, str]]:
        return getattr, (ParsedMail, "__init__")


@pytest.mark.parametrize(
    ("answers", "subject", "judged"),
    [
        (True, "Re: [C-2026-000001] We have received your complaint", ""),
        (True, "It caught fire", "It caught fire"),
        (False, "Re: [C-2026-000001] I complain", "Re: [C-2026-000001] I complain"),
    ],
)
def test_our_own_subject_is_not_judged(
    answers: bool, subject: str, judged: str, tools: Tools, make_raw: MakeRaw
) -> None:
    """A plain answer to our letter is not read as a complaint because our subject says so."""

    class Noting(PlainClassifier):
        def classify(
            self, text: str, *, subject: str = "", language: str = "", signature: str = ""
        ) -> Classification:
            seen.append(subject)
            return super().classify(text, subject=subject)

    seen: list[str] = []
    ours = message_id(
        KEY, "example.com", case_id=1, letter="acknowledgement", revision=1, recipient="a@b.example"
    )
    headers = (("In-Reply-To", f"<{ours}>"),) if answers else ()
    mail = make_raw("At the station.", subject=subject, headers=headers)
    InlineReader(tools, classifier=Noting(tools.vocabulary)).read(mail)

    assert seen == [judged]
