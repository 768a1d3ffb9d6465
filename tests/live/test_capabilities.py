"""One capability or a few at a time: what docs/capabilities.md names and no long story shows."""

import csv
import io
import json
import os
import sys
from base64 import b64encode
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped] # it has none

import run
from cases.life import MeasureState, PartState
from cases.model import Category, LetterName, Matter, Status
from tests.live.desk import words
from tests.live.servers import Dovecot, SmtpSink
from tests.live.town import Town, town, with_blocks

LI, LI_ADDR = "李娜 <li.na@customer.example>", "li.na@customer.example"
WU, WU_ADDR = "Wu Gang <wu.gang@other.example>", "wu.gang@other.example"
SHANGHAI = ZoneInfo("Asia/Shanghai")
QUALITY, SERVICE, LOGISTICS = "quality@example.com", "service@example.com", "logistics@example.com"
LAMP = "电热水壶 K200 用了一周指示灯就不亮了，批号20240611A。"
HEATER = "空气炸锅 AF5 用了两天加热管就不热了，订单SO20240917B。"
LATE = "订单SO20240917B的快递一直没有送到，客服也说不清。"
RUDE = "你们的客服接电话态度很差，说了两句就挂断了。"


def cli(here: Town, *typed: str) -> str:
    """Run a command of the desk at the town's time and return what it prints; it must succeed."""
    said = io.StringIO()
    at = [f"pipeline.{name}.now" for name in ("commands_cases", "commands_registers", "serve")]
    with (
        mock.patch(at[0], lambda: here.now),
        mock.patch(at[1], lambda: here.now),
        mock.patch(at[2], lambda: here.now),
        mock.patch("pipeline.deliver.clock_now", lambda: here.now),
        mock.patch.dict(os.environ, here.live.environment),
        mock.patch.object(sys, "argv", ["run.py", *typed, "-c", str(here.live.config)]),
        redirect_stdout(said),
        pytest.raises(SystemExit) as ended,
    ):
        run.main()
    assert ended.value.code == 0, said.getvalue()
    return said.getvalue()


def folder(here: Town, name: str) -> list[bytes]:
    """Return the mails in a folder of the mailbox."""
    with IMAPClient("127.0.0.1", port=here.live.dovecot.imap_port, ssl=False) as client:
        client.login(here.live.user, Dovecot.password)
        client.select_folder(name, readonly=True)
        found = client.fetch(client.search(), ["BODY.PEEK[]"])
    return [mail[b"BODY[]"] for mail in found.values()]


def rows(text: str) -> list[dict[str, object]]:
    """Return the JSON lines that a command prints."""
    return [json.loads(line) for line in text.splitlines()]


def reference(here: Town, number: int = 1) -> str:
    return here.case(number).reference


def done(here: Town, text: str, *, to: str = QUALITY) -> None:
    """Let a department answer its routed mail."""
    here.reply(here.last(to, LetterName.ROUTED), text)


def usual(**steps: str) -> str:
    """Return a process with nothing but these steps."""
    lines = {"escalation": "[{to: [manager, management]}]", **steps}
    body = "\n".join(f"    {name}: {value}" for name, value in lines.items())
    return with_blocks(process=f"process:\n  usual:\n{body}\n  ledger_day: 4\n")


# ---------------------------------------------------------------- how complaints come in


