"""Stories of people: the accused, those who threaten, those who are wrong, those who are away."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from cases.life import PartState
from cases.model import LetterName, Status
from tests.live.desk import words
from tests.live.servers import Dovecot, SmtpSink
from tests.live.town import Town, town, with_blocks

QUALITY, SERVICE = "quality@example.com", "service@example.com"
QA_HEAD, CS_HEAD = "qa-head@example.com", "cs-head@example.com"
BOSS, DEPUTY_BOSS = "gm@example.com", "deputy-gm@example.com"
SUPERVISOR, CALLER = "supervisor@example.com", "mary.lin@example.com"

ACCUSED = """
departments:
  quality:
    name: {zh: 质量部, en: Quality Department}
    to: [quality@example.com]
    manager: qa-head@example.com
  service:
    name: {zh: 客服部, en: Customer Service}
    to: [service@example.com, tom.baker@example.com]
    manager: cs-head@example.com
    people: {Ann Cole: cs-head@example.com, Tom Baker: tom.baker@example.com}
    stand_in: quality
  delivery:
    name: {zh: 物流部, en: Logistics}
    to: [logistics@example.com]
"""
CALLED = """
process:
  usual:
    accept_within: 4 working hours
    remind_before: 1 working hour
    escalation:
      - {to: [manager]}
      - {to: [management], after: 1 working day}
    approval:
      - {by: [cs-head@example.com], deputies: [deputy-gm@example.com], within: 8 working hours}
    callback: {by: [mary.lin@example.com], within: 24 hours}
    confirm: {within: 7 days}
    satisfaction: true
    archive_after: 30 days
"""


RUDE = (
    "On Monday I called your hotline about a refund and spoke to Ann Cole. She was rude to me, "
    "would not listen and hung up twice. I expect an apology. My phone: 13812345678."
)
HEARD = """done

To the customer: We have listened to the recording. You were not treated as you should have been,
and we apologise.

Cause: no training after the move
Liability: Ann Cole gets a written warning and loses half a bonus"""

LADDER = """
process:
  usual:
    accept_within: 4 working hours
    remind_before: 1 working hour
    escalation:
      - {to: [manager]}
      - {to: [management], after: 1 working day}
    confirm: {within: 7 days}
    archive_after: 30 days
"""


def shown(here: Town, *words: str) -> str:
    """Return what a command prints about the desk, as its users run it."""
    done = subprocess.run(  # noqa: S603 - our own words
        here.live.command(*words), env=here.live.environment, capture_output=True, check=True
    )
    return done.stdout.decode()


def signed(here: Town) -> tuple[str, datetime | None]:
    """Return who of quality looks into the case, and until when."""
    part = here.parts()["quality"]
    return part.person, part.promised_at


def test_the_head_of_service_is_accused_and_neither_gets_nor_decides_the_case(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Another department handles it, a deputy signs, the liability stays inside; then a call.

    Proves: K002 K006 K009 K016 K019 K020 K028 K040 K046 K055 K057 K075 K079 K090 K099
    """
    customer = "peter.hall@customer.example"
    rules = with_blocks(languages="languages: [en, zh]", departments=ACCUSED, process=CALLED)
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(f"Peter Hall <{customer}>", RUDE, subject="Treated badly")
        assert here.case().departments == ("quality",)
        routed = here.last(QUALITY, LetterName.ROUTED)
        assert "names Ann Cole" in words(routed) and "Phone: 13812345678" in words(routed)

        here.later(hours=1)
        here.reply(routed, "accept, Wu Jing, 25 Nov")
        assert signed(here) == ("Wu Jing", datetime(2026, 11, 25, 9, 30, tzinfo=UTC))
        here.reply(routed, "done\n\nTo the customer: She was right.", sender=CS_HEAD)
        assert here.case().status is Status.ROUTED
        assert "Somebody else must answer" in here.text(QUALITY, LetterName.HOW_TO_ANSWER)
        here.reply(routed, HEARD)
        asked = here.last(DEPUTY_BOSS, LetterName.APPROVAL_REQUEST)
        assert "bonus" not in words(asked)
        here.reply(asked, "yes", sender=CS_HEAD)
        assert here.names(customer) == ["acknowledgement"]
        here.reply(asked, "yes")

        here.later(minutes=1)
        assert "Phone: 13812345678" in here.text(CALLER, LetterName.TASK)
        here.later(hours=2)
        here.reply(here.last(CALLER, LetterName.TASK), "not reached: rang for a minute, no answer")
        assert here.case().status is Status.OUTCOME_SENT
        here.until("2026-11-24 09:00")
        here.reply(here.last(customer, LetterName.OUTCOME), "4")
        assert here.case().status is Status.FOLLOW_UP
        here.reply(here.last(CALLER, LetterName.TASK), "reached: he accepts the apology")
        assert here.case().status is Status.CLOSED

        assert [r.text for r in here.records()["satisfaction"]] == ["4"]
        assert [r.text for r in here.records()["contact"]] == [
            "not reached: rang for a minute, no answer",
            "he accepts the apology",
        ]
        assert here.letters(CS_HEAD) == []
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED
        file = shown(here, "cases", "show", "C-2026-000001")
        assert "archived" in file and "Wu Jing" in file and "no training after the move" in file
        assert "bonus" not in file and "2 restricted entries are not shown" in file
        assert "half a bonus" in shown(here, "cases", "show", "C-2026-000001", "--restricted")
        for inside in ("Wu Jing", "bonus", "no training", CALLER):
            assert inside not in here.everything_to(customer)


