"""Invented facts for every letter and each of its variants, so that letters can be checked.

They stand for what the pipeline gives (the exact keys of each letter) and show a reader of the
letters what they look like; nobody in them exists.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from cases.incoming import Address
from cases.model import Letter, LetterName

_AT = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
_DUE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
_NOBODY: Mapping[str, object] = {"name": "", "addr": ""}

_Facts = Mapping[str, object]


def samples(language: str) -> tuple[tuple[str, Letter], ...]:
    """Return (variant, letter) for every letter in `language`; unknown languages get English.

    The variant called "usual" comes first for each letter; "bare" has every fact empty that may
    be empty.
    """
    words = _ZH if language == "zh" else _EN
    common = {"reference": "C-2026-000123", "desk_name": words["desk"], "language": language}
    return tuple(
        (
            variant,
            Letter(
                name=name,
                language=language,
                to=Address(addr="reader@example.com"),
                facts=common | facts,
            ),
        )
        for name, variants in _variants(words).items()
        for variant, facts in variants.items()
    )


def _variants(words: _Facts) -> dict[LetterName, dict[str, dict[str, object]]]:
    return {
        LetterName.ACKNOWLEDGEMENT: _acknowledgements(words),
        LetterName.NOT_A_COMPLAINT: _not_complaints(words),
        LetterName.ROUTED: _routed(words),
        LetterName.FOLLOW_UP: _follow_ups(words),
        LetterName.HOW_TO_ANSWER: _how_to_answers(words),
        LetterName.OUTCOME: _outcomes(words),
        LetterName.ALERT: _alerts(words),
    }


def _acknowledgements(words: _Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "category": "quality",
        "category_name": words["quality"],
        "unsure": False,
        "facts": words["known_facts"],
        "due_at": _DUE,
        "serious": False,
        "again": False,
        "unreadable": False,
    }
    return {
        "usual": usual,
        "service": usual | {"category": "service", "facts": ()},
        "delivery": usual | {"category": "delivery", "facts": ()},
        "other": usual | {"category": "other", "facts": ()},
        "unsure": usual | {"unsure": True},
        "serious": usual | {"serious": True},
        "again": usual | {"again": True},
        "unreadable": usual | {"unreadable": True, "unsure": True, "facts": ()},
    }


def _not_complaints(words: _Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "matter": "enquiry",
        "department_name": words["service_department"],
        "due_at": _DUE,
    }
    return {
        "usual": usual,
        "suggestion": usual | {"matter": "suggestion"},
        "praise": usual | {"matter": "praise", "due_at": None},
    }


def _routed(words: _Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "category_name": words["quality"],
        "severity": "important",
        "severity_name": words["important"],
        "serious": False,
        "due_at": _DUE,
        "complainant": words["complainant"],
        "received_at": _AT,
        "subject": words["subject"],
        "text": words["text"],
        "facts": words["all_facts"],
        "reasons": words["reasons"],
        "attachments": ({"name": "IMG_2031.jpg", "type": "image/jpeg", "size": 1_840_211},),
        "original_attached": True,
        "again": False,
        "history": (),
        "matter": "complaint",
        "unsure": False,
        "unreadable": False,
    }
    return {
        "usual": usual,
        **{name: usual | change for name, change in _routed_changes(words).items()},
    }


def _routed_changes(words: _Facts) -> dict[str, dict[str, object]]:
    history = ({"at": _AT, "who": words["quality_department"], "text": words["outcome"]},)
    serious = {
        "serious": True,
        "severity": "serious",
        "severity_name": words["serious"],
        "text": words["serious_text"],
        "subject": words["serious_subject"],
        "reasons": words["serious_reasons"],
        "facts": words["serious_facts"],
    }
    bare = {
        "complainant": _NOBODY,
        "subject": "",
        "text": "",
        "facts": (),
        "reasons": (),
        "attachments": (),
        "original_attached": False,
        "unreadable": True,
        "due_at": None,
    }
    return {
        "serious": serious,
        "again": {"again": True, "history": history},
        "unsure": {"unsure": True},
        "enquiry": {"matter": "enquiry"},
        "suggestion": {"matter": "suggestion"},
        "praise": {"matter": "praise", "due_at": None},
        "long": {"text": f"{words['text']}\n\n" * 90},
        "bare": bare,
    }


def _follow_ups(words: _Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "complainant": words["complainant"],
        "text": words["more"],
        "due_at": _DUE,
        "attachments": ({"name": "receipt.pdf", "type": "application/pdf", "size": 84_310},),
        "original_attached": True,
    }
    bare = {"complainant": _NOBODY, "text": "", "attachments": (), "original_attached": False}
    return {"usual": usual, "bare": usual | bare | {"due_at": None}}


def _how_to_answers(words: _Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "read": words["reply"],
        "authorised": True,
        "answered": False,
    }
    return {
        "usual": usual,
        "not authorised": usual | {"authorised": False},
        "answered before": usual | {"answered": True},
        "bare": usual | {"read": ""},
    }


def _outcomes(words: _Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "complainant_name": words["name"],
        "outcome": words["outcome"],
        "department_name": words["quality_department"],
        "category_name": words["quality"],
        "close_after_days": 7,
    }
    return {"usual": usual, "bare": usual | {"complainant_name": "", "close_after_days": 1}}


def _alerts(words: _Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "severity_name": words["serious"],
        "reasons": words["serious_reasons"],
        "department_names": (words["quality_department"], words["service_department"]),
        "due_at": _DUE,
        "complainant": words["complainant"],
        "text": words["serious_text"],
        "facts": words["serious_facts"],
    }
    bare = {"reasons": (), "department_names": (), "complainant": _NOBODY, "text": "", "facts": ()}
    return {"usual": usual, "bare": usual | bare | {"due_at": None}}


# ---------------------------------------------------------------- words

_EN: _Facts = {
    "desk": "Complaint Desk",
    "quality": "Quality",
    "quality_department": "Quality",
    "service_department": "Service",
    "important": "Important",
    "serious": "Serious",
    "name": "Dana Whitlock",
    "complainant": {"name": "Dana Whitlock", "addr": "dana.whitlock@example.net"},
    "subject": "Kids Thermos leaks, third one!!",
    "text": (
        "Hi,\n\nthis is the third Kids Thermos that leaks from the lid. My daughter's school bag "
        "was soaked again this morning, books and all.\n\nI bought it on 3 November. I want my "
        "money back, not another bottle."
    ),
    "more": "I found the receipt, see attached. Is anybody looking at this?",
    "reply": "We are checking the lids of that batch, more tomorrow.",
    "outcome": (
        "We have tested the lid you sent us. The sealing ring was cut in the wrong size.\n\n"
        "Your money will be paid back within five working days, and we have stopped selling the "
        "bottles of this batch."
    ),
    "known_facts": (
        {"name": "product", "value": "Kids Thermos"},
        {"name": "batch", "value": "B2026-0877"},
    ),
    "all_facts": (
        {"name": "product", "value": "Kids Thermos", "known": True},
        {"name": "batch", "value": "B2026-0877", "known": True},
        {"name": "date", "value": "3 November", "known": False},
    ),
    "reasons": (
        "Rule “Faults of products go to Quality”: category quality, product Kids Thermos",
        "Severity important: the word “money back”",
    ),
    "serious_subject": "Air Fryer caught FIRE",
    "serious_text": (
        "Your Air Fryer AF5 started smoking and then there were flames. My son burnt his hand "
        "when he pulled the plug.\n\nI still have the thing. Who do I talk to?"
    ),
    "serious_facts": (
        {"name": "product", "value": "Air Fryer AF5", "known": True},
        {"name": "phone", "value": "555-0142", "known": False},
    ),
    "serious_reasons": ("Severity serious: the words “flames”, “burnt his hand”",),
}

_ZH: _Facts = {
    "desk": "投诉受理中心",
    "quality": "质量",
    "quality_department": "质量部",
    "service_department": "客服部",
    "important": "重要",
    "serious": "重大",
    "name": "周雨桐",
    "complainant": {"name": "周雨桐", "addr": "zhou.yutong@example.net"},
    "subject": "鲜牛奶是酸的，孩子喝了一口就吐了",
    "text": (
        "你好，昨天在小区门口的店里买了两盒鲜牛奶1L，批号20240611A，今天早上打开就是酸的，"
        "孩子喝了一口就吐了！\n\n保质期明明还有五天，冰箱里放着的。我要求退款，并且给个说法。"
    ),
    "more": "小票找到了，见附件。这件事到底有没有人在处理？",
    "reply": "我们正在查这个批次的留样，明天给结果。",
    "outcome": (
        "我们检测了同批次的留样，并查看了运输记录：这批牛奶在运往门店的途中，冷藏车温度有"
        "两个小时超标。\n\n货款将在五个工作日内退还给您，该批次产品已从门店下架。"
    ),
    "known_facts": (
        {"name": "product", "value": "鲜牛奶"},
        {"name": "batch", "value": "20240611A"},
    ),
    "all_facts": (
        {"name": "product", "value": "鲜牛奶", "known": True},
        {"name": "batch", "value": "20240611A", "known": True},
        {"name": "date", "value": "昨天", "known": False},
    ),
    "reasons": (
        "规则“产品问题转质量部”：类别为质量，产品为鲜牛奶",
        "严重程度为重要：出现“退款”一词",
    ),
    "serious_subject": "空气炸锅起火",
    "serious_text": (
        "你们的空气炸锅 AF5 用着用着冒烟，然后起火了，我儿子去拔插头，手被烫伤！\n\n"
        "锅我还留着。到底找谁负责？"
    ),
    "serious_facts": (
        {"name": "product", "value": "空气炸锅 AF5", "known": True},
        {"name": "phone", "value": "138-0000-0142", "known": False},
    ),
    "serious_reasons": ("严重程度为重大：出现“起火”“烫伤”等词",),
}
