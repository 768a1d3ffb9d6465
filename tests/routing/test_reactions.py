"""What a complainant's reply says; in doubt nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.reactions import Reaction, read_reaction

R = Reaction


@pytest.mark.parametrize(
    "text",
    [
        "解决了", "已解决", "解决了，谢谢", "问题已经圆满解决，非常感谢", "解決了，謝謝",
        "问题解决了！师傅很专业",
        "没问题了，谢谢", "满意", "非常满意", "很满意，谢谢你们", "收到退款了，问题解决了",
        "修好了", "还不错，解决了",
        "solved", "Solved, thanks!", "ｓｏｌｖｅｄ", "resolved",
        "The problem is fixed.",
        "It works now, thanks", "Works fine now!", "satisfied", "I'm happy with the answer",
        "no longer leaks, thank you, solved", "Solved!\n\nKind regards\nTom Miller",
        "解决了\n\n张三",
        "Solved. The technician was very friendly.", "All good now",
    ],
)  # fmt: skip
def test_all_is_well(text: str) -> None:
    """A short reply that says so and nothing else, in either language."""
    assert read_reaction(text).said == {R.SOLVED}


@pytest.mark.parametrize(
    "text",
    [
        "没有解决", "没解决", "还没解决", "未解决", "解决不了", "问题没有得到解决", "還沒有解決",
        "不满意", "非常不满意",
        "不太满意", "不是很满意", "还是漏水", "又坏了", "没修好", "不管用", "根本没有解决任何问题",
        "not solved", "NOT SOLVED!", "it is not solved", "still not solved", "not yet fixed",
        "unsolved",
        "still broken", "it's still leaking", "doesn't work", "It does not help",
        "not satisfied",
        "I am not happy", "dissatisfied", "same problem as before",
        "My problem was never solved",
        "The technician solved nothing", "It is not working", "leaks again", "still the same",
        "解决了一半", "半解决", "only half solved", "4 分，不过还是漏水",
        "what about my refund, it is still broken", "不满意：客服没回电话",
    ],
)  # fmt: skip
def test_it_is_not_solved(text: str) -> None:
    """Every negation of it is one, whatever else is said (K056)."""
    assert read_reaction(text).said == {R.NOT_SOLVED}


@pytest.mark.parametrize(
    "text",
    [
        "解决了，但是又坏了", "我很满意你们的服务，但水壶还是漏",
        "Solved? It is still broken, not solved",
        "I was unhappy at first, now it is solved", "解决了才怪", "满意才怪", "解决了个屁",
    ],
)  # fmt: skip
def test_who_says_both_is_read_as_saying_both(text: str) -> None:
    """A contradiction is shown, not decided here."""
    assert read_reaction(text).said >= {R.NOT_SOLVED, R.SOLVED}


@pytest.mark.parametrize(
    "text",
    [
        "", "谢谢", "Thanks", "满意吗", "解决了吗？", "解决了没", "solved? no", "Solved?",
        "Solved, thanks. But the invoice is wrong", "解决了，谢谢。另外第二台也坏了",
        "Satisfied customers, you claim. The box arrived empty", "你们承诺客户满意，我收到的是空盒",
        "My kettle arrived broken, the lid leaks", "我买的水壶漏水", "I'm happy to wait",
        "I fixed an appointment with you and nobody came",
        "The shop sold me an old one. satisfied?",
        "解决了，请问发票什么时候寄", "solved\nplease call me about the other kettle",
        "The matter was solved for my neighbour, and now my own pan has lost its handle, which I "
        "would like to have looked at by somebody",
        "solved " * 100, "fixed price offers are an insult",
        "Problem solved by throwing it away",
        "> solved", "> solved\n\nis it?", "我打5分，但是钱还没退",
    ],
)  # fmt: skip
def test_a_new_matter_is_never_solved(text: str) -> None:
    """One clause that is neither thanks nor praise, a question or a long story: nothing is said."""
    assert read_reaction(text).said == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "Solved!\n\nPlease consider the environment before printing this e-mail.",
        "Solved, thank you!\n\nThis message is intended solely for the addressee; do not copy it.",
        "Solved\n\nJohn Smith\nPurchasing Manager, North Wind Limited, London\nTel +44 20 123456",
        "解决了，谢谢\n\n先锋电器有限公司 采购部\n王芳", "solved\n\nSent from my iPhone",
        "> IS IT SOLVED?\n> not solved:\n\nsolved, thanks",
        "solved, thanks\n\n> not solved:\n\nTom",
    ],
)  # fmt: skip
def test_what_stands_around_it_takes_nothing_back(text: str) -> None:
    """Signature, disclaimer and quoted lines are not the writer's words."""
    assert read_reaction(text).said == {R.SOLVED}


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("Received, I will test it next week.", True), ("我试试再说", True),
        ("收到了，下周试", True),
        ("OK, I am away this week and will let you know.", True), ("先用几天看看", True),
        ("Solved!\n\nI will test it again next week and let you know.", True),
        ("I will write to the press next week", False), ("明天我再看律师", False),
        ("I will test it, but it still leaks", False), ("When will you test it?", False),
        ("I will test it if you pay me first", False), ("下周试，不过盖子坏了", False),
    ],
)  # fmt: skip
def test_a_promise_of_a_later_word(text: str, later: bool) -> None:
    """Who will try it out has neither agreed nor objected."""
    assert (read_reaction(text).said == {R.LATER}) is later


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("同意", R.AGREE), ("我同意", R.AGREE), ("同意你们的方案", R.AGREE),
        ("同意，请尽快处理", R.AGREE),
        ("我接受", R.AGREE), ("可以", R.AGREE), ("没意见", R.AGREE), ("没有异议", R.AGREE),
        ("好的", R.AGREE),
        ("I agree", R.AGREE), ("Agreed, thanks", R.AGREE), ("I agree to the plan.", R.AGREE),
        ("ok", R.AGREE),
        ("Yes please, go ahead", R.AGREE), ("I accept your offer", R.AGREE),
        ("That's fine", R.AGREE),
        ("不同意", R.DISAGREE), ("我不同意：太少", R.DISAGREE), ("不接受", R.DISAGREE),
        ("不能接受", R.DISAGREE),
        ("反对", R.DISAGREE), ("no", R.DISAGREE), ("No, thanks", R.DISAGREE),
        ("I can't agree", R.DISAGREE),
        ("I don't agree: too little", R.DISAGREE), ("I do not accept this", R.DISAGREE),
        ("This is unacceptable", R.DISAGREE), ("I disagree", R.DISAGREE),
        ("同意，但是要补偿", None), ("OK, but I want 50 euros", None),
        ("I agree that it was a nightmare", None),
        ("不同意见很多", None), ("I couldn't agree more", None), ("不反对", None),
        ("同意吗？", None),
        ("yes?", None), ("Okay, thanks. Can you tell me when?", None),
        ("我同意退货的条件是先赔钱", None),
    ],
)  # fmt: skip
def test_an_opinion_on_a_plan(text: str, said: Reaction | None) -> None:
    """Consent has no condition; a refusal may have reasons (K066)."""
    assert read_reaction(text).said == (frozenset({said}) if said else frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "进展如何", "进展如何？", "处理得怎么样了", "我的投诉处理得怎么样了？", "請問有消息了嗎",
        "什么时候能处理好", "催一下",
        "怎么还没有回复", "any news?", "What about my complaint?", "still waiting for an answer?",
        "I am still waiting for a reply", "What about my refund?", "status?",
        "How is my case going?",
        "I wrote three weeks ago about my kettle, any news?", "When will I hear from you?",
    ],
)  # fmt: skip
def test_a_question_about_the_state(text: str) -> None:
    """Who asks how it stands gets an answer (K084)."""
    assert read_reaction(text).said == {R.STATUS}


