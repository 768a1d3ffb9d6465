"""What a reply of ours says: one word first, then what belongs to it."""

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.policy import Party, Policy
from routing.replies import Said, Word, read_staff_reply

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)
W = Word


@pytest.fixture(scope="module")
def parties(policy: Policy) -> Policy:
    """The shipped policy with a carrier and a supplier."""
    carrier = Party(
        key="carrier",
        names={"en": "Swift Parcel", "zh": "迅达物流"},
        to=("desk@swift.example",),
        language="en",
    )
    supplier = replace(carrier, key="glass", names={"en": "Glass Works", "zh": "玻璃厂"})
    return replace(policy, parties={"carrier": carrier, "glass": supplier})


def _said(text: str, policy: Policy) -> Said:
    return read_staff_reply(text, policy, today=MONDAY)


@pytest.mark.parametrize("word", ["处理完成", "done", "Done", "DONE"])
@pytest.mark.parametrize("mark", ["\n", ": ", "：", " → ", " ->", "】", "** ", "\n\n\n", " \r\n"])
def test_behind_a_colon_or_a_new_line_stands_the_answer(
    word: str, mark: str, policy: Policy
) -> None:
    """What follows the word and its mark is for the customer."""
    text = f"{word}{mark}We sent a new one."

    assert _said(text, policy) == Said(word=W.DONE, text="We sent a new one.")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("DONE\nSent.", "Sent."),
        ("  \n done: Sent.", "Sent."),
        ("已处理完成了：已换新", "已换新"),
        ("done: Sent.\n\nBest regards\nLi Wei, ext 4711", "Sent."),
        ("done: Sent.\n> I told you so\nAnd a lid.", "Sent.\nAnd a lid."),
        # A quoted line is nobody's answer.
        ("> done: Sent.", None),
        ("＞ done: Sent.\n\nStill looking.", None),
        ("Hello all,\n\n> done: Sent.\n\nwhy?", None),
        # A remark is no text for the customer, nor is what follows it.
        ("Done we have sent a new one", None),
        ("Done with this customer, he is impossible.", None),
        ("Done by Friday.", None),
        ("Done, thanks!", None),
        ("【处理完成】，谢谢", None),
        ("Done - he is impossible", None),
        ("Done. Please close this ticket.", None),
        ("处理完成，谢谢！", None),
        ("处理完成。\n请财务尽快打款，客户很难缠", None),
        ("处理完成——客户很难缠", None),
        ("【处理完成】已换新", "已换新"),
        ("[done] Sent.", "Sent."),
        ("**done** Sent.", "Sent."),
        ("處理完成：已換新", "已換新"),
        ("ｄｏｎｅ：Sent.", "Sent."),
        ("done\n\nDear Ms Wang,\n\nsent.\n\nQuality", "Dear Ms Wang,\n\nsent.\n\nQuality"),
        ("处理完成王女士您好", None),  # no mark: 完成 may be part of a longer word
        ("处理完成度不够", None),
        ("没有处理完成", None),
        ("完成不了", None),
        ("doneness is a matter of taste", None),
        ("undone", None),
        ("not done yet", None),
        ("We are done", None),
        ("", None),
        ("Done deal?", None),
        # Only the two words that our letters promise; a question is no answer.
        ("Resolved? Not at all.", None),
        ("Completed on our side; do not tell the customer.", None),
        ("完成。内部备注：客户难缠", None),
        ("Done?", None),
        ("done/accept", None),
        ("处理完成？还没有", None),
    ],
)
def test_an_answer_begins_with_the_word_alone(
    text: str, answer: str | None, policy: Policy
) -> None:
    """`done` first, a colon or a new line, then the answer."""
    said = _said(text, policy)

    assert (said.text if said.word is W.DONE else None) == answer


@pytest.mark.parametrize("text", ["done", "Done!", "处理完成。", "done: …", "done\n\nCause:\n"])
def test_done_alone_leaves_nothing_for_the_complainant(text: str, policy: Policy) -> None:
    """The word is read, a mere sign is no text."""
    assert _said(text, policy) == Said(word=W.DONE)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Done.\nTo the customer: Sent.", W.DONE),
        ("Done. I am glad.\nTo the customer: Sent.", W.DONE),
        ("处理完成。\n答复客户：Sent.", W.DONE),
        ("Done, but not yet.\nTo the customer: Sent.", None),
        ("Done. Nobody told me.\nCause: wear", None),
    ],
)
def test_a_remark_behind_done_never_leaves_the_house(
    text: str, word: Word | None, policy: Policy
) -> None:
    """With labels only what is labelled for the customer counts."""
    said = _said(text, policy)

    assert said.word is word
    assert word is None or (said.text, said.parts["to_complainant"]) == ("", "Sent.")


