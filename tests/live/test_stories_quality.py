"""Three stories about goods, in Chinese: a bad batch, a fire in the holidays, too few facts."""

import base64
import json
import subprocess
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from cases.life import MeasureState, PartState
from cases.model import LetterName, Status
from tests.live.desk import parsed
from tests.live.servers import Dovecot, SmtpSink
from tests.live.town import Town, town, with_blocks

QUALITY, HEAD, LAB = "quality@example.com", "qa-head@example.com", "lab@example.com"
BOSS, DEPUTY, FINANCE = "gm@example.com", "deputy-gm@example.com", "finance@example.com"
WANG, SUN = "wang.fang@buyer.example", "sun.jie@buyer.example"
FROM_WANG = f"王芳 <{WANG}>"
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE = (("壶底.png", "image/png", PHOTO),)

#: Every answer needs a cause and an approval; what is done about it is told, done and checked.
STRICT = """
process:
  usual:
    accept_within: 4 working hours
    answer_needs: [cause, responsible]
    remind_before: 2 working hours
    escalation: [{to: [manager]}]
    approval:
      - {by: [gm@example.com], deputies: [deputy-gm@example.com], within: 1 working day}
    tell_measures: true
    confirm: {within: 7 days, needed: false}
    capa: {rule: required, within: 10 working days, verify_by: [lab@example.com]}
    archive_after: 30 days
"""
#: As delivered, but whoever handles something serious signs for it within an hour, day or night.
DAY_AND_NIGHT = with_blocks().replace("accept_within: 1 working hour\n", "accept_within: 1 hour\n")
#: Thursday, 1 October, two in the morning in Shanghai: the National Day's holidays have begun.
HOLIDAY = datetime(2026, 9, 30, 18, 0, tzinfo=UTC)

#: A department's whole report; only the words for the customer, and both measures, may leave.
REPORT = """处理完成
答复客户：我们给您换一台新水壶，运费由我们承担。
原因：焊缝虚焊
责任方：供方
检验结果：复检五台，两台漏
关联批号：20240610A，库存已封存
样品：索取2台，收到1台，留样1台
召回：不召回，漏水不伤人
上报：不需上报，依据安全评估
纠正措施：检修焊接工装
预防措施：每班首件做保压试验
负责人：周强
完成日期：12月1日
费用：合计300元
费用承担：供方
赔偿：赠送50元购物券
经验：换焊丝后要重做首件确认
责任追究：焊工赵六书面警告
"""
#: Of these the customer must never read a word.
INSIDE = ("虚焊", "供方", "20240610A", "300元", "购物券", "首件确认", "赵六", "周强", "召回", "gm@")