@pytest.mark.parametrize(
    "text",
    [
        "有没有进展？律师已经找好了", "有没有进展？我还买了一个灯，收到时灯罩有划痕",
        "Any news? The second one leaks too",
        "Any news? " + "I have told you all about it before. " * 12,
        "Any news? My lawyer asks as well", "你们的态度如何解释",
    ],
)  # fmt: skip
def test_a_question_with_a_matter_of_its_own_is_more(text: str) -> None:
    """Nothing new may end in an automatic answer."""
    assert R.STATUS not in read_reaction(text).said


@pytest.mark.parametrize(
    ("text", "withdrawn"),
    [
        ("撤诉", True), ("我要撤诉", True), ("我想撤销投诉", True), ("不投诉了，谢谢", True),
        ("请取消我的投诉", True),
        ("Please close my complaint", True), ("I withdraw my complaint.", True),
        ("I no longer want to complain", True), ("please cancel the case, it is solved", True),
        ("我不会撤诉", False), ("你们让我撤诉", False), ("退款我才撤诉", False),
        ("如果赔偿就撤诉", False),
        ("I will not withdraw my complaint", False), ("Do not close my case", False),
        ("I'll withdraw my complaint if you pay", False),
        ("They told me to drop the complaint", False),
        ("Close my complaint? Never", False), ("never close the case", False),
    ],
)  # fmt: skip
def test_a_complaint_is_withdrawn_freely(text: str, withdrawn: bool) -> None:
    """Neither a refusal, nor a condition, nor somebody else's wish withdraws it."""
    assert (R.WITHDRAWN in read_reaction(text).said) is withdrawn