@pytest.mark.parametrize("text", ["done: no", "Done: not yet.", "处理完成：没有", "done - nope!"])
def test_done_and_no_is_not_done(text: str, policy: Policy) -> None:
    """Who takes it back in the same breath has not said it."""
    assert _said(text, policy).word is None


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        # what departments say
        ("接受", W.ACCEPT, ""), ("接受。", W.ACCEPT, ""),
        ("我部接受，尽快答复", W.ACCEPT, "尽快答复"),
        ("已受理", W.ACCEPT, ""), ("accept", W.ACCEPT, ""), ("Accepted.", W.ACCEPT, ""),
        ("We accept the case: tomorrow", W.ACCEPT, "tomorrow"), ("accept!", W.ACCEPT, ""),
        ("临时措施：先用备用壶", W.INTERIM, "先用备用壶"),
        ("interim: a spare lid", W.INTERIM, "a spare lid"),
        ("Interim measures\nuse the spare", W.INTERIM, "use the spare"),
        ("需要信息：请提供批号", W.NEED_INFO, "请提供批号"),
        ("需补充资料：批号", W.NEED_INFO, "批号"),
        ("询问客户：批号是多少？", W.NEED_INFO, "批号是多少？"),
        ("need info: what is the batch?", W.NEED_INFO, "what is the batch?"),
        ("Need more information from the customer: batch", W.NEED_INFO, "batch"),
        ("more info needed: a photo", W.NEED_INFO, "a photo"),
        ("不成立：自行拆机", W.INVALID, "自行拆机"),
        ("该投诉不成立\n人为损坏", W.INVALID, "人为损坏"),
        ("invalid: misuse", W.INVALID, "misuse"), ("Not upheld\nMisuse", W.INVALID, "Misuse"),
        ("The complaint is unfounded: misuse", W.INVALID, "misuse"),
        ("挂起：等检验", W.HOLD, "等检验"), ("hold: lab", W.HOLD, "lab"),
        ("on hold\nlab", W.HOLD, "lab"),
        ("Hold until the lab answers", W.HOLD, "until the lab answers"),
        ("恢复", W.RESUME, ""), ("恢复处理，样品已到", W.RESUME, "样品已到"),
        ("resume: it came", W.RESUME, "it came"),
        ("停止", W.STOP, ""), ("别发！", W.STOP, ""),
        ("STOP! wrong customer", W.STOP, "wrong customer"),
        ("Please stop", W.STOP, ""), ("don't send it", W.STOP, ""), ("stop the letter", W.STOP, ""),
        # what whoever reads and approves says
        ("同意", W.YES, ""), ("同意。", W.YES, ""), ("我同意", W.YES, ""),
        ("同意按此答复", W.YES, "按此答复"),
        ("审批意见：同意", W.YES, ""), ("审核通过", W.YES, ""), ("批准，谢谢", W.YES, "谢谢"),
        ("yes", W.YES, ""), ("Yes, please send", W.YES, "please send"),
        ("yes please", W.YES, "please"),
        ("OK", W.YES, ""), ("ok, thanks!", W.YES, "thanks!"), ("可以，发吧", W.YES, "发吧"),
        ("没问题", W.YES, ""),
        ("Approved\n\nBest regards,\nAnna", W.YES, "Best regards,\nAnna"), ("I agree.", W.YES, ""),
        ("不同意", W.NO, ""), ("不同意：语气太硬", W.NO, "语气太硬"), ("不同意退款", W.NO, "退款"),
        ("退回：原因没写清", W.NO, "原因没写清"), ("驳回", W.NO, ""),
        ("审核不通过，数据不全", W.NO, "数据不全"),
        ("no", W.NO, ""), ("No: name the cause", W.NO, "name the cause"),
        ("not approved: too harsh", W.NO, "too harsh"), ("return: why?", W.NO, "why?"),
        ("I don't agree. Too harsh", W.NO, "Too harsh"),
        ("改为：尊敬的客户，已换新。", W.CHANGE, "尊敬的客户，已换新。"),
        ("change: Dear Ms Li,\n\nsent.", W.CHANGE, "Dear Ms Li,\n\nsent."),
        ("Change to:\nDear", W.CHANGE, "Dear"),
        # what is done, and whether it worked
        ("已执行", W.CARRIED_OUT, ""), ("已执行完毕，已寄出", W.CARRIED_OUT, "已寄出"),
        ("carried out", W.CARRIED_OUT, ""), ("Carried out on 20 Nov", W.CARRIED_OUT, "on 20 Nov"),
        ("It was carried out.", W.CARRIED_OUT, ""),
        ("implemented: new seal", W.CARRIED_OUT, "new seal"),
        ("有效", W.EFFECTIVE, ""), ("effective: no new case", W.EFFECTIVE, "no new case"),
        ("措施有效。", W.EFFECTIVE, ""),
        ("无效：又漏了", W.NOT_EFFECTIVE, "又漏了"), ("没有效果", W.NOT_EFFECTIVE, ""),
        ("not effective: leaks", W.NOT_EFFECTIVE, "leaks"), ("Ineffective", W.NOT_EFFECTIVE, ""),
        ("不采取措施：单个缺陷", W.NO_MEASURE, "单个缺陷"), ("无需措施", W.NO_MEASURE, ""),
        ("no measure: single defect", W.NO_MEASURE, "single defect"),
        ("No action needed because it was one", W.NO_MEASURE, "because it was one"),
        ("已联系：满意", W.REACHED, "满意"), ("联系上了", W.REACHED, ""),
        ("reached: content", W.REACHED, "content"),
        ("Reached her, she is content", W.REACHED, "she is content"),
        ("未联系上", W.NOT_REACHED, ""), ("联系不上：关机", W.NOT_REACHED, "关机"),
        ("not reached", W.NOT_REACHED, ""), ("Could not reach the customer.", W.NOT_REACHED, ""),
        ("no answer", W.NOT_REACHED, ""),
        # as people and their programs write it
        ("您好，\n\n接受", W.ACCEPT, ""), ("你好！挂起：等检验", W.HOLD, "等检验"),
        ("Hi,\n\nstop", W.STOP, ""),
        ("Dear desk,\nYes", W.YES, ""), ("Good morning! No: too harsh", W.NO, "too harsh"),
        ("王经理：同意", W.YES, ""), ("各位同事：\n　　不成立：人为损坏", W.INVALID, "人为损坏"),
        ("收到，接受", W.ACCEPT, ""), ("OK, accepted", W.ACCEPT, ""),
        ("Thanks. Done: sent", W.DONE, "sent"),
        ("好的，不同意", W.NO, ""), ("“同意”", W.YES, ""),
        ("**No** - too harsh", W.NO, "too harsh"), ("【挂起】等检验", W.HOLD, "等检验"),
        ("1. 同意", W.YES, ""),
        ("- yes", W.YES, ""), ("[x] yes", W.YES, ""), ("☑ 同意", W.YES, ""),
        ("Answer: no", W.NO, ""),
        ("ＹＥＳ", W.YES, ""), ("ｎｏ： why", W.NO, "why"), ("掛起：等檢驗", W.HOLD, "等檢驗"),
        ("恢復", W.RESUME, ""), ("已執行", W.CARRIED_OUT, ""), ("未聯繫上", W.NOT_REACHED, ""),
        ("\ufeffyes", W.YES, ""),
        ("Hello team - hold: lab", W.HOLD, "lab"), ("同意\r\n", W.YES, ""),
        ("挂起 等检验", W.HOLD, "等检验"),
    ],
)  # fmt: skip
def test_the_first_words_of_a_reply_are_its_word(
    text: str, word: Word, rest: str, policy: Policy
) -> None:
    """In either language, with the greeting and the signs people put before it."""
    said = _said(text, policy)

    assert (said.word, said.text) == (word, rest)


