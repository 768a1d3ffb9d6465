"""Stories of cases that take a longer way: outside, through many hands, back again, by phone."""

import re
import sys
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

import run
from cases.life import PartState
from cases.model import Category, LetterName, Status
from pipeline.registers import Ask, Row, sheet
from tests.live.desk import words
from tests.live.servers import Dovecot, SmtpSink
from tests.live.town import Town, town, with_blocks

QUALITY, SERVICE, LOGISTICS = (
    "quality@example.com",
    "service@example.com",
    "logistics@example.com",
)
LEAD, HEAD, BOSS, DESK = (
    "desk-lead@example.com",
    "sales-head@example.com",
    "gm@example.com",
    "supervisor@example.com",
)
HEAD_OF_LOGISTICS = "wh-head@example.com"
CARRIER, MONEY = "carrier@example.com", "finance@example.com"
ZHOU, ZHOU_ADDR = "周敏 <zhou.min@customer.example>", "zhou.min@customer.example"
ANN, ANN_ADDR = "Ann Porter <ann.porter@customer.example>", "ann.porter@customer.example"


def click(here: Town, letter: EmailMessage, words: str) -> None:
    """Click the link of a letter that writes `words`, and send what it opens as it is."""
    page = letter.get_body(("html",))
    assert page is not None
    for found in re.findall(r'href="(mailto:[^"]*)"', str(page.get_content())):
        link = urlsplit(unescape(found))
        filled = {key: values[0] for key, values in parse_qs(link.query).items()}
        if filled["body"].strip().startswith(words):
            subject = filled["subject"]
            here.write(str(letter["To"]), filled["body"], subject=subject, to=unquote(link.path))
            return
    raise AssertionError(f"no link writes {words!r}")


def register(here: Town, name: str) -> tuple[Row, ...]:
    """Return the rows of a register as the command shows them."""
    with here.desk.store.read() as tx:
        return sheet(tx, name, Ask(now=here.now)).rows


def says(here: Town, who: str, text: str) -> None:
    """Let whoever reviews or approves answer the last request."""
    here.later(minutes=5)
    review = who == LEAD
    name = LetterName.REVIEW_REQUEST if review else LetterName.APPROVAL_REQUEST
    here.reply(here.last(who, name), text)


# ---------------------------------------------------------------- outside


