"""Forged commands (F115, figure R13): none acts, and the genuine twin of every one does."""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cases.model import LetterName
from routing.process import Signing
from tests.conftest import MakeRaw
from tests.faults.forging import (
    CUSTOMER,
    FORGERIES,
    Command,
    Scene,
    genuine,
    replayed,
    standing,
    verdict,
    with_trust,
    without_trust,
    written,
)
from tests.pipeline.conftest import Office
from tests.pipeline.conftest import office as office
from tests.pipeline.test_life import BOSS, QUALITY, last, set_policy, set_process
from tests.pipeline.test_live_rules import THREE, House
from tests.pipeline.test_live_rules import house as house
from tests.pipeline.test_rules_by_mail import FIVE, code_in, write

EACH = 50  #: forgeries of a kind
SUPERVISOR = "supervisor@example.com"
WORDS: dict[str, tuple[str, ...]] = {
    "routed": (
        "done: we send you a new kettle",
        "处理完成：我们给您换一台新的。",
        "accept, Li Wei, 26 November",
        "接受，李伟，11月26日",
        "hold: the part comes next week",
        "挂起：配件下周才到",
        "interim: please do not use the kettle",
        "临时措施：请先不要使用这个水壶。",
        "need info: which batch is printed on the bottom?",
        "需要补充信息：底部的批号是多少？",
        "invalid: the kettle is not one of ours",
        "not ours: delivery",
        "不是我们的，转物流",
        "done\nCause: the seal\nCost: 40 EUR\nTo the customer: we send you a new one.",
    ),
    "approval": ("yes", "同意", "no: it is too dear", "不同意：太贵", "change: we repair it"),
    "plan": ("I agree", "同意"),
    "outcome": ("solved, thank you", "已解决，谢谢", "5", "5分，很满意"),
    "decision": ("B", "C", "N", "选A", "service"),
}
COMMANDS = tuple(
    Command(scene=scene, text=text) for scene, texts in WORDS.items() for text in texts
)
#: A complainant's letter proves by itself who answers it, unless our server calls them forged.
NEEDS_RESULTS = tuple(one for one in COMMANDS if one.scene not in ("plan", "outcome"))