@pytest.mark.parametrize(
    "text",
    [
        # denied
        "do not accept", "can't accept", "We cannot accept this", "accept? no", "accept: no",
        "不接受",
        "接受不了", "not on hold", "没有挂起", "还没执行", "not carried out", "never stop",
        "hold? no",
        # asked
        "同意吗？", "yes?", "ok?", "可以吗", "Accepted by Friday?", "Is it effective?", "有效？",
        "同意退款吗？",
        # under a condition
        "同意，但是赔偿改为300", "yes, but change the amount",
        "approved with one change, please add it",
        "OK, I'll look tomorrow", "OK, I will ask Anna", "同意，请先补充原因", "yes if she agrees",
        "同意的话请告知",
        "Yes.\n\nBut not before Friday.", "no, looks good",
        "Yes. Reduce the amount to 50 EUR.", "同意，金额减半", "Yes - make it 50 EUR, then send",
        "Yes, after legal has seen it", "同意退款50元", "Yes\n\nLi Wei\n\nPS half the amount",
        "同意\n\n请先转给财务部", "同意\n\n王总\n金额减半", "Yes, partial refund",
        "Yes\nPartial Refund",
        "Yes\n50000", "OK. Halve it.", "ok\n\nWait for Anna", "同意。全额退款",
        # text for the customer that is not marked
        "不成立，他是骗子", "Invalid. He is a liar", "interim, he can wait",
        "Need info - he is odd",
        # quoted
        "> yes\n> no: reason\n\nWhich of the two?", "> - \"done\": settled\n> hold\n\nWhat?",
        # something else
        "Please accept our apologies", "hold on a second", "hold the line", "stop by tomorrow",
        "停电了",
        "Interim report attached", "invalid order number, which one?", "恢复正常了",
        "resume attached",
        "No problem", "No idea", "No. 5 is wrong", "no 12345", "return the goods", "退回的货已收到",
        "不同意见：语气",
        "change of address", "改为300元", "carried out an inspection", "有效期是三年", "无效率可言",
        "Effective immediately the hotline moves", "reached an agreement", "已联系供应商",
        "已联系不上",
        "已联系，无人接听", "reached: voicemail", "通过邮件联系了客户", "同意书已签", "请批准",
        "yes-man", "ok.txt",
        "asking around", "ask me later", "询问玻璃厂后得知是批次问题", "okay-ish", "否则不行",
        # two at once, or a list of ours
        "yes/no", "同意/不同意", "接受/处理完成", "accept | done | hold", "☐ yes ☑ no",
        "□同意 ☑不同意",
        "[ ] accept", "yes and no",
        # within a sentence
        "We will accept it tomorrow", "the kettle is broken", "我觉得可以同意", "This is done",
        "I said yes",
        "请查收", "", "   ", "…", "👍 all",
    ],
)  # fmt: skip
def test_a_word_that_may_not_be_meant_is_none(text: str, parties: Policy) -> None:
    """Denials, questions, conditions and longer sentences: a person says it again."""
    said = _said(text, parties)

    assert said.word is None
    own = "\n".join(line for line in text.split("\n") if not line.startswith(">")).strip()
    assert said.text == (own if any(map(str.isalnum, own)) else "") or said.parts


