"""Some hundred or thousand mails as they come in a month: by a seed, so always the same ones."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from random import Random

from cases.model import Category, Classification, Fact, Matter, Status
from pipeline.chase import chase
from pipeline.correct import correct_case
from routing.choices import Choice
from tests.conftest import PlainClassifier
from tests.pipeline.conftest import Office

SUBJECTS = ("The kettle", "投诉", "水壶漏水", "My order", "Re: invoice", "", "Complaint 投诉")
WORDS = (
    *("The kettle I bought leaks.", "水壶漏水，请尽快处理。", "It came late, very late indeed."),
    *(
        "快递 late 了三天，客服说明天。",
        "Your man at the counter was rude to me.",
        "odd thing, this.",
    ),
    *(
        "服务态度差 rude，我要投诉。",
        "The lid is broken and 盖子也坏了。",
        "How do I clean the lid?",
    ),
    *("面包发霉了，已经变质。", "The bread was mouldy.", "odd 的东西 late"),
    *("I burnt my hand and went to hospital.", "我已经咨询律师，要起诉你们。", "我被烫伤住院了"),
    *("昨天买的鲜牛奶变质了", "Fresh milk, spoiled again.", "Li Wei 李伟 of your shop was rude."),
)
AGAIN = (
    *(
        "It is still broken.",
        "还是漏水！",
        "I burnt my hand now.",
        "Thank you.",
        "谢谢",
        "How is it?",
    ),
    *("My order was SO20261107.", "batch B2026-1107", "我要找律师起诉", "solved", "没有解决"),
)
_NUMBERS = re.compile(r"\b(?:(?P<batch>B\d{4}-\d{4})|(?P<order>SO\d{8}))\b")


class TownClassifier(PlainClassifier):
    """Reads as the plain one does; finds numbers, doubts `odd`, sees danger in `burnt`."""

    def classify(
        self, text: str, *, subject: str = "", language: str = "", signature: str = ""
    ) -> Classification:
        """Read by words alone, so that it can be foretold."""
        read = super().classify(text, subject=subject, language=language)
        found = _NUMBERS.finditer(f"{subject} {text}")
        facts = tuple(Fact(name=str(m.lastgroup), value=m[0], known=True) for m in found)
        read = replace(read, facts=facts, serious=0.9 if "burnt" in text else 0.1)
        labels = {Category.QUALITY: 0.55, Category.DELIVERY: 0.52, Category.SERVICE: 0.2}
        if "odd" in text:
            return replace(read, score=0.4, labels=labels)
        return replace(read, labels=labels) if "also" in text else read


@dataclass
class Town:
    """People who write to an office, and the staff who answers."""

    office: Office
    random: Random
    number: int = 0

    def live(self, mails: int) -> None:
        """Let so many mails come, one after the other, some in one go: 200 a day."""
        while self.number < mails:
            at_once = self.random.choice((1, 1, 1, 3, 8))
            self.office.take(*(self._mail() for _ in range(at_once)))
            self.office.later(minutes=self.random.choice((0, 5, 15, 40)))
            if self.random.random() < 0.5:
                self.office.deliver()
                self.office.take(*self._answers())
            if self.random.random() < 0.15:
                self._staff()
            self.office.tray.sent.clear()

    def _mail(self) -> bytes:
        self.number += 1
        pick = self.random.choice
        text = " ".join(pick(WORDS) for _ in range(pick((1, 1, 2))))
        text += pick(
            ("", "", f" B2026-{pick('123')}107", f" SO2026110{pick('1234')}", " also late")
        )
        person = pick((1, 2, 3, self.random.randrange(100), self.random.randrange(100)))
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f"Kunde 客户 {person} <c{person}@customer.example>"
        mail["To"] = "complaints@example.com"
        mail["Subject"] = pick(SUBJECTS)
        mail["Date"] = self.office.now
        mail["Message-ID"] = f"<{self.number}@customer.example>"
        kind = self.random.random()
        if kind < 0.04:
            mail["Auto-Submitted"] = "auto-replied"
        if kind > 0.93:
            return self._passed_on(mail, text)
        mail.set_content(text + "\n")
        if kind < 0.1:
            mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
        return mail.as_bytes()

    def _passed_on(self, mail: EmailMessage, text: str) -> bytes:
        del mail["From"]
        mail["From"] = self.random.choice(("shop@shop.example.com", "service@example.com"))
        inner = EmailMessage(policy=SMTP)
        inner["From"] = f"c{self.random.randrange(9)}@customer.example"
        inner["Subject"], inner["To"] = "Complaint", "shop@shop.example.com"
        inner.set_content(text + "\n")
        mail.set_content("Please take care of this, 请处理。\n")
        mail.add_attachment(inner)
        return mail.as_bytes()

    def _answers(self) -> Iterator[bytes]:
        """Yield answers to some of the letters that were sent last."""
        sent = [one for one in self.office.tray.sent if one[1]["Reply-To"]]
        self.random.shuffle(sent)
        ours = [one for one in sent if one[0].endswith("@example.com")]
        theirs = [one for one in sent if one not in ours]
        for to, letter in (*ours[:2], *theirs[:3]):
            self.number += 1
            mail = EmailMessage(policy=SMTP)
            mail["From"], mail["To"] = to, str(letter["Reply-To"])
            mail["Subject"] = f"Re: {letter['Subject']}"
            mail["Date"], mail["Message-ID"] = self.office.now, f"<{self.number}@answer.example>"
            mail["In-Reply-To"] = mail["References"] = str(letter["Message-ID"])
            staff = self.random.choice(("done\nto the customer: 已更换。", "B", "not ours", "C"))
            mail.set_content(staff if to.endswith("@example.com") else self.random.choice(AGAIN))
            yield mail.as_bytes()

    def _staff(self) -> None:
        """Let the clocks ring, and somebody put a case right by hand."""
        desk, now = self.office.desk, self.office.now
        chase(desk, now=now)
        with desk.store.read() as tx:
            cases = tx.recent_cases(limit=30)
        for case in self.random.sample(cases, min(len(cases), 4)):
            if case.status is Status.ROUTED and case.matter is Matter.COMPLAINT:
                other = self.random.choice([*Category])
                correct_case(
                    desk, case.reference, Choice(category=other), by="op", note="", now=now
                )


def month_before(now: datetime) -> datetime:
    """Return a moment that lies before everything of a town."""
    return now - timedelta(days=400)