def test_a_colleague_hands_a_complaint_in(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """By forwarding it, or as a note; who got it first stays on record, the customer is answered.

    Proves: K003 K012
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(
            SERVICE,
            "请处理。\n\n---------- Forwarded message ---------\n"
            f"From: {LI}\nDate: Mon, Nov 23, 2026 at 8:00 AM\nSubject: 水壶\n"
            f"To: <{SERVICE}>\n\n{LAMP}\n",
            subject="Fwd: 水壶",
        )
        assert here.case().complainant.addr == LI_ADDR
        assert f"passed on by {SERVICE}" in here.events()[0].reasons
        done(here, "处理完成\n我们给您换一台新的。")
        assert "我们给您换一台新的" in here.text(LI_ADDR, LetterName.OUTCOME)

        cli(here, "cases", "add", "--channel", "visit", "--from", "吴刚", "--contact", WU_ADDR,
            "--by", "徐汇店 王店长", "--text", HEATER)  # fmt: skip
        here.work()
        taken = {kind: entry.text for kind, (entry, *_) in here.records(2).items()}
        assert (taken["channel"], taken["taken_by"]) == ("visit", "徐汇店 王店长")
        assert here.records(2)["taken_by"][0].at == here.now
        assert "visit" in cli(here, "cases", "show", reference(here, 2))
        assert here.names(WU_ADDR) == ["acknowledgement"]


def test_a_case_nobody_decides_on_is_handed_over_within_its_limit(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """A clear one at once; a doubtful one four working hours after it came, counted from receipt.

    Proves: K015
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(LI, LAMP)
        assert here.names(QUALITY) == ["routed"]
        here.write(WU, "I am not happy at all with how this went. Please do something.")
        assert here.names("supervisor@example.com") == ["decision_needed"]
        assert here.case(2).departments == ()
        here.until("2026-11-23 12:55")
        assert here.case(2).departments == ()
        here.until("2026-11-23 13:05")
        assert len(here.case(2).departments) == 1
        routed = [here.letters(to, LetterName.ROUTED) for to in (QUALITY, SERVICE, LOGISTICS)]
        assert sum(map(len, routed)) == 2


def test_who_complains_and_what_they_want_is_on_record(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Name, firm and phone out of the signature, the thing, the date and the demand.

    Proves: K005 K016 K026 K063
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(
            "reception@hotel.example",
            "The heater of my Kettle K200 stopped working on 12 November. Batch 20240611A. "
            "We want a new one.\n\nCompany: Northwind Hotel Ltd\nPhone: 138 0013 8000\n\n"
            "Kind regards,\nDana Whitlock\n",
        )
        held = {fact.name: fact.value for fact in here.case().facts}
        assert held["customer"] == "Dana Whitlock"
        assert held["organisation"] == "Northwind Hotel Ltd"
        assert held["phone"] == "138 0013 8000"
        assert (held["model"], held["batch"]) == ("K200", "20240611A")
        assert held["date"] == "12 November"
        assert "new one" in held["demand"]
        assert "stopped working" in here.case().text


def test_mails_are_sorted_by_kind_and_class_and_every_one_is_answered(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Three classes to three departments, praise and questions apart; counted, and put right.

    Proves: K001 K004 K007 K014 K022 K045 K054 K064
    """
    texts = {
        LAMP: ("指示灯", Matter.COMPLAINT, Category.QUALITY),
        RUDE: ("客服", Matter.COMPLAINT, Category.SERVICE),
        LATE: ("快递", Matter.COMPLAINT, Category.DELIVERY),
        "谢谢你们的维修师傅，服务非常好，特意来信表扬。": ("表扬", Matter.PRAISE, None),
        "请问空气炸锅 AF5 的保修期是多久？在哪里可以买到配件？": ("咨询", Matter.ENQUIRY, None),
        "我有一个建议：希望水壶的电线再长一点，用起来更方便。": ("建议", Matter.SUGGESTION, None),
    }
    with town(tmp_path, dovecot, smtp_sink) as here:
        for number, (text, (subject, *_)) in enumerate(texts.items(), 1):
            here.write(f"p{number}@customer.example", text, subject=subject)
        for number, (_, matter, category) in enumerate(texts.values(), 1):
            assert here.case(number).matter is matter
            assert category is None or here.case(number).category is category
            assert len(here.letters(f"p{number}@customer.example")) == 1
        assert [len(here.letters(to, LetterName.ROUTED)) for to in (QUALITY, LOGISTICS)] == [1, 1]
        assert len(here.cases()) == here.sent
        assert {case.received_at for case in here.cases()} == {here.now}
        assert folder(here, "INBOX") == []

        done(here, "转交 客服", to=LOGISTICS)
        assert here.case(3).departments == ("service",)
        cli(here, "cases", "correct", reference(here, 2), "--category", "delivery", "--by", "Li")
        here.work()
        assert len(here.letters(LOGISTICS, LetterName.ROUTED)) == 2
        table = [*csv.DictReader(io.StringIO(cli(here, "cases", "export")))]
        kinds = Counter(row["matter"] for row in table)
        classes = Counter(row["category"] for row in table if row["matter"] == "complaint")
        assert kinds == {"complaint": 3, "praise": 1, "enquiry": 1, "suggestion": 1}
        assert classes == {"quality": 1, "delivery": 1, "service": 1}


def test_an_anonymous_complaint_is_handled_like_any_other(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Nobody can be written to, so the file says that the outcome is to be told otherwise.

    Proves: K101
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        text = "你们徐汇店的店员态度很差，对老人大声吼。"
        cli(here, "cases", "add", "--channel", "letter", "--text", text, "--by", "门卫")
        here.work()
        assert here.case().complainant.addr == ""
        done(here, "处理完成\n我们已经找店员谈话。", to=SERVICE)
        assert "no_address" in here.kinds()
        here.later(days=8)
        here.later(days=31)
        assert here.case().status is Status.ARCHIVED


def test_what_comes_again_joins_the_open_case(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """An answer to our letter, the same mail twice, and a question how it stands: one case.

    Proves: K021 K058 K059 K084 K091
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(LI, LAMP)
        here.write(LI, LAMP)
        receipt = here.last(LI_ADDR, LetterName.ACKNOWLEDGEMENT)
        here.reply(receipt, "补充一下：是在徐汇店买的。")
        here.reply(receipt, "请问我的投诉进展如何？")
        assert len(here.cases()) == 1
        assert "徐汇店" in here.text(QUALITY, LetterName.FOLLOW_UP)
        assert "质量部" in here.text(LI_ADDR, LetterName.STATUS)
        assert here.names(QUALITY) == ["routed", "follow_up"]

        here.later(days=2)
        assert "progress" in here.names(LI_ADDR)
        done(here, "处理完成\n换一台新的。")
        seen = (*here.letters(LI_ADDR), *here.letters(QUALITY))
        assert all(f"[{reference(here)}]" in str(letter["Subject"]) for letter in seen)
        outcome = here.last(LI_ADDR, LetterName.OUTCOME)
        thread = f"{outcome['References']} {outcome['In-Reply-To']}"
        assert f"<{here.live.user}.1@people.example>" in thread


# ---------------------------------------------------------------- who gets it, and when


def test_a_sub_class_has_an_owner_of_its_own(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Spoiled food goes to the lab; what else is wrong with a product stays with quality.

    Proves: K034
    """
    rules = with_blocks().replace(
        "        name: {zh: 变质, en: Spoiled}\n",
        "        name: {zh: 变质, en: Spoiled}\n        department: lab\n",
    )
    lab = "departments:\n  lab:\n    name: {zh: 化验室, en: Lab}\n    to: [lab@example.com]\n"
    rules = rules.replace("departments:\n", lab, 1)
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(LI, "我买的鲜牛奶 批号20240611A 打开已经发霉了。")
        here.write(WU, LAMP)
        assert (here.case(1).subcategory, here.case(1).departments) == ("spoiled", ("lab",))
        assert here.names("lab@example.com") == ["routed"]
        assert "变质" in here.text("lab@example.com", LetterName.ROUTED)
        assert here.case(2).departments == ("quality",)


def test_a_region_may_have_a_department_of_its_own(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """The same complaint from Guangzhou and from Shanghai goes to different people.

    Proves: K068
    """
    south = (
        "departments:\n  south:\n    name: {zh: 华南区, en: South}\n    to: [south@example.com]\n"
    )
    rule = (
        "rules:\n  - name: The south handles its own\n"
        "    when: {words: [广州, 深圳, Guangzhou]}\n    then: {department: south}\n"
    )
    rules = with_blocks().replace("departments:\n", south, 1).replace("rules:\n", rule, 1)
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(LI, f"广州天河店买的{LAMP}")
        here.write(WU, f"上海徐汇店买的{LAMP}")
        assert here.case(1).departments[0] == "south"
        assert here.names("south@example.com") == ["routed"]
        assert here.case(2).departments[0] == "quality"
        assert here.names("south@example.com") == ["routed"]


def test_a_known_problem_comes_with_its_analysis(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """A rule names it; whoever answers has the analysis at hand, the customer has the answer.

    Proves: K100
    """
    known = "已知问题 Q-17，K200 指示灯虚焊，2024年6月批次，一律换新"
    rule = (
        f"rules:\n  - name: {known}\n    when: {{product: [电热水壶*], words: [指示灯]}}\n"
        "    then: {category: quality}\n"
    )
    rules = with_blocks().replace("rules:\n", rule, 1)
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(LI, LAMP)
        here.write(WU, "电热水壶 K200 用了一周就不加热了，批号20240611A。")
        first, other = here.letters(QUALITY, LetterName.ROUTED)
        assert known in words(first)
        assert known not in words(other)
        assert known not in here.everything_to(LI_ADDR)
        here.reply(first, "处理完成\n答复客户：\n这一批的指示灯焊点有问题，给您换一台新的。")
        assert "焊点有问题" in here.text(LI_ADDR, LetterName.OUTCOME)


def test_what_is_urgent_is_worked_on_first(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Danger, then harm to a business and money asked for, then the rest, whoever came first.

    Proves: K008 K010 K050 K067 K077
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write("a@customer.example", HEATER)
        here.later(minutes=10)
        here.write("b@customer.example", f"{HEATER}四十个房间都停用，酒店的声誉受到影响。")
        here.write("c@customer.example", f"{HEATER}要求赔偿300元。")
        here.later(minutes=10)
        here.write("d@customer.example", "空气炸锅 AF5 漏电，把我的手电伤了，订单SO20240917B。")
        levels = [here.case(number).severity for number in (1, 2, 3, 4)]
        assert levels == ["general", "important", "important", "serious"]
        todo = rows(cli(here, "register", "unresolved", "--json"))
        assert [row["case"] for row in todo] == [reference(here, number) for number in (4, 2, 3, 1)]
        assert str(todo[0]["left"]).startswith("1 d 0 h")

        here.later(days=1, hours=2)
        late = rows(cli(here, "register", "overdue", "--json"))
        assert ("the complainant's answer", reference(here, 4)) in [
            (row["what"], row["case"]) for row in late
        ]


# ---------------------------------------------------------------- what the complainant reads


@pytest.mark.parametrize("apologise", ["true", "false"])
def test_the_first_letter_understands_and_promises_nothing(
    apologise: str, dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """At once, with what we understood, the date, thanks; sorry only where the house says so.

    Proves: K023 K047 K069 K078 K081
    """
    with town(tmp_path, dovecot, smtp_sink, rules=usual(apologise=apologise)) as here:
        here.write(WU, "The heater of my Kettle K200 stopped working. Batch 20240611A. Refund me!")
        text = here.text(WU_ADDR, LetterName.ACKNOWLEDGEMENT)
        assert here.names(WU_ADDR) == ["acknowledgement"]
        assert "Thank you" in text
        assert ("sorry" in text) is (apologise == "true")
        assert "Batch: 20240611A" in text
        assert "quality of a product" in text
        due_at = here.case().due_at
        assert due_at is not None
        assert f"{due_at.astimezone(SHANGHAI):%d %b %Y, %H:%M}" in text
        promises = ("refund", "compensat", "replace", "our fault", "our mistake", "will be paid")
        assert not [word for word in promises if word in text.lower()]


def test_an_outcome_told_by_phone_exists_in_writing_too(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Who phoned gets the answer as a letter; the call itself is in the register.

    Proves: K052
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        cli(here, "cases", "add", "--channel", "phone", "--from", "吴刚", "--contact", WU_ADDR,
            "--by", "前台", "--text", HEATER)  # fmt: skip
        here.work()
        done(here, "处理完成\n答复客户：\n明天上门更换加热管。\n联系记录：23日已电话告知吴先生")
        assert "明天上门更换加热管" in here.text(WU_ADDR, LetterName.OUTCOME)
        (call,) = rows(cli(here, "register", "contacts", "--json"))
        assert call["text"] == "23日已电话告知吴先生"


def test_the_customer_and_the_departments_meet_only_through_the_desk(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """One outlet; who does not work on a case, or only knows its number, learns nothing of it.

    Proves: K075 K092
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(LI, f"{LAMP}请回电 13800138000。")
        done(here, "处理完成\n答复客户：\n换一台新的。\n内部备注：老客户，李伟经手")
        told = here.everything_to(LI_ADDR)
        assert "换一台新的" in told
        assert not [word for word in (QUALITY, "李伟", "老客户") if word in told]
        for letter in here.letters(LI_ADDR):
            assert str(letter["From"]).endswith(f"<{here.live.address}>")
            assert f"{here.live.user}+" in str(letter["Reply-To"])
        assert here.letters(LOGISTICS) == here.letters(SERVICE) == []

        subject = f"Re: [{reference(here)}]"
        here.write("nosy@other.example", f"请问进展如何？我的订单呢？{HEATER}", subject=subject)
        assert len(here.cases()) == 2
        seen = here.everything_to("nosy@other.example")
        assert not [word for word in ("李娜", "13800138000", "20240611A") if word in seen]


# ---------------------------------------------------------------- the file of a case


def test_everything_a_department_found_is_in_the_file(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Who looks into it and until when, what is true, valid, whose fault, met, seen, reported.

    Goods that came back without their form are marked as such.

    Proves: K006 K025 K027 K032 K035 K036 K041 K053 K055 K089
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(LI, LAMP)
        done(here, "接受，李伟，11月26日")
        here.later(hours=1)
        done(
            here,
            "处理完成\n答复客户：\n换一台新的。\n核实：属实，为本厂产品，在一年保修期内\n"
            "原因：焊点虚焊\n原因类别：制造\n责任方：供应商 明灯电子\n"
            "会议：11月23日，质量部和采购部，李伟、王芳，决定换供应商\n"
            "走访：11月23日，李伟上门，客户签字确认\n上报：不需上报，无安全影响\n"
            "退货：水壶1台，没有退货单",
        )
        part = here.parts()["quality"]
        assert (part.state, part.person) == (PartState.ANSWERED, "李伟")
        assert part.since_at == here.now
        shown = cli(here, "cases", "show", reference(here))
        assert "李伟" in shown
        for found in (
            *("verified: 属实，为本厂产品，在一年保修期内", "cause: 焊点虚焊", "制造"),
            *("供应商 明灯电子", "meeting: 11月23日，质量部和采购部，李伟、王芳，决定换供应商"),
            *("visit: 11月23日，李伟上门，客户签字确认", "authority: 不需上报，无安全影响"),
            "换一台新的",
        ):
            assert found in shown, found
        assert here.records()["verified"][0].by == "quality"
        (goods,) = rows(cli(here, "register", "returns", "--json"))
        assert (goods["text"], goods["lacks"]) == ("水壶1台，没有退货单", "form")
        here.later(days=8)
        assert here.parts()["quality"].person == "李伟"
        assert [case.departments for case in here.cases()] == [("quality",)]


def test_lessons_rewards_and_changed_documents_are_found_again(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """By the cause of their case, over all cases.

    Proves: K073 K076 K102
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(LI, LAMP)
        done(
            here,
            "处理完成\n答复客户：\n换一台新的。\n原因：焊点虚焊\n经验：来料先抽检焊点\n"
            "固化：作业指导书 WI-07 第3版\n表扬：质检员赵敏发现了整批问题",
        )
        here.write(WU, HEATER)
        here.reply(
            here.last(QUALITY, LetterName.ROUTED),
            "处理完成\n答复客户：\n更换。\n原因：包装太松\n经验：纸箱加隔板",
        )
        found = rows(cli(here, "register", "lessons", "--find", "虚焊", "--json"))
        assert {row["text"] for row in found} == {"来料先抽检焊点", "作业指导书 WI-07 第3版"}
        assert {row["kind"] for row in found} == {"lesson", "document"}
        assert {row["cause"] for row in found} == {"焊点虚焊"}
        (reward,) = rows(cli(here, "register", "rewards", "--json"))
        assert (reward["text"], reward["by"]) == ("质检员赵敏发现了整批问题", "quality")


def test_records_of_a_batch_are_asked_for_until_they_are_there(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """An answer without inspection and related batches goes back; with them it is in the file.

    Proves: K071
    """
    rules = usual(answer_needs="[test, related]")
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(LI, LAMP)
        assert "20240611A" in here.text(QUALITY, LetterName.ROUTED)
        done(here, "处理完成\n换一台新的。")
        assert here.letters(LI_ADDR, LetterName.OUTCOME) == []
        back = here.last(QUALITY, LetterName.HOW_TO_ANSWER)
        here.reply(
            back,
            "处理完成\n答复客户：\n换一台新的。\n检验：20240611A 出厂检验记录 Q-611，留样复检合格\n"
            "关联批号：20240611A 入库单 R-88，发往徐汇店、天河店",
        )
        assert "换一台新的" in here.text(LI_ADDR, LetterName.OUTCOME)
        texts = [row["text"] for row in rows(cli(here, "register", "samples", "--json"))]
        assert texts == ["20240611A 出厂检验记录 Q-611，留样复检合格"]
        assert here.records()["related"][0].text.startswith("20240611A 入库单 R-88")


def test_every_step_is_on_record_with_who_and_when(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Recorder, checker and approver by name, each with the moment, and nothing can be undone.

    Proves: K020 K033 K049
    """
    rules = usual(
        review="{by: [desk-lead@example.com], within: 1 day}",
        approval="[{by: [qa-head@example.com], within: 1 day}]",
    )
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(LI, LAMP)
        here.later(hours=1)
        done(here, "处理完成\n换一台新的。")
        here.later(hours=1)
        here.reply(here.last("desk-lead@example.com", LetterName.REVIEW_REQUEST), "退回：没写原因")
        assert here.letters("qa-head@example.com") == []
        here.later(hours=1)
        back = here.last(QUALITY, LetterName.RETURNED)
        here.reply(back, "处理完成\n答复客户：\n焊点松了，换一台新的。\n原因：焊点虚焊")
        here.reply(here.last("desk-lead@example.com", LetterName.REVIEW_REQUEST), "同意")
        here.later(hours=1)
        assert here.letters(LI_ADDR, LetterName.OUTCOME) == []
        here.reply(here.last("qa-head@example.com", LetterName.APPROVAL_REQUEST), "同意")
        assert "焊点松了" in here.text(LI_ADDR, LetterName.OUTCOME)

        (file,) = rows(cli(here, "cases", "show", reference(here), "--json"))
        story = file["events"]
        assert isinstance(story, list)
        said = [(event["kind"], event["actor"]) for event in story]
        assert ("answered", "department:quality") in said
        assert ("returned", "approver:desk-lead@example.com") in said
        assert ("reviewed", "approver:desk-lead@example.com") in said
        assert ("approved", "approver:qa-head@example.com") in said
        moments = [event["at"] for event in story]
        assert moments == sorted(moments)
        assert len(set(moments)) == 5


def test_the_mail_itself_is_kept_unaltered_and_the_department_gets_a_copy(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Byte by byte, with its photo; in the database, in the mailbox, and attached.

    Proves: K029 K074
    """
    photo = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(LI, LAMP, files=(("lamp.png", "image/png", photo),))
        (original,) = folder(here, "Processed")
        with here.desk.store.read() as tx:
            assert tx.raw_of(1) == original
        letter = here.last(QUALITY, LetterName.ROUTED)
        (copy,) = (p for p in letter.walk() if p.get_filename() == "original.eml")
        assert copy.get_content() == original
        assert b64encode(photo)[:60] in original
        assert "lamp.png" in here.text(QUALITY, LetterName.ROUTED)


def test_all_cases_of_a_customer_or_a_product_are_listed_archived_ones_too(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """With the whole file behind each; silence closes no case that was not answered.

    Proves: K002 K009 K094
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(LI, LAMP)
        here.later(days=8)
        assert here.case().status is Status.ROUTED
        done(here, "处理完成\n答复客户：\n换一台新的。\n原因：焊点虚焊")
        assert "换一台新的" in here.text(LI_ADDR, LetterName.OUTCOME)
        here.later(days=8)
        assert here.case().status is Status.CLOSED
        here.later(days=31)
        here.write(LI, LATE)
        here.write(WU, LAMP)

        def listed(*options: str) -> list[object]:
            found = rows(cli(here, "cases", "list", "--json", *options))
            return [row["reference"] for row in found]

        one, two, three = (reference(here, number) for number in (1, 2, 3))
        assert listed("--customer", "李娜") == [two, one]
        assert listed("--customer", "LI.NA@customer") == [two, one]
        assert listed("--product", "k200") == [three, one]
        assert listed("--status", "archived", "--product", "20240611A") == [one]
        shown = cli(here, "cases", "show", one)
        assert all(found in shown for found in ("焊点虚焊", "换一台新的", "archived"))
        assert LAMP in here.case(1).text


def test_cases_are_exported_for_training_without_persons(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """What happened, why, and what was learned; nobody in it can be found.

    Proves: K048
    """
    with town(tmp_path, dovecot, smtp_sink) as here:
        here.write(LI, f"{LAMP}请回电 13800138000，李娜。订单SO20240917B。")
        done(here, "接受，赵敏，11月26日")
        done(
            here,
            "处理完成\n答复客户：\n李娜女士，换一台新的。\n原因：赵敏查明焊点虚焊\n"
            "经验：来料先抽检焊点\n责任追究：扣班组长500元",
        )
        here.reply(here.last(LI_ADDR, LetterName.OUTCOME), "5")
        (row,) = rows(cli(here, "cases", "export", "--anonymised", "--json"))
        text = json.dumps(row, ensure_ascii=False)
        assert "指示灯就不亮了" in str(row["text"])
        assert (row["mark"], row["in_time"]) == ("5", True)
        assert "焊点虚焊" in str(row["cause"])
        assert row["lesson"] == "来料先抽检焊点"
        for hidden in ("李娜", "赵敏", "138001", "SO2024", "li.na", "C-2026", "扣班组长"):
            assert hidden not in text, hidden


# ---------------------------------------------------------------- measures


def test_no_measure_needs_a_reason_from_the_list_and_somebody_who_agrees(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Until then the case stays open, however satisfied the customer is.

    Proves: K086
    """
    rules = usual(
        capa="{rule: required_or_reason, within: 10 days, verify_by: [qa-head@example.com], "
        "waive_by: [gm@example.com]}"
    )
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(LI, LAMP)
        done(here, "处理完成\n换一台新的。")
        here.reply(here.last(LI_ADDR, LetterName.OUTCOME), "已解决")
        assert here.case().status is Status.FOLLOW_UP
        done(here, "不采取措施：a")
        asked = here.text("gm@example.com", LetterName.MEASURES)
        assert "个别问题，且不严重" in asked
        assert here.case().status is Status.FOLLOW_UP
        here.reply(here.last("gm@example.com", LetterName.MEASURES), "同意")
        (measure,) = here.measures()
        assert (measure.state, measure.checked_by) == (MeasureState.WAIVED, "gm@example.com")
        assert "个别问题" in measure.reason
        assert here.case().status is Status.CLOSED


# ---------------------------------------------------------------- several hands


def test_two_departments_answer_one_case_each_its_own_part(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """The first answer waits for the second; one outcome holds both.

    Proves: K024
    """
    rule = (
        "rules:\n  - name: Whoever names a courier complains about delivery as well\n"
        "    when: {words: [快递]}\n    then: {also: [delivery]}\n"
    )
    rules = with_blocks().replace("rules:\n", rule, 1)
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(LI, f"{LAMP}而且快递晚到三天。", subject="水壶坏了")
        assert here.case().departments == ("quality", "delivery")
        done(here, "处理完成\n指示灯焊点松了，换一台新的。")
        assert here.letters(LI_ADDR, LetterName.OUTCOME) == []
        states = {key: part.state for key, part in here.parts().items()}
        assert states["quality"] is PartState.ANSWERED
        assert states["delivery"] is PartState.ASKED
        done(here, "处理完成\n已提醒承运商按时送货。", to=LOGISTICS)
        outcome = here.text(LI_ADDR, LetterName.OUTCOME)
        assert "焊点松了" in outcome
        assert "已提醒承运商" in outcome


def test_a_possible_recall_goes_to_the_authority_with_its_limit(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Somebody fell ill: flagged at once, reported in time, and no answer without the decision.

    Proves: K018 K088
    """
    authority = (
        "parties:\n  authority:\n    name: {zh: 市场监管局, en: Market authority}\n"
        "    to: [alerts@authority.example]\n    language: zh\n    within: 24 hours\n"
    )
    rules = with_blocks(
        parties=authority,
        process="process:\n  usual:\n    escalation: [{to: [manager, management]}]\n"
        "    answer_needs: [recall, authority]\n  ledger_day: 4\n",
    )
    with town(tmp_path, dovecot, smtp_sink, rules=rules) as here:
        here.write(LI, "鲜牛奶 批号20240611A 孩子喝了就呕吐、腹泻，送医院了。", subject="牛奶")
        assert here.case().severity == "serious"
        assert here.names("gm@example.com") == ["alert"]
        sent = [event for event in here.events() if event.detail.startswith("alert to gm@")]
        assert [event.at for event in sent] == [here.now]
        done(here, "询问 → 市场监管局：批号20240611A疑似食源性疾病1例，现报告。")
        report = here.text("alerts@authority.example", LetterName.EXTERNAL)
        assert "批号20240611A疑似食源性疾病1例" in report
        assert "11月24日（周二）09:00" in report
        assert "李娜" not in report
        here.reply(here.last("alerts@authority.example", LetterName.EXTERNAL), "收到，编号 77。")

        done(here, "处理完成\n我们已停售这一批。")
        assert here.letters(LI_ADDR, LetterName.OUTCOME) == []
        back = here.last(QUALITY, LetterName.HOW_TO_ANSWER)
        here.reply(
            back,
            "处理完成\n答复客户：\n我们已停售这一批。\n"
            "召回：20240611A 全部召回\n上报：已报，编号 77",
        )
        assert "我们已停售这一批" in here.text(LI_ADDR, LetterName.OUTCOME)
        assert here.records()["recall"][0].text == "20240611A 全部召回"
        assert here.records()["authority"][0].text == "已报，编号 77"
