"""`demo`: the whole story of one complaint, each mail shown as its reader sees it.

Everything is real, the same code as the daemon's; only the people are played: a complainant
writes, the department signs for it and answers by replying, the complainant is not content, and
in the end is.
"""

import shutil
import tempfile
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import make_msgid
from pathlib import Path

from rich.box import HORIZONTALS
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from ingest.maildir import deliver
from pipeline import config
from pipeline.clock import now
from pipeline.commands_cases import cases_show
from pipeline.desk import Desk, open_desk
from pipeline.serve import serve
from pipeline.show import TerminalReporter

_ROOT = Path(__file__).parent.parent
_CONFIG = "config.yaml"
_ALL = 10**6
_FEW = 16  #: lines of a mail whose like was shown in whole

_CUSTOMER = "wang.fang@customer.example"
_COMPLAINT = """\
你好，

我上周在你们网店买的电热水壶 K200，才用了三天壶底就漏水，
桌面全是水。订单SO20261107，批号B2026-0415。请尽快处理。

王芳
电话 138-0000-2210
"""
_ACCEPT = "接受，李伟，{day}前\n"
_ANSWER = """\
处理完成
答复客户：
王女士您好，漏水的原因已经查明：这个批次的密封圈没有装到位。
我们今天已为您寄出一台新壶，约两天送达；旧壶由快递员上门取回，
运费由我们承担。
原因：三号线换型后未校准，密封圈偏了0.4毫米
责任方：装配车间
"""
_NOT_SOLVED = "没有解决：新壶收到了，可是壶盖关不上。\n"
_SECOND = """\
处理完成
非常抱歉让您再次遇到麻烦。
工程师明天上午带着检验过的新壶上门，当面为您更换。
"""
_SOLVED = "解决了，谢谢！\n"


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
        first = _letter(f"王芳 <{_CUSTOMER}>", _COMPLAINT, subject="水壶漏水", to=address)
        self._scene("1. A complainant writes. 投诉人来信。", first)
        mails = self._round("2. The desk answers and asks the department. 回执并转交部门。")
        asked = _to_department(mails)
        accept = _ACCEPT.format(day=self._in_two_days())
        self._scene(
            "3. The department signs for it by a reply. 部门回复签收。", _reply(asked, accept)
        )
        self._round("4. The desk has noted who and until when. 已记录负责人和日期。")
        self._scene("5. The department has the answer. 部门查明后答复。", _reply(asked, _ANSWER))
        mails = self._round("6. The complainant reads only their part. 投诉人只看到答复。")
        outcome = _to_customer(mails)
        self._scene("7. It is not solved. 问题没有解决。", _reply(outcome, _NOT_SOLVED))
        mails = self._round("8. The case is open again. 重新受理。", lines=_FEW)
        again = _reply(_to_department(mails), _SECOND)
        self._scene("9. The department answers again. 部门再次答复。", again)
        mails = self._round("10. The second outcome. 第二次处理结果。", lines=_FEW)
        solved = _reply(_to_customer(mails), _SOLVED)
        self._scene("11. One word closes the case. 一句话即可结案。", solved)
        self._round("12. What the desk remembers. 案件档案。")
        cases_show(self._folder / _CONFIG, self._reference(), as_json=False)

    def _reference(self) -> str:
        with self._desk.store.read() as tx:
            return tx.recent_cases()[0].reference

    def _in_two_days(self) -> str:
        day = (now() + timedelta(days=2)).astimezone(self._desk.rules.policy.calendar.zone)
        return f"{day.month}月{day.day}日"

    def _scene(self, title: str, mail: EmailMessage) -> None:
        """Show a mail somebody writes to the desk, and put it into the mailbox."""
        self._console.rule(f"[bold]{title}")
        self._show(mail, _text(mail).partition("\n在 ")[0])
        source = self._desk.box.source
        if isinstance(source, Path):
            deliver(source, mail.as_bytes())

    def _round(self, title: str, *, lines: int = _ALL) -> list[EmailMessage]:
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
                self._show(mail, _text(mail), lines=lines)
        return mails

    def _show(self, mail: EmailMessage, words: str, *, lines: int = _ALL) -> None:
        shown = words.strip().split("\n")
        if len(shown) > lines:
            shown = [*shown[:lines], "[…]"]
        head = [f"{field}: {mail[field]}" for field in ("From", "To", "Subject")]
        text = Text("\n".join((*head, "", *shown)))
        self._console.print(Padding(Panel(text, box=HORIZONTALS), (0, 1)))


def _desk(folder: Path) -> Desk:
    """Return a desk of the shipped rules in a folder of its own."""
    file = folder / _CONFIG
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


def _to_customer(mails: list[EmailMessage]) -> EmailMessage:
    return next(mail for mail in mails if _CUSTOMER in str(mail["To"]))


def _to_department(mails: list[EmailMessage]) -> EmailMessage:
    return next(mail for mail in mails if _CUSTOMER not in str(mail["To"]))


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
