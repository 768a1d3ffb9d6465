"""Invented facts of the letters to supervisors about their own file."""

from datetime import UTC, datetime

from cases.model import LetterName
from templates.sample_words import Facts

Variants = dict[str, dict[str, object]]

_AT = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
_SINCE = datetime(2026, 11, 16, 6, 40, tzinfo=UTC)
_EXPIRES = datetime(2026, 12, 1, 1, 12, tzinfo=UTC)

_DIFFERENCE = """\
--- rules.yaml
+++ rules.yaml
@@ -212,7 +212,7 @@
   - name: {rule}
     when: {{words: [{word}]}}
-    then: {{category: quality}}
+    then: {{category: quality, department: service, answer_within: 2 working days}}
     stop: true"""

#: The sentences about mistakes are English in every language, as the commands say them.
_MISTAKE = {
    "says": (
        "rules.yaml:214:24: rules.3.then.department: unknown department 'servise'. "
        "Did you mean 'service'?"
    ),
    "excerpt": """\
|     then: {department: servise}
|                        ^""",
}
_CUT = {
    "says": (
        "rules.yaml: end: is not the last key: the file was cut off or saved half-way. "
        "Let its last line be `end: true`"
    ),
    "excerpt": "",
}

_REPLAYED = "C-2026-000118  quality → delivery  “{rule}”"
#: A letter of which nothing is known.
_NOTHING: dict[str, object] = {
    "reference": "",
    "answer_to": "",
    "version": "",
    "by": "",
    "at": _AT,
    "count": 1,
    "problems": (),
    "more_problems": 0,
    "failures": (),
    "more_failures": 0,
    "difference": "",
    "more_lines": 0,
    "lost": (),
    "lost_count": 0,
    "more_lost": 0,
    "code": "",
    "expires_at": None,
    "unchanged": None,
    "replayed": "",
    "note": "",
}
_NOTES = ("file", "unclear", "unproven", "expired", "settled", "overtaken", "agreed", "refused")


def rules_variants(words: Facts) -> dict[LetterName, Variants]:
    """Return the facts of the letter about the file of rules, by variant."""
    chinese = words["desk"] == "投诉受理中心"
    rule = "变质投诉转质量部" if chinese else "Spoiled food goes to Quality"
    other = "快递投诉转物流部" if chinese else "Couriers go to Logistics"
    word = "变质" if chinese else "spoiled"
    failure = f"rules.yaml:220 [{rule}] department should be quality, but is service"
    wrong = _NOTHING | {"state": "wrong", "by": "lin.yan", "unchanged": _SINCE}
    waits = _NOTHING | {
        "state": "waits",
        "version": "3fd0a41c77b2",
        "lost": (rule, other),
        "lost_count": 2,
        "difference": _DIFFERENCE.format(rule=rule, word=word),
        "code": "7KQ4M2XWPD",
        "expires_at": _EXPIRES,
        "unchanged": _SINCE,
    }
    asked = waits | {"by": "boss@example.com", "lost": ()}
    answer = asked | {"state": "answer"}
    return {
        LetterName.RULES: {
            "usual": wrong | {"problems": (_MISTAKE, _CUT), "count": 2},
            "examples": wrong | {"failures": (failure,), "by": ""},
            "many": wrong | {"problems": (_MISTAKE,) * 3, "more_problems": 17, "count": 20},
            "waits": waits,
            "mailed": asked,
            "live": waits
            | {"state": "live", "by": "lin.yan", "lost": (), "code": "", "more_lines": 41},
            "answer": answer,
            "answer replayed": answer | {"replayed": _REPLAYED.format(rule=rule)},
            **{note: _NOTHING | {"state": "note", "note": note} for note in _NOTES},
            "answer wrong": answer | {"problems": (_MISTAKE,), "code": "", "difference": ""},
            "answer same": answer | {"code": "", "difference": ""},
            "bare": _NOTHING | {"state": "wrong", "problems": (_CUT,)},
        }
    }