Scenes = dict[str, Scene]


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """Return a folder in memory where there is one: some hundred databases are opened there."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    where = shared if os.access(shared, os.W_OK | os.X_OK) else None
    with tempfile.TemporaryDirectory(prefix="desk-", dir=where) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def twins() -> dict[tuple[str, int], bool]:
    """Return what became of the genuine twins, by number: they are the same for every kind."""
    return {}


@pytest.fixture(autouse=True)
def trusting(office: Office) -> None:
    """Let every desk of this file believe its own mail server, and no other."""
    office.desk = with_trust(office.desk)


def _says(office: Office, text: str, sender: str, name: LetterName) -> None:
    """Let somebody answer their newest letter, genuinely."""
    scene = Scene(desk=office.desk, now=office.now, letter=last(office, sender, name), asked=sender)
    number = len(office.tray.sent) * 1000 + len(text)
    office.take(written(scene, text, top=verdict(sender), number=number))
    office.deliver()


def routed(office: Office, raw: bytes) -> tuple[str, LetterName]:
    """Bring a case to its department."""
    set_process(office)
    office.take(raw)
    return QUALITY, LetterName.ROUTED


def approval(office: Office, raw: bytes) -> tuple[str, LetterName]:
    """Bring an answer to who approves it."""
    set_process(office, approval=(Signing(by=(BOSS,)),))
    office.take(raw)
    _says(office, "done: we send you a new kettle", QUALITY, LetterName.ROUTED)
    return BOSS, LetterName.APPROVAL_REQUEST


def plan(office: Office, raw: bytes) -> tuple[str, LetterName]:
    """Offer the complainant a solution."""
    set_process(office, plan=True)
    office.take(raw)
    _says(office, "done: we repair it", QUALITY, LetterName.ROUTED)
    return CUSTOMER, LetterName.PLAN


def outcome(office: Office, raw: bytes) -> tuple[str, LetterName]:
    """Tell the complainant the outcome."""
    set_process(office)
    office.take(raw)
    _says(office, "done: we send you a new kettle", QUALITY, LetterName.ROUTED)
    return CUSTOMER, LetterName.OUTCOME


def decision(office: Office, raw: bytes) -> tuple[str, LetterName]:
    """Ask a supervisor what the case is about."""
    both = (SUPERVISOR, BOSS)
    set_policy(office, unsure_below=0.99, unsure_ask=both, supervisors=both)
    office.take(raw)
    return SUPERVISOR, LetterName.DECISION_NEEDED


SCENES = {one.__name__: one for one in (routed, approval, plan, outcome, decision)}


@pytest.fixture
def scene(office: Office, make_raw: MakeRaw, tmp_path: Path) -> Iterator[Callable[[str], Scene]]:
    """Return a function that gives each scene, played once."""
    played: Scenes = {}
    start = Scene(desk=office.desk, now=office.now, letter=None, asked="")  # type: ignore[arg-type] # nobody was asked yet
    office.desk.store.close()

    def give(name: str) -> Scene:
        if name not in played:
            folder = tmp_path / name
            folder.mkdir()
            here = start.fresh(folder)
            here.tray = office.tray
            here.tray.sent.clear()
            asked, letter = SCENES[name](here, make_raw())
            found = last(here, asked, letter)
            played[name] = Scene(desk=here.desk, now=here.now, letter=found, asked=asked)
            here.desk.store.close()
        return played[name]

    yield give
    for one in played.values():
        one.desk.store.close()


def _acts(scene: Scene, folder: Path, mail: bytes) -> bool:
    """Tell whether a mail changes anything but notes."""
    office = scene.fresh(folder)
    try:
        before = standing(office)
        office.take(mail)
        return standing(office) != before
    finally:
        office.desk.store.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", FORGERIES)
def test_no_forged_command_acts_and_every_genuine_one_does(
    kind: str, scene: Callable[[str], Scene], memory: Path, twins: dict[tuple[str, int], bool]
) -> None:
    """Fifty of a kind, over every word of departments, approvers, complainants and supervisors."""
    commands = NEEDS_RESULTS if kind == "d" else COMMANDS
    done: list[str] = []
    not_done: list[str] = []
    for number in range(EACH):
        command = commands[number % len(commands)]
        stage = scene(command.scene)
        if _acts(stage, memory, FORGERIES[kind](stage, command.text, number)):
            done.append(f"{number} {command}")
        twin = (command.text, number)
        if twin not in twins:
            twins[twin] = _acts(stage, memory, genuine(stage, command.text, number))
        if not twins[twin]:
            not_done.append(f"{number} {command}")
    print(f"\nforgeries ({kind}): {EACH}, acted {len(done)}; genuine: {EACH - len(not_done)}")

    assert done == []
    assert not_done == []


def _once_more(office: Office, scene: str) -> tuple[str, LetterName]:
    """Lead a case that was answered back to where it was asked, by genuine mails only."""
    with office.desk.store.read() as tx:
        open_parts = any(part.state.value not in ("answered", "invalid") for part in tx.parts(1))
    if scene == "routed" and open_parts:
        _says(office, "done: here you are", QUALITY, LetterName.ROUTED)
    if scene in ("routed", "outcome"):
        _says(office, "It still leaks, I am not satisfied!", CUSTOMER, LetterName.OUTCOME)
    if scene == "outcome":
        _says(office, "done: we send another one", QUALITY, LetterName.ROUTED)
        return CUSTOMER, LetterName.OUTCOME
    return QUALITY, LetterName.ROUTED


#: Words after which a case can come back to the same question.
AGAIN = (
    *(Command(scene="routed", text=text) for text in WORDS["routed"][:11]),
    *(Command(scene="outcome", text=text) for text in ("5", "solved, thank you")),
)


@pytest.mark.timeout(300)
def test_no_genuine_reply_acts_a_second_time(
    scene: Callable[[str], Scene], memory: Path, office: Office
) -> None:
    """(g) The case was opened again; what was signed for the first round says nothing about it."""
    done: list[str] = []
    for number in range(EACH):
        command = AGAIN[number % len(AGAIN)]
        here = scene(command.scene).fresh(memory)
        here.tray = office.tray
        here.tray.sent[:] = []
        stage = replace(scene(command.scene), desk=here.desk)
        mail = genuine(stage, command.text, number)
        before = standing(here)
        # Letters of the scene were delivered before its database was copied.
        here.tray.sent.append((stage.asked, stage.letter))
        here.take(mail)
        assert standing(here) != before, command
        _once_more(here, command.scene)
        here.later(hours=2)
        before = standing(here)
        here.take(replayed(mail, number))
        if standing(here) != before:
            done.append(f"{number} {command}")
        here.desk.store.close()
    print(f"\nforgeries (g): {EACH}, acted {len(done)}")

    assert done == []


# ---------------------------------------------------------------- rules by mail


def _waits(house: House) -> bool:
    with house.current.desk.store.read() as tx:
        return tx.waiting_rules(now=house.office.now) is not None


@pytest.fixture
def asked(house: House) -> Callable[[str], tuple[Scene, str]]:
    """Return a function that sends a file in: the letter that wants a yes, and its code."""

    def send(rule: str) -> tuple[Scene, str]:
        house.current.swap(without_trust(house.current.desk))
        (letter,) = write(house, f"rules {len(rule)}", rules=house.text(*THREE, rule))
        house.office.desk = with_trust(house.current.desk)
        here = Scene(desk=house.office.desk, now=house.office.now, letter=letter, asked=SUPERVISOR)
        return here, code_in(letter)

    return send


def test_no_forged_yes_lets_rules_go_live(
    house: House, asked: Callable[[str], tuple[Scene, str]]
) -> None:
    """Seven kinds of eight; what waits goes on waiting, and the genuine yes ends it."""
    here, code = asked(FIVE[3])
    for kind, forge in FORGERIES.items():
        for number in range(8):
            text = (
                code if kind != "a" else ("yes", f"同意 {code[1:]}2", "yes 2345678923")[number % 3]
            )
            house.office.take(forge(here, text, number))
            house.office.later(seconds=1)
            assert _waits(house), (kind, number)
    house.office.take(genuine(here, f"同意 {code}", 0))

    assert not _waits(house)


def test_a_yes_is_good_for_one_file(
    house: House, asked: Callable[[str], tuple[Scene, str]]
) -> None:
    """(g) Played again, it agrees to nothing that was sent in later."""
    here, code = asked(FIVE[3])
    mail = genuine(here, code, 0)
    house.office.take(mail)
    assert not _waits(house)
    house.look()
    house.letters()  # that it is live
    asked(FIVE[4] + FIVE[3])
    for number in range(8):
        house.office.take(replayed(mail, number))

    assert _waits(house)