def test_a_carrier_breaks_two_fryers_and_pays_for_them(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """The carrier is asked, reminded and answers; goods, costs and compensation are on record.

    Proves: K004 K006 K010 K019 K020 K025 K027 K029 K034 K043 K044 K055 K062 K075 K084
    """
    rules = with_blocks().replace(
        "approval: off", f"approval: [{{by: [{BOSS}], within: 1 day}}]", 1
    )
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(
            ZHOU,
            "订单 SO20261188 的空气炸锅 AF5 今天送到时纸箱压扁，外壳碎了两台，请补发。",
            files=(("box.jpg", "image/jpeg", b"\xff\xd8\xff\xe0" + bytes(200)),),
        )
        assert (here.case().category, here.case().subcategory) == (Category.DELIVERY, "damaged")
        letter = here.last(LOGISTICS, LetterName.ROUTED)
        assert "box.jpg" in words(letter)
        here.reply(letter, "接受，赵刚，11月26日")
        here.reply(letter, "询问 → 承运商：这一件是在哪个站点被压坏的？")

        asked = here.text(CARRIER, LetterName.EXTERNAL)
        assert [part for part in ("在哪个站点被压坏的", "SO20261188") if part not in asked] == []
        assert re.findall(r"周敏|zhou", here.everything_to(CARRIER)) == []
        here.reply(here.last(ZHOU_ADDR, LetterName.ACKNOWLEDGEMENT), "我的投诉处理得怎么样了？")
        assert "在等对方答复" in here.text(ZHOU_ADDR, LetterName.STATUS)

        here.until("2026-11-24 17:00")
        assert here.names(CARRIER) == ["external", "reminder"]
        here.until("2026-11-25 09:10")
        assert here.names(HEAD_OF_LOGISTICS) == ["escalation"]
        here.reply(here.last(CARRIER, LetterName.REMINDER), "苏州站装卸时摔落，由我方负全责。")
        told = here.last(LOGISTICS, LetterName.PARTY_ANSWERED)
        assert "苏州站装卸时摔落" in words(told)

        here.later(hours=1)
        here.reply(
            told,
            "处理完成\n答复客户：今天补发两台新的空气炸锅，破损的请交给快递员带回。\n"
            "原因：苏州站装卸时摔落\n责任方：承运商\n退货：2台，退货单号 RT-1188\n"
            "费用：补发运费 36 元\n费用承担：承运商\n赔偿：补发两台，合计 998 元",
        )
        assert "合计 998 元" in here.text(BOSS, LetterName.APPROVAL_REQUEST)
        says(here, BOSS, "同意")
        assert "今天补发两台" in here.text(ZHOU_ADDR, LetterName.OUTCOME)
        assert "费用承担：承运商" in here.text(MONEY, LetterName.TASK)
        part = here.parts()["delivery"]
        assert (part.person, part.report["responsible"]) == ("赵刚", "承运商")
        assert part.report["cause"] == "苏州站装卸时摔落"
        (goods,) = register(here, "returns")
        assert (goods["text"], goods["lacks"]) == ("2台，退货单号 RT-1188", "")
        paid = {row["kind"]: row["value"] for row in register(here, "costs")}
        assert paid == {"cost": "36.00", "cost_bearer": "", "compensation": "998.00"}
        inside = ("赵刚", "苏州", "摔落", "RT-1188", "36 元", "998 元", "全责", "承运商")
        assert [word for word in inside if word in here.everything_to(ZHOU_ADDR)] == []

        click(here, here.last(ZHOU_ADDR, LetterName.OUTCOME), "5")
        assert register(here, "marks")[0]["text"] == "5"
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED


# ---------------------------------------------------------------- many hands

HANDS = f"""
process:
  usual:
    accept_within: 4 working hours
    info_within: 3 working days
    remind_before: 1 working hour
    escalation: [{{to: [manager]}}, {{to: [management], after: 1 working day}}]
    review: {{by: [{LEAD}], within: 4 working hours}}
    approval: [{{by: [{HEAD}], within: 1 working day}}]
    plan: {{silence_agrees_after: off}}
    carry_out_within: 2 working days
    tell_measures: true
    serious_after: 1 month
"""
TWO_MATTERS = (
    "My K200 kettle, batch 20240611A, stopped working after a week: the light stays off. "
    "On top of that the parcel of order SO20261190 came nine days late."
)


def test_two_matters_of_one_mail_go_their_own_ways_and_end_in_one_answer(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Each department has its part, person, date and clock; one passes its part on.

    Proves: K004 K007 K010 K024 K049 K051 K055 K057 K066 K090
    """
    with town(tmp_path, dovecot, smtp_sink, rules=with_blocks(process=HANDS)) as here:
        here.write(ANN, TWO_MATTERS, subject="Kettle and parcel")
        assert here.case().departments == ("delivery", "quality")
        here.reply(here.last(QUALITY, LetterName.ROUTED), "accept, Li Wei, 2026-11-24")
        here.reply(
            here.last(LOGISTICS, LetterName.ROUTED),
            "not ours -> service: the order lay on their desk for eight days",
        )
        assert here.parts()["delivery"].state is PartState.LEFT
        assert "eight days" in here.text(SERVICE, LetterName.ROUTED)
        assert here.case().category is Category.SERVICE

        here.until("2026-11-23 12:00")
        assert (here.names(SERVICE)[-1], here.names(QUALITY)[-1]) == ("reminder", "answer_noted")
        here.reply(here.last(SERVICE, LetterName.ROUTED), "接受，陈静，11月25日")
        assert here.parts()["service"].person == "陈静"
        here.until("2026-11-24 16:30")
        assert here.names(QUALITY).count("reminder") == 1  # an hour before its own date
        assert here.names(SERVICE).count("reminder") == 1

        here.reply(
            here.last(QUALITY, LetterName.ROUTED),
            "done\nTo the customer: A contact was loose. You get a new kettle.\n"
            "Cause: cold solder joint\nCorrective action: line 2 was resoldered\n"
            "Preventive action: every board is tested under current",
        )
        assert "客服部" in here.text(QUALITY, LetterName.ANSWER_NOTED)
        here.reply(here.last(SERVICE, LetterName.ROUTED), "done: Your order lay unread.")
        assert here.case().status is Status.IN_REVIEW
        says(here, LEAD, "return: say what we do about it")
        assert "say what we do about it" in here.text(SERVICE, LetterName.RETURNED)
        assert [part.returns for part in here.parts().values()] == [0, 1, 1]
        here.reply(
            here.last(QUALITY, LetterName.RETURNED),
            "done\nTo the customer: You get a new kettle.\n"
            "Corrective action: line 2 was resoldered\n"
            "Preventive action: every board is tested under current",
        )
        here.reply(here.last(SERVICE, LetterName.RETURNED), "done: We refund the postage.")
        says(here, LEAD, "ok")
        says(here, HEAD, "yes")
        click(here, here.last(ANN_ADDR, LetterName.PLAN), "I agree")
        assert here.case().status is Status.EXECUTING
        here.reply(here.last(QUALITY, LetterName.CARRY_OUT), "carried out")
        assert LetterName.OUTCOME not in here.names(ANN_ADDR)
        here.reply(here.last(SERVICE, LetterName.CARRY_OUT), "已执行")

        outcome = here.text(ANN_ADDR, LetterName.OUTCOME)
        told = (
            "You get a new kettle",
            "refund the postage",
            "line 2 was resoldered",
            "under current",
        )
        assert [part for part in told if part not in outcome] == []
        inside = ("Li Wei", "陈静", "cold solder", "lay unread", "eight days", LEAD, HEAD)
        assert [word for word in inside if word in here.everything_to(ANN_ADDR)] == []
        click(here, here.last(ANN_ADDR, LetterName.OUTCOME), "solved")
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED


def test_whoever_approves_refuses_twice_and_management_decides_by_mail(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Management is told of the disagreement, gets the next answer, and changes its words.

    The complainant does not agree to the plan at first; what they say reaches both departments.

    Proves: K020 K024 K033 K066
    """
    with town(tmp_path, dovecot, smtp_sink, rules=with_blocks(process=HANDS)) as here:
        here.write(ANN, TWO_MATTERS, subject="Kettle and parcel")
        for who in (QUALITY, LOGISTICS):
            here.reply(here.last(who, LetterName.ROUTED), "done: You get ten euros.")
        for reason in ("ten euros is too little", "twenty is too little as well"):
            says(here, LEAD, "同意")
            says(here, HEAD, f"no: {reason}")
            assert reason in here.text(LOGISTICS, LetterName.RETURNED)
            for who in (QUALITY, LOGISTICS):
                here.reply(here.last(who, LetterName.RETURNED), "done: You get twenty euros.")
        assert "twenty is too little as well" in here.text(BOSS, LetterName.ESCALATION)
        assert here.case().level == 2
        assert here.names(BOSS) == ["escalation"]

        says(here, LEAD, "ok")
        assert "twenty is too little as well" in here.text(BOSS, LetterName.APPROVAL_REQUEST)
        says(here, BOSS, "change: We send a new kettle and refund the postage.")
        plan = here.text(ANN_ADDR, LetterName.PLAN)
        assert "We send a new kettle and refund the postage." in plan
        assert "Logistics and Quality Department" in plan
        assert here.names(ANN_ADDR) == ["acknowledgement", "plan"]
        here.reply(
            here.last(ANN_ADDR, LetterName.PLAN), "I don't agree: I want my money back, no kettle."
        )
        assert here.case().status is Status.ROUTED
        for who in (QUALITY, LOGISTICS):
            assert "I want my money back" in here.text(who, LetterName.RETURNED)
            here.reply(here.last(who, LetterName.RETURNED), "done: You get your money back.")

        says(here, LEAD, "ok")
        says(here, BOSS, "yes")
        click(here, here.last(ANN_ADDR, LetterName.PLAN), "I agree")
        for who in (QUALITY, LOGISTICS):
            assert "You get your money back." in here.text(who, LetterName.CARRY_OUT)
            here.reply(here.last(who, LetterName.CARRY_OUT), "carried out")
        assert "You get your money back." in here.text(ANN_ADDR, LetterName.OUTCOME)
        inside = ("euros", "too little", HEAD, LEAD, BOSS)
        assert [word for word in inside if word in here.everything_to(ANN_ADDR)] == []
        approvals = [event.actor for event in here.events() if event.kind == "approved"]
        assert approvals == [f"approver:{BOSS}"] * 2
        here.later(days=39)
        assert here.case().status is Status.CLOSED
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED


# ---------------------------------------------------------------- back again

FRYER = "空气炸锅 AF5 用了两周定时器就失灵了，订单 SO20261201，批号20260910B。"
CHECKER = "qa-head@example.com"


def answers(here: Town, text: str) -> None:
    """Let quality answer what it was asked last, a day later."""
    here.later(days=1)
    here.reply(here.last(QUALITY, LetterName.ROUTED), text)


def test_not_solved_twice_brings_the_case_to_top_management_and_one_click_ends_it(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Each time it is opened with its history; meanwhile the ledger of the 4th names it.

    Proves: K046 K056 K059 K096 K098
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(ZHOU, FRYER)
        answers(here, "处理完成：定时器需要预热三分钟。")
        click(here, here.last(ZHOU_ADDR, LetterName.OUTCOME), "没有解决")
        assert (here.case().status, here.case().round) == (Status.ROUTED, 2)
        again = here.text(QUALITY, LetterName.ROUTED)
        history = ("用了两周定时器就失灵了", "定时器需要预热三分钟", "没有解决")
        assert [part for part in history if part not in again] == []
        assert here.names(BOSS) == []
        assert "管理层" not in here.everything_to(ZHOU_ADDR)

        answers(here, "处理完成：请寄回，我们修理定时器。")
        click(here, here.last(ZHOU_ADDR, LetterName.OUTCOME), "没有解决")
        assert (here.case().round, here.case().level) == (3, 2)
        assert here.names(BOSS) == ["escalation"]
        assert "不接受处理结果" in here.text(BOSS, LetterName.ESCALATION)
        assert "管理层" in here.text(ZHOU_ADDR, LetterName.ACKNOWLEDGEMENT)
        here.reply(here.last(QUALITY, LetterName.ROUTED), "挂起：定时器十二月七日到货")

        here.until("2026-12-03 17:00")
        reminded = here.names(QUALITY).count("reminder")
        assert here.names(DESK) == []
        here.until("2026-12-04 08:30")
        ledger = here.text(DESK, LetterName.LEDGER)
        assert "C-2026-000001" in ledger
        assert "定时器十二月七日到货" in ledger
        assert here.names(QUALITY).count("reminder") == reminded + 1
        here.later(hours=4)
        assert here.names(DESK) == ["ledger"]

        here.until("2026-12-07 10:00")
        answers(here, "处理完成：给您换了新的空气炸锅。")
        click(here, here.last(ZHOU_ADDR, LetterName.OUTCOME), "解决了")
        assert here.case().status is Status.CLOSED
        assert here.kinds().count("satisfied") == 1
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED
        assert len(here.cases()) == 1
        assert "到货" not in here.everything_to(ZHOU_ADDR)
        subjects = {str(letter["Subject"])[:15] for letter in here.letters(ZHOU_ADDR)}
        assert subjects == {"[C-2026-000001]"}


def test_a_second_objection_may_lead_to_a_joint_check(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Management arranges it; samples, report and meeting are on record, the result is written.

    Proves: K035 K052 K072 K084 K085
    """
    rules = with_blocks().replace("[reopen, management]", "[reopen, dispute]")
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(ZHOU, FRYER)
        answers(here, "处理完成：定时器没有问题。")
        click(here, here.last(ZHOU_ADDR, LetterName.OUTCOME), "没有解决")
        assert here.case().status is Status.ROUTED
        answers(here, "处理完成：又检查过了，定时器没有问题。")
        click(here, here.last(ZHOU_ADDR, LetterName.OUTCOME), "没有解决")

        assert here.case().status is Status.DISPUTE
        assert "共同检验或第三方鉴定" in here.text(BOSS, LetterName.ESCALATION)
        receipt = here.last(ZHOU_ADDR, LetterName.ACKNOWLEDGEMENT)
        assert "请独立的第三方来判断" in words(receipt)
        here.reply(receipt, "进展如何？")
        assert "正在安排和您一起核查" in here.text(ZHOU_ADDR, LetterName.STATUS)
        answers(
            here,
            "处理完成\n答复客户：共同检验认定定时器有故障，给您换新。\n"
            "样品：索取1件，收到1件，留样1件\n检验结果：市质检院报告 2026-771：触点烧蚀\n"
            "会议：12月2日三方到场，签字确认",
        )
        assert "认定定时器有故障" in here.text(ZHOU_ADDR, LetterName.OUTCOME)
        sample, test = register(here, "samples")
        assert (sample["asked"], sample["received"], sample["kept"]) == (1, 1, 1)
        assert "市质检院报告 2026-771" in str(test["text"])
        assert here.records()["meeting"][0].text == "12月2日三方到场，签字确认"
        inside = ("市质检院", "触点烧蚀", "三方到场", "留样")
        assert [word for word in inside if word in here.everything_to(ZHOU_ADDR)] == []

        here.later(days=8)
        assert here.case().status is Status.CLOSED
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED


def test_a_case_that_is_a_month_old_becomes_serious_by_itself(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """From then on it needs what a serious case needs: a cause, approval, a measure that works.

    Proves: K006 K008 K011 K017 K018 K020 K021 K097
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(ZHOU, FRYER)
        here.reply(here.last(QUALITY, LetterName.ROUTED), "挂起：等进口定时器")
        here.until("2026-12-23 08:00")
        assert here.case().severity == "general"
        assert "progress" in here.names(ZHOU_ADDR)
        assert here.names(BOSS) == []
        here.until("2026-12-23 09:00")
        assert here.case().severity == "serious"
        assert "本案久未办结" in here.text(BOSS, LetterName.ESCALATION)

        answers(here, "处理完成：给您换了新的空气炸锅。")
        assert "原因" in here.text(QUALITY, LetterName.HOW_TO_ANSWER)
        answers(
            here,
            "处理完成\n答复客户：给您换了新的空气炸锅。\n原因：触点烧蚀\n"
            "纠正措施：更换触点材料\n负责人：李伟\n完成日期：12月31日",
        )
        assert "outcome" not in here.names(ZHOU_ADDR)
        here.reply(here.last(BOSS, LetterName.APPROVAL_REQUEST), "同意")
        click(here, here.last(ZHOU_ADDR, LetterName.OUTCOME), "解决了")
        assert here.case().status is Status.FOLLOW_UP
        (measure,) = here.measures()
        assert (measure.owner, measure.corrective) == ("李伟", "更换触点材料")

        here.until("2026-12-31 17:00")
        here.reply(here.last(QUALITY, LetterName.REMINDER), "已执行")
        here.later(days=33)
        assert "更换触点材料" in here.text(CHECKER, LetterName.MEASURES)
        assert here.case().status is Status.FOLLOW_UP
        here.reply(here.last(CHECKER, LetterName.MEASURES), "有效")
        assert here.measures()[0].checked_by == CHECKER
        assert here.case().status is Status.CLOSED
        inside = ("触点", "李伟", "进口", "重大", BOSS, CHECKER)
        assert [word for word in inside if word in here.everything_to(ZHOU_ADDR)] == []
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED


# ---------------------------------------------------------------- by phone, and once more


def by_phone(here: Town, monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
    """Write down what somebody says on the phone: `cases add`, now."""
    where = ("--config-file", str(here.live.config))
    line = ["run.py", "cases", "add", "--channel", "phone", *options, *where]
    monkeypatch.setenv("DESK_IMAP_PASSWORD", Dovecot.password)
    monkeypatch.setattr(sys, "argv", line)
    for name in ("commands_cases.now", "serve.now", "deliver.clock_now"):
        monkeypatch.setattr(f"pipeline.{name}", lambda: here.now)
    with pytest.raises(SystemExit) as end:
        run.main()
    assert end.value.code == 0


def test_what_was_said_on_the_phone_waits_for_the_words_of_the_complainant(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note is registered and acknowledged; departments get it with the written details.

    Proves: K003 K012 K047 K069 K093
    """
    rules = with_blocks().replace("oral_counts: true", "oral_counts: false")
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        by_phone(
            here, monkeypatch, "--from", "周敏", "--contact", ZHOU_ADDR, "--by", "前台小陈",
            "--text", "客户来电说空气炸锅 AF5 用了三天按键就失灵，质量太差。",
        )  # fmt: skip
        here.work()
        assert here.case().status is Status.ACKNOWLEDGED
        assert here.records()["channel"][0].text == "phone"
        assert here.records()["taken_by"][0].text == "前台小陈"
        receipt = here.last(ZHOU_ADDR, LetterName.ACKNOWLEDGEMENT)
        assert "目前我们手里只有电话记录" in words(receipt)
        here.later(days=10)
        assert here.names(ZHOU_ADDR) == ["acknowledgement"]  # it is their turn
        assert (here.names(QUALITY), here.names(SERVICE)) == ([], [])

        here.until("2026-12-07 09:00")
        here.reply(receipt, "按键按下去没有反应，屏幕一直显示 E3，批号20260910B，11月20日买的。")
        assert here.case().status is Status.ROUTED
        asked = here.last(QUALITY, LetterName.ROUTED)
        assert "用了三天按键就失灵" in words(asked)
        assert "屏幕一直显示 E3" in words(asked)
        assert "12月10日（周四）09:00" in words(asked)  # three working days from the written words
        assert "12月10日（周四）09:00" in here.text(ZHOU_ADDR, LetterName.ACKNOWLEDGEMENT)
        for who in here.case().departments:
            here.reply(here.last(f"{who}@example.com", LetterName.ROUTED), "处理完成：给您换新。")

        assert "给您换新。" in here.text(ZHOU_ADDR, LetterName.OUTCOME)
        assert "前台小陈" not in here.everything_to(ZHOU_ADDR)
        here.later(days=8)
        assert here.case().status is Status.CLOSED
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED


def test_a_second_complaint_of_the_same_matter_within_thirty_days_is_raised(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """It is a case of its own, more important, and shows the first one; later it would not be.

    Proves: K008 K065 K087
    """
    first = "空气炸锅 AF5 用了三天按键就失灵，批号20260910B，质量太差。"
    second = "同一台空气炸锅 AF5 定时器也不走了，批号20260910B，质量太差。"
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(ZHOU, first)
        assert here.case(1).severity == "general"
        for who in here.case(1).departments:
            here.reply(here.last(f"{who}@example.com", LetterName.ROUTED), "处理完成：给您换新。")
        here.later(days=8)
        here.until("2026-12-22 09:00")  # 29 days after the first
        here.write(ZHOU, second)
        here.write(ANN, second)

        again, other = here.case(2), here.case(3)
        assert (again.severity, other.severity) == ("important", "general")
        assert "重要，因为此前已经投诉过：C-2026-000001" in here.everything_to(QUALITY)
        assert again.due_at is not None
        assert other.due_at is not None
        assert again.due_at < other.due_at
        asked = [words(letter) for letter in here.letters(QUALITY, LetterName.ROUTED)]
        assert "C-2026-000001（已结案）" in asked[1]
        assert "C-2026-000001" not in here.text(ANN_ADDR, LetterName.ACKNOWLEDGEMENT)

        for letter in here.letters(QUALITY, LetterName.ROUTED)[1:]:
            here.reply(letter, "处理完成：给您退款。")
        here.later(days=8)
        here.later(days=31)
        assert {case.status for case in here.cases()} == {Status.ARCHIVED}
        here.write(ZHOU, second)
        assert here.case(4).severity == "general"