@pytest.mark.parametrize(
    ("text", "mark", "comment"),
    [
        ("5", 5, ""), ("５", 5, ""), ("5分", 5, ""), ("4 分。", 4, ""), ("满意度：4", 4, ""),
        ("Mark: 4", 4, ""),
        ("4/5", 4, ""), ("5 out of 5", 5, ""), ("3 stars", 3, ""), ("五星", 5, ""),
        ("给个五星好评", 5, ""),
        ("满分", 5, ""), ("打5分", 5, ""), ("I give you a 4", 4, ""), ("five stars!", 5, ""),
        ("1", 1, ""),
        ("5\n\nThe courier was friendly", 5, "The courier was friendly"),
        ("5, very quick", 5, "very quick"),
        ("3分，一般", 3, "一般"), ("很快，5分", 5, "很快"), ("solved, 5", 5, ""),
        ("not solved, 1", 1, ""),
        ("1, still broken", 1, ""), ("2\n\nThanks", 2, ""), ("5分，很满意", 5, ""),
        ("", None, ""), ("3 days", None, "3 days"),
        ("5 days and nothing", None, "5 days and nothing"),
        ("5分钟就坏了", None, "5分钟就坏了"), ("3星期了", None, "3星期了"), ("10", None, "10"),
        ("6", None, "6"),
        ("0", None, "0"), ("4.5", None, "4.5"), ("一", None, "一"), ("3, 4", None, "3, 4"),
        ("2, 3 and 4 are missing", None, "2, 3 and 4 are missing"),
        ("1. The lid\n2. The base", None, "1. The lid\n2. The base"),
        ("very quick, 5", None, "very quick, 5"),
    ],
)  # fmt: skip
def test_a_mark_is_a_number_and_no_part_of_a_sentence(
    text: str, mark: int | None, comment: str
) -> None:
    """From 1 to 5, with a label or a unit or alone; the words beside it are kept (K019)."""
    reacted = read_reaction(text)

    assert (reacted.mark, reacted.comment) == (mark, comment)


@pytest.mark.parametrize(
    ("text", "all_fine", "troubled"),
    [
        ("5", True, False), ("5, very quick", True, False), ("5分，很满意，谢谢", True, False),
        ("5分，师傅准时", False, False), ("3分，一般", False, False),
        ("5 - still waiting for my refund", False, True), ("5分，但是钱还没退", False, True),
        ("4 分，不过还是漏水", False, True), ("5 分\n" + "他们来了三次，" * 12, False, True),
    ],
)  # fmt: skip
def test_what_is_said_beside_a_mark_is_judged(text: str, all_fine: bool, troubled: bool) -> None:
    """A mark settles a case only beside thanks or praise (K019)."""
    reacted = read_reaction(text)

    assert (reacted.mark is not None, reacted.all_fine, reacted.troubled) == (
        True, all_fine, troubled,
    )  # fmt: skip


def test_the_mark_is_one_beside_what_is_said() -> None:
    """A mark and an opinion may stand in one reply."""
    reacted = read_reaction("5分，很满意")

    assert reacted.mark == 5
    assert reacted.said == {R.SOLVED}


def test_the_name_of_the_writer_says_nothing() -> None:
    """满意 may be a name; so may No."""
    assert read_reaction("谢谢\n金满意", name="金满意").said == frozenset()


@given(st.text(max_size=500))
def test_any_text_is_read(text: str) -> None:
    """No text raises, and a mark is from 1 to 5."""
    assert read_reaction(text, name=text[:5]).mark in (None, 1, 2, 3, 4, 5)


@given(st.text(max_size=30).filter(lambda text: "解决" not in text))
def test_a_refusal_stays_one_whatever_is_around_it(around: str) -> None:
    """没有解决 is never read as "solved" alone."""
    said = read_reaction(f"{around}\n没有解决\n{around}").said

    assert R.NOT_SOLVED in said


@pytest.mark.parametrize(
    "text",
    ["不" * 20_000, "还没" * 10_000, "still " * 4_000, "not very " * 3_000, "how is my " * 2_500,
     "解决" * 10_000, "已经" * 10_000, "5" * 20_000, "我的" * 10_000, "when will i " * 2_000,
     " - " * 7_000,
     "给我" * 190, "where is my " * 33, "分" * 400],
)  # fmt: skip
def test_hostile_reactions_cost_no_time(text: str) -> None:
    """Repetition is read in less than a second."""
    began = time.perf_counter()
    read_reaction(text)

    assert time.perf_counter() - began < 1.0