def cli(here: Town, *words: str) -> str:
    """Return what one of the desk's own commands prints, run on the same database."""
    done = subprocess.run(  # noqa: S603 - our own words
        here.live.command(*words),
        env=here.live.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def rows(here: Town, *words: str) -> list[dict[str, object]]:
    """Return the JSON lines of a command."""
    return [json.loads(line) for line in cli(here, *words, "--json").splitlines()]


def photos(letter: EmailMessage) -> list[object]:
    """Return the pictures in the customer's mail that came with a letter."""
    found: list[object] = []
    for part in letter.walk():
        if part.get_content_type() == "application/octet-stream":
            original = part.get_payload(decode=True)
            assert isinstance(original, bytes)
            found += photos(parsed(original))
        elif part.get_content_maintype() == "image":
            found.append(part.get_payload(decode=True))
    return found


def test_a_bad_batch_is_made_good_and_closed_only_when_the_remedy_works(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """The first complaint about the batch was found baseless; the next has a photo of the crack.

    Proves: K002 K004 K006 K009 K011 K014 K017 K019 K020 K025 K026 K029 K040 K042 K043 K051 K055
    K057 K059 K062 K063 K069 K072 K073 K075 K078 K081 K087 K089.
    """
    with town(tmp_path, dovecot, smtp_sink, rules=with_blocks(process=STRICT)) as here:
        _found_baseless(here)
        here.later(days=1)

        here.write(
            FROM_WANG,
            "我买的电热水壶 K200，批号20240611A，壶身底部裂了，一烧水就漏水。照片见附件。请换货。",
            files=PICTURE,
        )
        receipt = here.text(WANG, LetterName.ACKNOWLEDGEMENT)
        assert "批号：20240611A" in receipt
        assert "我们将在2026年11月27日" in receipt
        asked = here.text(QUALITY, LetterName.ROUTED)
        for known in ("产品：电热水壶 K200", "诉求：换货", here.case(1).reference):
            assert known in asked
        assert photos(here.last(QUALITY, LetterName.ROUTED)) == [PHOTO]

        here.reply(here.last(QUALITY, LetterName.ROUTED), "接受，李伟，11月26日前")
        assert here.parts(2)["quality"].person == "李伟"
        assert "11月26日" in here.text(QUALITY, LetterName.ANSWER_NOTED)
        here.later(days=1)
        here.reply(here.last(QUALITY, LetterName.ROUTED), REPORT)
        assert "50元购物券" in here.text(FINANCE, LetterName.TASK)
        proposal = here.text(BOSS, LetterName.APPROVAL_REQUEST)
        assert "焊缝虚焊" in proposal
        assert "赵六" not in proposal
        assert "换一台" not in here.everything_to(WANG)
        assert here.case(2).status is Status.IN_APPROVAL
        here.reply(here.last(BOSS, LetterName.APPROVAL_REQUEST), "同意")
        answer = here.text(WANG, LetterName.OUTCOME)
        for told in ("换一台新水壶", "检修焊接工装", "每班首件做保压试验"):
            assert told in answer

        _remedied(here)

        assert [case.status for case in here.cases()] == [Status.ARCHIVED, Status.ARCHIVED]
        words = here.everything_to(WANG)
        assert not [inside for inside in INSIDE if inside in words]
        _in_the_books(here)


def _found_baseless(here: Town) -> None:
    """Let a first complaint about the batch be refused, with the reason, and be left at that."""
    here.write(f"孙杰 <{SUN}>", "电热水壶 K200，批号20240611A，指示灯有点暗。")
    assert here.case().departments == ("quality",)
    here.reply(here.last(QUALITY, LetterName.ROUTED), "不成立：亮度在标准之内，请放心使用。")
    here.reply(here.last(BOSS, LetterName.APPROVAL_REQUEST), "同意")
    refusal = here.text(SUN, LetterName.OUTCOME)
    assert "没能认定您的投诉成立" in refusal
    assert "亮度在标准之内" in refusal
    assert "如果您有不同看法" in refusal


def _remedied(here: Town) -> None:
    """Play from a customer who is satisfied to a measure that works, by way of one that did not."""
    here.later(days=1)
    here.reply(here.last(WANG, LetterName.OUTCOME), "5")
    assert [record.text for record in here.records(2)["satisfaction"]] == ["5"]
    assert here.case(2).status is Status.FOLLOW_UP
    here.until("2026-12-01 15:30")
    assert "请落实整改措施" in here.text(QUALITY, LetterName.REMINDER)
    here.reply(here.last(QUALITY, LetterName.REMINDER), "已执行：工装已检修")
    assert "检修焊接工装" in here.text(LAB, LetterName.MEASURES)

    here.later(days=1)
    here.reply(here.last(LAB, LetterName.MEASURES), "无效：复测仍有一台渗水")
    assert "复测仍有一台渗水" in here.text(QUALITY, LetterName.MEASURES)
    here.later(days=6)
    assert here.case(2).status is Status.FOLLOW_UP  # silence for so long would have closed it
    here.reply(here.last(QUALITY, LetterName.MEASURES), "已执行\n纠正措施：改用自动焊")
    assert "改用自动焊" in here.text(LAB, LetterName.MEASURES)
    here.reply(here.last(LAB, LetterName.MEASURES), "有效：连续三批无一漏水")
    assert here.case(2).status is Status.CLOSED
    (measure,) = here.measures(2)
    assert (measure.state, measure.failures) == (MeasureState.VERIFIED, 1)
    assert (measure.owner, measure.checked_by) == ("周强", LAB)
    here.later(days=30)


def _in_the_books(here: Town) -> None:
    """Look the case up as supervisors do, after it went to the archive."""
    reference = here.case(2).reference
    assert all(reference in str(letter["Subject"]) for letter in here.letters(WANG))
    samples = rows(here, "register", "samples")[1]
    assert (samples["asked"], samples["received"], samples["kept"]) == (2, 1, 1)
    sums = cli(here, "register", "costs").splitlines()[-2:]
    assert sums == ["cost: 300.00 CNY", "compensation: 50.00 CNY"]
    (lesson,) = rows(here, "register", "lessons", "--find", "虚焊")
    assert lesson["text"] == "换焊丝后要重做首件确认"
    file = cli(here, "cases", "show", reference)
    for found in (
        *("cause: 焊缝虚焊", "responsible: 供方", "cost bearer: 供方", "authority: 不需上报"),
        *("related: 20240610A", "took it on: 李伟, 2026-11-26", f"approver:{BOSS} approved"),
    ):
        assert found in file
    (liability,) = here.records(2)["liability"]
    assert (liability.text, liability.restricted) == ("焊工赵六书面警告", True)
    assert "赵六" not in file


def test_a_fire_in_the_holidays_is_in_good_hands_within_the_hour(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """At two in the morning nobody answers; managers are woken, and one of them takes it.

    Proves: K008 K010 K011 K015 K016 K018 K020 K021 K047 K060 K080 K082 K083 K090.
    """
    with town(tmp_path, dovecot, smtp_sink, rules=DAY_AND_NIGHT, at=HOLIDAY) as here:
        here.write(
            FROM_WANG,
            "电热水壶 K200 通电后冒烟起火，孩子的手被烫伤，正在医院。批号20240611A，"
            "电话13912345678。",
        )
        assert here.case().severity == "serious"
        assert "13912345678" in here.text(BOSS, LetterName.ALERT)
        assert [e.at for e in here.events() if f"alert to {BOSS}" in e.detail] == [HOLIDAY]
        receipt = here.text(WANG, LetterName.ACKNOWLEDGEMENT)
        assert "请立即拨打急救或报警电话" in receipt
        assert "2026年10月2日（周五）02:00" in receipt

        here.until("2026-10-01 02:30")
        assert "请签收本案" in here.text(QUALITY, LetterName.REMINDER)
        assert here.names(HEAD) == []
        here.until("2026-10-01 03:00")
        for manager in (HEAD, BOSS):
            assert "孩子的手被烫伤" in here.text(manager, LetterName.ESCALATION)
        called = here.last(HEAD, LetterName.ESCALATION)
        here.reply(called, "接受，孙磊，10月2日")
        here.reply(called, "临时措施：请立即断电，不要再用这台水壶。")
        part = here.parts()["quality"]
        assert part.promised_at == datetime(2026, 10, 2, 15, 59, tzinfo=UTC)  # a day off, and yet
        assert "请立即断电" in here.text(WANG, LetterName.INTERIM)

        here.until("2026-10-02 03:00")
        assert "没有做到" in here.text(WANG, LetterName.PROGRESS)
        _answered_by_deputy(here)
        here.later(days=1)
        here.reply(here.last(WANG, LetterName.OUTCOME), "解决了，谢谢。")
        assert here.case().status is Status.FOLLOW_UP

        here.until("2026-10-20 17:00")
        here.reply(here.last(QUALITY, LetterName.REMINDER), "已执行：供应商已更换")
        here.until("2026-11-19 17:30")
        assert LetterName.MEASURES not in here.names(HEAD)
        here.until("2026-11-20 17:30")
        here.reply(here.last(HEAD, LetterName.MEASURES), "有效")
        here.later(days=30)
        assert here.case().status is Status.ARCHIVED
        told = here.everything_to(WANG)
        assert not [inside for inside in ("粘连", "供应商", "孙磊", "gm@") if inside in told]


def _answered_by_deputy(here: Town) -> None:
    """Let quality answer on a day off; whoever approves is away, and the deputy agrees."""
    here.until("2026-10-02 10:00")
    here.reply(
        here.last(QUALITY, LetterName.ROUTED),
        "处理完成\n答复客户：问题出在温控器，我们全额退款，并承担医药费。\n原因：触点粘连\n"
        "纠正措施：更换温控器供应商\n预防措施：来料全检\n负责人：孙磊\n完成日期：10月20日",
    )
    here.away(here.last(BOSS, LetterName.APPROVAL_REQUEST), "国庆期间我不在办公室。")
    assert here.letters(WANG, LetterName.OUTCOME) == []
    here.reply(here.last(DEPUTY, LetterName.APPROVAL_REQUEST), "同意")
    assert "我们全额退款" in here.text(WANG, LetterName.OUTCOME)


def test_what_is_missing_is_asked_for_and_the_clock_waits_for_it(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Nobody is late because a customer looks for the rating plate, and nobody says so to them.

    Proves: K010 K021 K029 K038 K046 K083 K084 K091.
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(FROM_WANG, "水壶坏了，指示灯不亮。请帮我看看。")
        receipt = here.text(WANG, LetterName.ACKNOWLEDGEMENT)
        assert "- 产品名称，或型号" in receipt
        assert "- 批号（印在包装上，多在底部），或序列号" in receipt
        here.later(hours=1)
        here.reply(here.last(QUALITY, LetterName.ROUTED), "需要信息：请拍一张壶底铭牌的照片。")
        assert "请拍一张壶底铭牌的照片" in here.text(WANG, LetterName.REQUEST_INFORMATION)
        assert _answer_clock(here)["state"] == "standing"
        here.later(hours=2)
        here.reply(here.last(WANG, LetterName.ACKNOWLEDGEMENT), "请问我的投诉进展如何？")
        assert "还需要您提供一些信息" in here.text(WANG, LetterName.STATUS)
        assert here.names(QUALITY) == ["routed"]

        here.until("2026-11-26 10:00")
        again = here.text(WANG, LetterName.REQUEST_INFORMATION)
        assert "还在等您的回复" in again
        assert "请拍一张壶底铭牌的照片" in again
        here.later(days=1)
        _plate_sent(here)

        here.later(hours=1)
        here.reply(here.last(QUALITY, LetterName.FOLLOW_UP), "临时措施：请先不要通电。")
        assert "请先不要通电" in here.text(WANG, LetterName.INTERIM)
        here.reply(here.last(WANG, LetterName.INTERIM), "什么时候有结果？")
        for letter in (LetterName.INTERIM, LetterName.STATUS):
            assert "在2026年12月2日（周三）09:00（北京时间）前" in here.text(WANG, letter)
        here.until("2026-12-01 09:00")
        assert "我们将在2026年12月2日" in here.text(WANG, LetterName.PROGRESS)
        assert here.names(QUALITY) == ["routed", "follow_up"]  # nobody was pressed meanwhile
        assert here.names(HEAD) == []
        here.reply(
            here.last(QUALITY, LetterName.FOLLOW_UP),
            "处理完成\n答复客户：排线接触不良，我们免费更换。\n原因：排线插接不到位",
        )
        here.later(days=1)
        here.reply(here.last(WANG, LetterName.OUTCOME), "解决了，谢谢！")
        assert here.case().status is Status.CLOSED
        here.later(days=30)
        assert here.case().status is Status.ARCHIVED
        told = here.everything_to(WANG)
        assert "插接不到位" not in told
        assert "没有做到" not in told


def _answer_clock(here: Town) -> dict[str, object]:
    """Return the clock of quality's answer, as a supervisor may see it."""
    found = rows(here, "clock", "explain", here.case().reference)
    running = [row for row in found if row["kind"] == "answer" and row["state"] != "stopped"]
    (clock,) = running
    return clock


def _plate_sent(here: Town) -> None:
    """Let the customer send the photo: it joins the case, and the time goes on from there."""
    letter = here.last(WANG, LetterName.REQUEST_INFORMATION)
    here.write(
        FROM_WANG,
        "铭牌照片见附件：型号 K200，批号20240611A。",
        subject=f"Re: {letter['Subject']}",
        to=str(letter["Reply-To"]),
        files=PICTURE,
        headers=(("In-Reply-To", str(letter["Message-ID"])),),
    )
    assert len(here.cases()) == 1
    assert {fact.name for fact in here.case().facts} == {"model", "batch"}
    assert here.parts()["quality"].state is PartState.ACCEPTED
    sent = here.last(QUALITY, LetterName.FOLLOW_UP)
    assert photos(sent) == [PHOTO]
    assert "12月2日" in str(sent["Subject"])
    clock = _answer_clock(here)
    assert clock["due_at"] == "2026-12-02T01:00:00+00:00"
    assert "stood still from Mon 23 Nov 2026 10:00 to Fri 27 Nov 2026 10:00" in str(clock["why"])
