"""The stage of the stories: a whole case on real servers, with the shipped rules."""

from pathlib import Path

from cases.model import LetterName, Status
from tests.live.servers import Dovecot, SmtpSink
from tests.live.town import town

CUSTOMER = "Li Na <li.na@customer.example>"
ADDR = "li.na@customer.example"


def test_a_plain_case_from_first_mail_to_archive(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Acknowledged at once, answered with one word, closed by silence, archived after a month."""
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(CUSTOMER, "电热水壶 K200 用了一周指示灯就不亮了，批号20240611A。")
        assert here.names(ADDR) == ["acknowledgement"]
        assert here.case().departments == ("quality",)
        here.later(hours=3)
        here.reply(
            here.last("quality@example.com", LetterName.ROUTED), "处理完成\n我们给您换一台新的。"
        )
        assert "我们给您换一台新的" in here.text(ADDR, LetterName.OUTCOME)
        here.later(days=8)
        assert here.case().status is Status.CLOSED
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED
        assert here.names(ADDR).count("outcome") == 1