def test_an_accused_agent_is_left_out_of_the_department(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Colleagues keep the case; neither letters nor reminders reach the accused.

    Proves: K002 K010 K046 K079
    """
    customer, agent = "peter.hall@customer.example", "tom.baker@example.com"
    rules = with_blocks(languages="languages: [en, zh]", departments=ACCUSED, process=LADDER)
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(f"Peter Hall <{customer}>", RUDE.replace("Ann Cole", "Tom Baker"))
        assert here.case().departments == ("service",)
        assert here.names(SERVICE) == ["routed"]
        here.until("2026-11-23 13:30")
        assert "reminder" in here.names(SERVICE)
        assert here.names(CS_HEAD) == ["escalation"]

        routed = here.last(SERVICE, LetterName.ROUTED)
        here.reply(routed, "done\n\nI was polite.", sender=agent)
        assert here.case().status is Status.ROUTED
        assert "Somebody else must answer" in here.text(SERVICE, LetterName.HOW_TO_ANSWER)
        here.reply(routed, "done\n\nWe apologise for how you were treated.", sender=CS_HEAD)
        here.reply(here.last(customer, LetterName.OUTCOME), "Solved, thank you.")
        assert here.case().status is Status.CLOSED
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED
        assert here.letters(agent) == []
        assert "polite" not in here.everything_to(customer)


LAWYER = (
    "空气炸锅 AF5 用了三天就不加热，外壳还裂了，批号20240611A。"
    "产品有质量缺陷，律师说可以起诉，电视台也要曝光。"
)
TUBE = "空气炸锅 AF5 用了三天加热管就断了，批号20240611A。"
SOLDERED = """处理完成
答复客户：我们给您换一台新的。
原因：加热管焊点虚焊
纠正措施：复检同批次库存
预防措施：增加焊点抽检
负责人：李工
完成日期：2026-12-11"""


def test_a_threat_with_lawyer_and_media_goes_to_the_top_at_night(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """The manager hears on Friday night and refuses an answer; the deputy changes the next.

    Proves: K002 K006 K008 K010 K011 K017 K018 K020 K021 K070 K080 K082
    """
    customer = "zhao.lei@customer.example"
    friday = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai
    with town(tmp_path, dovecot, smtp_sink, at=friday) as here:
        here.write(f"赵磊 <{customer}>", LAWYER, subject="空气炸锅质量问题")
        assert (here.names(BOSS), here.case().severity) == (["alert"], "serious")
        alert = here.text(BOSS, LetterName.ALERT)
        assert "重大，因为法律" in alert and "重大，因为媒体曝光" in alert
        here.until("2026-11-27 23:01")
        assert "无人签收" in here.text(QA_HEAD, LetterName.ESCALATION)
        assert here.names(BOSS) == ["alert", "escalation"]
        here.until("2026-11-28 22:01")
        assert "逾期未答复" in here.text(BOSS, LetterName.ESCALATION)
        assert here.names(customer) == ["acknowledgement", "progress"]

        here.until("2026-11-30 08:40")
        routed = here.last(QUALITY, LetterName.ROUTED)
        here.reply(routed, SOLDERED.replace("原因：", "内部备注："))
        assert "原因" in here.text(QUALITY, LetterName.HOW_TO_ANSWER)
        here.reply(routed, SOLDERED)
        here.reply(here.last(BOSS, LetterName.APPROVAL_REQUEST), "不同意：没有说明旧机器怎么退。")
        back = here.last(QUALITY, LetterName.RETURNED)
        assert "没有说明旧机器怎么退" in words(back)

        here.later(hours=1)
        here.reply(back, "处理完成\n答复客户：换新，旧机快递上门取。")
        here.away(here.last(BOSS, LetterName.APPROVAL_REQUEST), "我在休假，12月7日回来。")
        asked = here.last(DEPUTY_BOSS, LetterName.APPROVAL_REQUEST)
        assert "没有说明旧机器怎么退" in words(asked) and BOSS in words(asked)
        assert here.letters(customer, LetterName.OUTCOME) == []
        here.reply(asked, "改为：我们给您换一台新的，旧机由快递上门取走，运费我们承担。")
        assert "运费我们承担" in here.text(customer, LetterName.OUTCOME)

        here.until("2026-12-10 09:00")
        here.reply(here.last(QUALITY, LetterName.ANSWER_NOTED), "已执行")
        here.until("2027-01-11 09:00")
        assert here.case().status is Status.FOLLOW_UP
        here.reply(here.last(QA_HEAD, LetterName.MEASURES), "有效")
        assert here.measures()[0].checked_by == QA_HEAD
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED
        for inside in ("焊点", "李工", "快递上门取。", "没有说明", BOSS):
            assert inside not in here.everything_to(customer)


def test_the_hotlines_copy_of_a_complaint_is_answered_to_the_hotline(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """The second copy is a case of its own with the hotline's number; the result goes there.

    Proves: K002 K019 K059 K061 K075 K087
    """
    customer, hotline = "zhao.lei@customer.example", "case@12345.example.com"
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(f"赵磊 <{customer}>", TUBE, subject="空气炸锅质量问题")
        here.later(hours=1)
        here.write(hotline, f"编号12345-20261123。{TUBE}请书面回复处理结果。", subject="质量转办单")
        receipt = here.text(hotline, LetterName.ACKNOWLEDGEMENT)
        assert "12345-20261123" in receipt and "将书面回复贵方" in receipt
        first, second = here.letters(QUALITY, LetterName.ROUTED)
        assert "C-2026-000001" in words(second) and "C-2026-000002" not in words(first)
        assert here.records(2)["referrer"][0].text == f"{hotline} 12345-20261123"

        here.later(hours=1)
        here.reply(second, "处理完成\n答复客户：已给该市民换新机。\n内部备注：与1号投诉同一人")
        here.reply(first, "处理完成\n答复客户：给您换一台新机。\n原因：焊点虚焊")
        result = here.last(hotline, LetterName.OUTCOME)
        assert "[C-2026-000002]" in str(result["Subject"])
        assert "贵方编号：12345-20261123" in str(result["Subject"])
        assert "已给该市民换新机" in words(result) and "满意" not in words(result)
        assert "满意吗" in here.text(customer, LetterName.OUTCOME)

        here.later(days=10)
        assert {case.status for case in here.cases()} == {Status.CLOSED}
        here.later(days=31)
        assert {case.status for case in here.cases()} == {Status.ARCHIVED}
        assert here.names(hotline) == ["acknowledgement", "outcome"]
        assert "satisfaction" in here.names(customer)
        for inside in ("内部备注", "同一人", "虚焊", customer):
            assert inside not in here.everything_to(hotline)
        assert "12345" not in here.everything_to(customer)


EXPLAINED = """
process:
  usual:
    accept_within: 4 working hours
    escalation: [{to: [manager, management]}]
    confirm: {within: 7 days}
    objections: [explain]
    apologise: true
    archive_after: 30 days
"""
FRYER = (
    "The air fryer AF5 stopped heating after two weeks, batch 20240611A. It is defective and I "
    "want a new one."
)


def test_an_unfounded_complaint_is_explained_and_explained_once_more(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """No fault is admitted; after an objection there are seven days again before it closes.

    Proves: K002 K029 K032 K042 K053 K056 K064 K081
    """
    customer = "ruth.page@customer.example"
    rules = with_blocks(languages="languages: [en, zh]", process=EXPLAINED)
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(f"Ruth Page <{customer}>", FRYER, subject="Air fryer")
        receipt = here.text(customer, LetterName.ACKNOWLEDGEMENT)
        assert not any(word in receipt for word in ("replac", "refund", "fault", "new one"))
        here.later(hours=1)
        routed = here.last(QUALITY, LetterName.ROUTED)
        here.reply(routed, "invalid")
        assert here.letters(customer, LetterName.OUTCOME) == []
        assert here.names(QUALITY)[-1] == "how_to_answer"
        here.reply(
            routed,
            "invalid\n\nTo the customer: The number on the rating plate is not one of ours. The "
            "seller can tell you who made it.\nVerified: a copy, third case this month",
        )
        assert here.parts()["quality"].state is PartState.INVALID
        assert here.records()["verified"][0].text == "a copy, third case this month"
        outcome = here.last(customer, LetterName.OUTCOME)
        assert "not been able to uphold" in words(outcome) and "who made it" in words(outcome)
        assert "IF YOU SEE IT DIFFERENTLY" in words(outcome)
        assert not any(word in words(outcome) for word in ("sorry", "apolog", "refund"))

        here.until("2026-11-29 10:00")
        here.reply(outcome, "Not solved: I bought it in your shop and I want a new one!")
        assert here.kinds()[-2:] == ["explained", "letter_sent"]
        again = here.text(customer, LetterName.OUTCOME)
        assert "how we came to our answer" in again.lower() and "who made it" in again
        assert "I want a new one!" in here.events()[-2].detail
        assert here.names(QUALITY).count("routed") == 1
        here.until("2026-12-02 10:00")
        assert here.case().status is Status.OUTCOME_SENT
        here.write(
            customer,
            "Here is my receipt.",
            subject=f"Re: {outcome['Subject']}",
            to=str(outcome["Reply-To"]),
            files=(("receipt.pdf", "application/pdf", b"%PDF-1.4"),),
        )
        assert here.case().round == 2
        assert "receipt.pdf" in here.text(QUALITY, LetterName.ROUTED)
        here.reply(
            here.last(QUALITY, LetterName.ROUTED),
            "invalid\n\nTo the customer: The receipt is from another shop; please ask them.",
        )
        here.until("2026-12-09 10:30")
        assert here.case().status is Status.CLOSED
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED
        assert here.names(customer).count("outcome") == 3
        for inside in ("a copy", "third case", "Verified", QUALITY):
            assert inside not in here.everything_to(customer)


AWAY = """
departments:
  quality:
    name: {zh: 质量部, en: Quality Department}
    to: [quality@example.com]
    manager: qa-head@example.com
    deputies: [qa2@example.com]
  service:
    name: {zh: 客服部, en: Customer Service}
    to: [service@example.com]
  delivery:
    name: {zh: 物流部, en: Logistics}
    to: [logistics@example.com]
"""
SIGNED = LADDER.replace(
    "    confirm",
    "    approval: [{by: [qa-head@example.com], deputies: [deputy-gm@example.com],"
    " within: 1 day}]\n    confirm",
)


def test_deputies_answer_and_approve_while_others_are_away(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Each is asked once, however often the vacation programme answers; a machine confirms nothing.

    Proves: K002 K019 K020 K033 K046 K057 K080
    """
    customer, deputy = "sun.mei@customer.example", "qa2@example.com"
    rules = with_blocks(departments=AWAY, process=SIGNED)
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(f"孙梅 <{customer}>", TUBE, subject="空气炸锅质量问题")
        routed = here.last(QUALITY, LetterName.ROUTED)
        here.away(routed, "我在休假，下周一回来。")
        here.later(minutes=30)
        here.away(routed, "我在休假，下周二回来。")
        assert here.names(deputy) == ["routed"]
        theirs = here.last(deputy, LetterName.ROUTED)
        assert QUALITY in words(theirs) and TUBE[:12] in words(theirs)
        assert here.names(QUALITY) == ["routed"]

        here.reply(theirs, "接受，周强，11月24日")
        assert signed(here) == ("周强", datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
        here.until("2026-11-23 16:00")
        assert here.names(QUALITY) == ["routed"]
        here.reply(theirs, "处理完成\n答复客户：明天给您寄一台新的。\n原因：加热管虚焊")
        request = here.last(QA_HEAD, LetterName.APPROVAL_REQUEST)
        here.away(request, "出差中，请联系同事。")
        here.away(request, "出差中，请联系同事！")
        assert here.names(DEPUTY_BOSS) == ["approval_request"]
        assert QA_HEAD in here.text(DEPUTY_BOSS, LetterName.APPROVAL_REQUEST)
        assert here.letters(customer, LetterName.OUTCOME) == []
        here.reply(here.last(DEPUTY_BOSS, LetterName.APPROVAL_REQUEST), "同意")
        outcome = here.last(customer, LetterName.OUTCOME)
        assert "明天给您寄一台新的" in words(outcome)

        here.away(outcome, "解决了\n我在休假。")
        assert here.case().status is Status.OUTCOME_SENT
        here.later(days=1)
        here.reply(outcome, "5")
        assert here.case().status is Status.CLOSED
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED
        assert [e.actor for e in here.events() if e.kind == "approved"] == [
            f"approver:{DEPUTY_BOSS}"
        ]
        for inside in ("虚焊", "周强", "休假", deputy):
            assert inside not in here.everything_to(customer)


def test_a_case_nobody_signs_for_climbs_the_ladder_rung_by_rung(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Reminder, manager, management: each once and at its minute; then the manager answers.

    Proves: K002 K010 K090
    """
    customer = "sun.mei@customer.example"
    with town(tmp_path, dovecot, smtp_sink, rules=with_blocks(process=LADDER)) as here:
        here.write(f"孙梅 <{customer}>", TUBE, subject="空气炸锅质量问题")
        routed = here.text(QUALITY, LetterName.ROUTED)
        assert "11月23日（周一）13:00（北京时间）前签收" in routed
        for moment, reminders, manager, management in (
            ("2026-11-23 11:59", 0, 0, 0),
            ("2026-11-23 12:00", 1, 0, 0),
            ("2026-11-23 12:59", 1, 0, 0),
            ("2026-11-23 13:00", 2, 1, 0),
            ("2026-11-24 12:59", 2, 1, 0),
            ("2026-11-24 13:00", 2, 1, 1),
            ("2026-11-25 13:00", 2, 1, 1),
        ):
            here.until(moment)
            told = [here.names(QUALITY).count("reminder"), len(here.letters(QA_HEAD))]
            assert [*told, len(here.letters(BOSS))] == [reminders, manager, management], moment
        before, over = (str(mail["Subject"]) for mail in here.letters(QUALITY)[1:])
        assert "提醒：请签收本案" in before and "已逾期：请签收本案" in over
        assert "无人签收" in here.text(BOSS, LetterName.ESCALATION)
        assert "本应更早发出" not in here.text(BOSS, LetterName.ESCALATION)
        assert here.case().level == 2

        here.reply(
            here.last(QA_HEAD, LetterName.ESCALATION),
            "处理完成\n答复客户：抱歉让您久等，今天给您寄一台新的。\n原因：无人值班",
        )
        assert "今天给您寄一台新的" in here.text(customer, LetterName.OUTCOME)
        here.until("2026-11-27 14:00")
        assert here.names(QUALITY).count("reminder") == 2
        here.reply(here.last(customer, LetterName.OUTCOME), "解决了，谢谢")
        assert here.case().status is Status.CLOSED
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED
        for inside in ("无人", "逾期", "签收", QA_HEAD, BOSS):
            assert inside not in here.everything_to(customer)


def test_after_three_days_of_outage_every_rung_is_told_once_and_that_it_is_late(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Nothing is lost while the desk stands still, and nothing comes twice when it runs again.

    Proves: K010 K090
    """
    customer = "sun.mei@customer.example"
    with town(tmp_path, dovecot, smtp_sink, rules=with_blocks(process=LADDER)) as here:
        here.write(f"孙梅 <{customer}>", TUBE, subject="空气炸锅质量问题")
        here.until("2026-11-26 08:45")  # the first turn since Monday
        sent = [*here.letters(QUALITY)[1:], *here.letters(QA_HEAD), *here.letters(BOSS)]
        assert all("本应更早发出" in words(mail) for mail in sent)
        signing = [mail for mail in sent if "签收本案" in str(mail["Subject"])]
        assert [str(mail["To"]).count(QUALITY) for mail in signing] == [1, 1]
        assert all("11月23日（周一）13:00" in words(mail) for mail in signing)
        assert [*here.names(QA_HEAD), *here.names(BOSS)] == ["escalation", "escalation"]
        escalated = [e for e in here.events() if e.kind == "escalated"]
        assert [e.detail for e in escalated] == [QA_HEAD, BOSS]
        assert all("not running" in e.reasons[-1] for e in escalated)

        for _ in range(3):
            here.later(minutes=1)
        assert len(here.live.sink.mails) == len(sent) + 2
        here.reply(here.last(QUALITY, LetterName.REMINDER), "接受，周强，11月27日")
        here.until("2026-11-26 11:00")
        here.reply(here.last(QUALITY, LetterName.ROUTED), "处理完成\n答复客户：已给您寄出新机。")
        here.until("2026-12-03 11:30")
        assert here.case().status is Status.CLOSED
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED
        # It named a day after the one we had promised: its manager heard of that as well.
        assert (here.names(QA_HEAD), here.names(BOSS)) == (["escalation"] * 2, ["escalation"])
        assert "周强" not in here.everything_to(customer)
