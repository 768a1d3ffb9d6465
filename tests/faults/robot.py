"""A department, as far as it answers: well, or as somebody who may not speak for it."""

from email.message import EmailMessage

from tests.faults.mails import Sent, reply
from tests.faults.rig import FaultDesk
from tests.live.desk import parsed

DEPARTMENT = "quality@example.com"


class Robot:
    """The people of a department: they answer some of the mails that bring them a case."""

    def __init__(self, desk: FaultDesk, *, every: int = 4) -> None:
        """Of `every` cases one is answered well, and one by somebody who may not."""
        self._desk, self._every = desk, every
        self._read = 0
        self._answered: set[str] = set()

    def answer(self) -> int:
        """Answer what has come since the last time; returns how many answers that were."""
        mails = tuple(self._desk.sink.mails[self._read :])
        self._read += len(mails)
        answers = []
        for mail in mails:
            letter = parsed(mail.data)
            own_id = str(letter["Message-ID"]).strip("<>")
            case, name = own_id.split(".")[:2]
            if name == "routed" and DEPARTMENT in mail.recipients and own_id not in self._answered:
                self._answered.add(own_id)
                answers += self._to(letter, int(case))
        self._desk.post(answers)
        return len(answers)

    def _to(self, letter: EmailMessage, case: int) -> list[Sent]:
        turn = case % (2 * self._every)
        back = str(letter["Reply-To"])
        done = f"done: We send you a new kettle, number {case}."
        if turn in (0, self._every):
            return [reply(letter, done, sender=DEPARTMENT, to=back)]
        if turn == 1:  # not on the list
            return [reply(letter, done, sender="evil@elsewhere.example", to=back, forged=True)]
        if turn == self._every + 1:  # nobody vouches for the sender
            return [reply(letter, done, sender=DEPARTMENT, to=back, proof=False, forged=True)]
        return []
