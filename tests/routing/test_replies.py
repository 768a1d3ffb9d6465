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
@pytest.mark.parametrize("mark", ["\n", ": ", "：", "，", ". ", "。", "!\n", " - ", "——", "\n\n\n"])
def test_every_word_for_done_and_every_mark_behind_it_is_understood(
    word: str, mark: str, policy: Policy
) -> None:
    """What follows the word and its punctuation is the answer."""
    text = f"{word}{mark}We sent a new one."

    assert _said(text, policy) == Said(word=W.DONE, text="We sent a new one.")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("DONE\nSent.", "Sent."),
        ("Done we have sent a new one", "we have sent a new one"),
        ("  \n done: Sent.", "Sent."),
        ("> done: Sent.", "Sent."),
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
        # The letter says that all after the word goes out, so it does; no guessing at irony.
        ("Done deal?", "deal?"),
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
    """`done` first, then anything that is no letter, then the answer."""
    said = _said(text, policy)

    assert (said.text if said.word is W.DONE else None) == answer


@pytest.mark.parametrize("text", ["done", "Done!", "处理完成。", "done: …", "done\n\nCause:\n"])
def test_done_alone_leaves_nothing_for_the_complainant(text: str, policy: Policy) -> None:
    """The word is read, a mere sign is no text."""
    assert _said(text, policy) == Said(word=W.DONE)


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
        ("需补充资料，批号", W.NEED_INFO, "批号"),
        ("询问客户：批号是多少？", W.NEED_INFO, "批号是多少？"),
        ("need info: what is the batch?", W.NEED_INFO, "what is the batch?"),
        ("Need more information from the customer: batch", W.NEED_INFO, "batch"),
        ("more info needed - a photo", W.NEED_INFO, "a photo"),
        ("不成立：自行拆机", W.INVALID, "自行拆机"),
        ("该投诉不成立。人为损坏", W.INVALID, "人为损坏"),
        ("invalid: misuse", W.INVALID, "misuse"), ("Not upheld. Misuse", W.INVALID, "Misuse"),
        ("The complaint is unfounded - misuse", W.INVALID, "misuse"),
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
        ("王经理：同意", W.YES, ""), ("各位同事：\n　　不成立，人为损坏", W.INVALID, "人为损坏"),
        ("收到，接受", W.ACCEPT, ""), ("OK, accepted", W.ACCEPT, ""),
        ("Thanks. Done: sent", W.DONE, "sent"),
        ("好的，不同意", W.NO, ""), ("“同意”", W.YES, ""), ("> hold: lab", W.HOLD, "lab"),
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
    assert said.text == (text.strip() if any(map(str.isalnum, text)) else "")


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
        ("done\nowner: Li Wei\ndue: 27 Nov", "Li Wei", FRIDAY), ("hold: Li Wei, 27 Nov", "", None),
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

    assert said.text in text


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
