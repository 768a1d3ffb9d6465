"""`demo`: the whole story of one complaint, each mail shown as its reader sees it.

Everything is real, the same code as the daemon's; only the people are played: a complainant
writes, the department answers by replying, the complainant is not content, and in the end is.
"""

import re
import shutil
import tempfile
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import make_msgid
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from ingest.maildir import deliver
from pipeline import config
from pipeline.casefile import case_file
from pipeline.clock import now
from pipeline.desk import Desk, open_desk
from pipeline.serve import serve
from pipeline.show import TerminalReporter

_ROOT = Path(__file__).parent.parent

_CUSTOMER = "wang.fang@customer.example"
_COMPLAINT = """\
你好，

我11月20日在你们网店买的电热水壶 K200（订单SO20261107，批号B2026-0415），才用了三天壶底就开始漏水，
桌子都泡坏了。请尽快给我换一台。

王芳
电话 138-0000-2210
"""
_ANSWER = """\
处理完成
王女士您好，您反映的漏水问题我们已核实：该批次密封圈装配不到位。我们今天已为您寄出一台新壶（顺丰，
约两天送达），旧壶由快递员上门取回，运费由我们承担。生产线已增加气密检测，避免同类问题再次发生。
"""
_NOT_SOLVED = "新壶收到了，可是壶盖关不上，还是没法用！\n"
_SECOND = """\
处理完成
非常抱歉让您再次遇到麻烦。客服已与您电话确认，明天上午工程师会带着检验过的新壶上门更换。
"""
_THANKS = "收到，谢谢！\n"


def play() -> int:
    """Play the story in a throw-away folder; returns an exit code."""
    console = Console(highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="complaint-desk-demo-"))
    try:
        _Story(folder, console).tell()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


class _Story:
    def __init__(self, folder: Path, console: Console) -> None:
        self._folder, self._console = folder, console
        self._desk = _desk(folder)
        self._shown: set[str] = set()

    def tell(self) -> None:
        """Play every scene in order."""
        address = self._desk.box.address
        first = _letter(f"王芳 <{_CUSTOMER}>", _COMPLAINT, subject="水壶漏水，要求换货", to=address)
        self._scene("1. A complainant writes. 投诉人来信。", first)
        mails = self._round("2. The desk answers and asks the department. 回执并转交部门。")
        self._scene(
            "3. The department just replies. 部门直接回复。", _reply_of_department(mails, _ANSWER)
        )
        mails = self._round("4. The complainant has the outcome. 投诉人收到处理结果。")
        self._scene("5. It is not solved. 问题没有解决。", _reply_of_customer(mails, _NOT_SOLVED))
        mails = self._round("6. The case is open again. 重新受理。")
        self._scene(
            "7. The department answers again. 部门再次答复。", _reply_of_department(mails, _SECOND)
        )
        mails = self._round("8. The second outcome. 第二次处理结果。")
        self._scene(
            "9. A thank-you reopens nothing. 致谢不会重开案件。", _reply_of_customer(mails, _THANKS)
        )
        self._round("10. What the desk remembers. 案件档案。")
        with self._desk.store.read() as tx:
            case = tx.recent_cases()[0]
            lines = case_file(case, tx.events(case.id), self._desk.rules.policy.calendar.zone)
            self._console.print(Padding(Text("\n".join(lines)), (1, 2)))

    def _scene(self, title: str, mail: EmailMessage) -> None:
        """Show a mail somebody writes to the desk, and put it into the mailbox."""
        self._console.rule(f"[bold]{title}")
        self._show(mail, new_words_only=True)
        source = self._desk.box.source
        if isinstance(source, Path):
            deliver(source, mail.as_bytes())

    def _round(self, title: str) -> list[EmailMessage]:
        """Let the desk work off what is there; show and return the mails it sent."""
        self._console.rule(f"[bold]{title}")
        serve(self._desk, TerminalReporter(self._console), once=True)
        mails = []
        for path in sorted((self._folder / "outgoing" / "new").iterdir()):
            if path.name not in self._shown:
                self._shown.add(path.name)
                mail = message_from_bytes(path.read_bytes(), policy=default)
                assert isinstance(mail, EmailMessage)  # noqa: S101 - the policy makes it so
                mails.append(mail)
                self._show(mail)
        return mails

    def _show(self, mail: EmailMessage, *, new_words_only: bool = False) -> None:
        text = _text(mail).rstrip()
        if new_words_only:
            text = re.split(r"\n.*写道：\n>", text)[0].rstrip()
        head = f"From: {mail['From']}\nTo: {mail['To']}\nSubject: {mail['Subject']}\n\n"
        self._console.print(Padding(Panel(Text(head + text), expand=False), (0, 2)))


def _desk(folder: Path) -> Desk:
    """Return a desk of the shipped rules in a folder of its own."""
    file = folder / "config.yaml"
    file.write_text(
        f"""\
config_version: 1
database: sqlite:///desk.db
mailboxes:
  complaints:
    address: complaints@example.com
    source: maildir:incoming
    answer_mail_since: 2026-01-01T00:00:00+00:00
outgoing: maildir:outgoing
trust: token_and_list
rules: {_ROOT / "routing" / "rules.yaml"}
secret_file: secret.key
""",
        encoding="utf-8",
    )
    return open_desk(config.load(file))


def _letter(who: str, text: str, *, subject: str, to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = who, to, subject
    mail["Date"] = now()
    mail["Message-ID"] = make_msgid(domain="demo.example")
    mail.set_content(text)
    return mail


def _reply_of_customer(mails: list[EmailMessage], text: str) -> EmailMessage:
    return _reply(next(mail for mail in mails if _CUSTOMER in str(mail["To"])), text)


def _reply_of_department(mails: list[EmailMessage], text: str) -> EmailMessage:
    return _reply(next(mail for mail in mails if _CUSTOMER not in str(mail["To"])), text)


def _reply(to: EmailMessage, text: str) -> EmailMessage:
    """Reply as a mail program would: to Reply-To, in the thread, the old text quoted."""
    quoted = "\n".join(f"> {line}" for line in _text(to).splitlines())
    words = f"{text}\n在 {to['Date']}，{to['From']} 写道：\n{quoted}\n"
    mail = _letter(str(to["To"]), words, subject=f"Re: {to['Subject']}", to=str(to["Reply-To"]))
    mail["In-Reply-To"] = to["Message-ID"]
    mail["References"] = to["Message-ID"]
    return mail


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""