_NOTICE = "This e-mail is intended solely for the addressee. It must not be copied."


@pytest.mark.parametrize(
    "below",
    [
        f"\n\nLi Wei\n{_NOTICE}", "\n\n张总\n先锋电器有限公司",
        "\n\n王总\n后勤保障部", "。\n\n不锈钢事业部 李总",
        "\n\nNorth Wind Ltd\nIf you need help call 123", "，谢谢\n李伟", "\n\nSent from my iPhone",
        "\n\nJohn Smith\nPurchasing Manager, North Wind Limited, London\nTel +44 20 1234567",
        "\n\n祝好！\n李伟\n质量部 13800001111", "，请发送。", "\n李伟\n2026年11月23日",
        "\n\nPlease send it.\nBest regards, Anna",
    ],
)  # fmt: skip
@pytest.mark.parametrize("word", ["同意", "Yes", "OK"])
def test_a_company_below_a_yes_is_no_condition(word: str, below: str, policy: Policy) -> None:
    """Names of houses, telephones and disclaimers are made of words that condition nothing."""
    assert _said(f"{word}{below}", policy).word is W.YES


@pytest.mark.parametrize(
    ("text", "person", "at"),
    [
        ("接受，李伟，11月27日前", "李伟", FRIDAY), ("accept: Li Wei, by 27 Nov", "Li Wei", FRIDAY),
        ("accept Li Wei 2026-11-27", "Li Wei", FRIDAY), ("接受李伟11月27日", "李伟", FRIDAY),
        ("接受任務，李偉，週五", "李偉", FRIDAY), ("接受。张工跟进，周五前答复", "张工", FRIDAY),
        ("接受，由王小明负责", "王小明", None), ("接受，欧阳娜娜", "欧阳娜娜", None),
        ("Accepted. Anna Schmidt will handle it, by Friday", "Anna Schmidt", FRIDAY),
        ("accept\nName: Li Wei\nDate: 27 Nov", "Li Wei", FRIDAY),
        ("accept\n\nBest regards,\nJ. O'Neill", "J. O'Neill", None),
        ("接受\n负责人：王芳\n完成日期：2026-11-27", "王芳", FRIDAY),
        ("accept\nOwner: Wang Fang, 27 Nov", "Wang Fang", FRIDAY),
        ("accept, we will look into it by Friday", "", FRIDAY), ("接受，马上安排", "", None),
        ("接受，尽快", "", None), ("accept, by Friday or Monday", "", None),
        ("accept, thanks", "", None),
        ("done\nowner: Li Wei\ndue: 27 Nov", "Li Wei", FRIDAY),
        ("hold: Li Wei, 27 Nov", "", None),
    ],
)  # fmt: skip
def test_who_looks_into_it_and_by_when(
    text: str, person: str, at: date | None, policy: Policy
) -> None:
    """A department names them with `accept` in its own words, or anywhere by label (K057)."""
    said = _said(text, policy)

    assert said.word is not None
    assert (said.person, said.at) == (person, at)


