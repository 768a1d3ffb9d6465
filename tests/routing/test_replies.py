"""What a reply says: a department's answer, or thanks."""

import time

import pytest

from routing.replies import is_courtesy, read_department_reply


@pytest.mark.parametrize("word", ["处理完成", "done", "Done", "DONE"])
@pytest.mark.parametrize("mark", ["\n", ": ", "：", "，", ". ", "。", "!\n", " - ", "——", "\n\n\n"])
def test_every_word_for_done_and_every_mark_behind_it_is_understood(word: str, mark: str) -> None:
    """What follows the word and its punctuation is the answer."""
    assert read_department_reply(f"{word}{mark}We sent a new one.").answer == "We sent a new one."


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
        ("done\n\nDear Ms Wang,\n\nsent.\n\nQuality", "Dear Ms Wang,\n\nsent.\n\nQuality"),
        ("处理完成王女士您好", None),  # no mark: 完成 may be part of a longer word
        ("处理完成度不够", None),
        ("完成不了", None),
        ("doneness is a matter of taste", None),
        ("undone", None),
        ("not done yet", None),
        ("We are done", None),
        ("done", None),  # no answer is left for the complainant
        ("处理完成。", None),
        ("", None),
        # The letter says that all after the word goes out, so it does; no guessing at irony.
        ("Done deal?", "deal?"),
        # Only the two words that our letters promise; a question or a mere sign is no answer.
        ("Resolved? Not at all.", None),
        ("Completed on our side; do not tell the customer.", None),
        ("完成。内部备注：客户难缠", None),
        ("Done?", None),
        ("处理完成？还没有", None),
        ("done: …", None),
    ],
)
def test_an_answer_begins_with_the_word_alone(text: str, answer: str | None) -> None:
    """`done` first, then anything that is no letter, then the answer."""
    assert read_department_reply(text).answer == answer


@pytest.mark.parametrize(
    "text",
    [
        "Thanks",
        "thank you!",
        "Thank you very much.",
        "many thanks, got it",
        "OK",
        "ok, thanks!",
        "谢谢",
        "谢谢您！",
        "收到，谢谢！",
        "好的，谢谢",
        "已解决，辛苦了",
        "多谢～",
        "received. thanks",
    ],
)
def test_thanks_are_only_thanks(text: str) -> None:
    """A polite sentence reopens nothing."""
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks for nothing",
        "Thanks, but it leaks again",
        "谢谢，但是还是漏水",
        "收到，可是壶盖关不上",
        "好的坏的都一样",
        "没解决",
        "not ok",
        "Okay? No!",
        "thanks " * 50,
    ],
)
def test_thanks_with_a_new_matter_are_not(text: str) -> None:
    """One word more than thanks, and a person must read it."""
    assert not is_courtesy(text)


@pytest.mark.parametrize(
    "text", [">" * 90_000, "done" + " " * 90_000, "done" + "-" * 90_000, "[(" * 45_000]
)
def test_hostile_replies_cost_no_time(text: str) -> None:
    """Repetition is read in less than a second."""
    began = time.perf_counter()
    read_department_reply(text)
    is_courtesy(text)
    is_courtesy("ok ok ok ok ok ok ok ok x"[:200])

    assert time.perf_counter() - began < 1.0