@pytest.mark.parametrize(
    ("text", "party", "question"),
    [
        ("ask → Swift Parcel: where is it?", "carrier", "where is it?"),
        ("Ask -> carrier: where?", "carrier", "where?"),
        ("询问 迅达物流：在哪？", "carrier", "在哪？"),
        ("询问玻璃厂：哪一批？", "glass", "哪一批？"),
        ("詢問→玻璃廠：哪一批？", "glass", "哪一批？"),
        ("ask Glass Works which batch it was", "glass", "which batch it was"),
        ("ask → Nobody Ltd: hello?", "", "Nobody Ltd: hello?"),
    ],
)  # fmt: skip
def test_a_department_asks_a_party_outside(
    text: str, party: str, question: str, parties: Policy
) -> None:
    """By any of its names; one we do not know is said to be unknown (K044)."""
    said = _said(text, parties)

    assert (said.word, said.party, said.text) == (W.ASK, party, question)


@pytest.mark.parametrize(
    "text", ["not ours → delivery", "您好，\n不是我们的，是物流部的", "Hi,\nnot ours, 物流"]
)
def test_a_department_sends_a_case_back(text: str, policy: Policy) -> None:
    """With the place it names, a greeting before it or not."""
    said = _said(text, policy)

    assert said.word is W.NOT_OURS
    assert said.not_ours
    assert said.not_ours.target
    assert said.not_ours.target.department == "delivery"


def test_labelled_parts_leave_the_text(policy: Policy) -> None:
    """Only what is marked for the complainant is theirs; the rest is in its parts."""
    said = _said(
        "Done.\nCause: worn seal\nTo the customer:\nDear Ms Li,\n\nsent.\nLiability: Li pays",
        policy,
    )

    assert (said.word, said.text) == (W.DONE, "")
    assert said.parts == {
        "cause": "worn seal",
        "to_complainant": "Dear Ms Li,\n\nsent.",
        "liability": "Li pays",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Corrective action: new seal\nPreventive action: check all\nOwner: Li Wei\nDue: 27 Nov",
        "您好，\n\n纠正措施：new seal\n预防措施：check all\n负责人：Li Wei\n完成日期：11月27日",
    ],
)
def test_labelled_parts_need_no_word(text: str, policy: Policy) -> None:
    """A measure is named by its labels alone."""
    said = _said(text, policy)

    assert said.word is None
    assert (said.parts["corrective"], said.parts["preventive"]) == ("new seal", "check all")
    assert (said.person, said.at) == ("Li Wei", FRIDAY)


@given(text=st.text(max_size=200))
def test_any_text_is_read(text: str, policy: Policy) -> None:
    """No text raises; what is kept was written."""
    said = _said(text, policy)

    assert all(line.strip() in text for line in said.text.splitlines())


@given(
    pieces=st.lists(
        st.sampled_from(
            ["yes", "no", "不", "同意", "accept", "接受", "done", "ask", "→", "hold", "，", ": ",
            "\n", " ",
             "?", "Li Wei", "李伟", "27", "月", "原因：", "carrier", "[", "ok", "Hi,", "-", "1."]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_any_heap_of_words_is_read(pieces: list[str], parties: Policy) -> None:
    """Words in any order raise nothing."""
    _said("".join(pieces), parties)


@pytest.mark.parametrize(
    "text",
    [">" * 90_000, "done" + " " * 90_000, "done" + "-" * 90_000, "[(" * 45_000, "hi " * 30_000,
     "yes" + " 不" * 45_000, "ok, " * 25_000, "accept " + "Li " * 30_000, "您好，" * 30_000,
     "need " * 20_000, "ask " * 25_000, "同意" + "发" * 90_000, "complaint is " * 8_000],
)  # fmt: skip
def test_hostile_replies_cost_no_time(text: str, parties: Policy) -> None:
    """Repetition is read in less than a second."""
    began = time.perf_counter()
    _said(text, parties)

    assert time.perf_counter() - began < 1.0
