"""The few sentences that decisions are explained with, in both languages. Pure."""

from collections.abc import Mapping

_PHRASES: dict[str, dict[str, str]] = {
    "model": {
        "en": "{category}: the model is {score:.0%} sure; words that count: {words}",
        "zh": "{category}：模型判断，把握 {score:.0%}；依据：{words}",
    },
    "model_alone": {
        "en": "{category}: the model is {score:.0%} sure",
        "zh": "{category}：模型判断，把握 {score:.0%}",
    },
    "subcategory": {
        "en": "{category}, {subcategory}: {words}",
        "zh": "{category}·{subcategory}：{words}",
    },
    "also": {
        "en": "also {category}: the model is {score:.0%} sure",
        "zh": "同时涉及{category}：模型判断，把握 {score:.0%}",
    },
    "also_by_rule": {
        "en": "also {category}: a rule says so",
        "zh": "同时涉及{category}：按规则",
    },
    "rule": {
        "en": "rule “{rule}”: {words}",
        "zh": "规则“{rule}”：{words}",
    },
    "severity": {
        "en": "{level}, because of {criterion}: {words}",
        "zh": "{level}，因为{criterion}：{words}",
    },
    "severity_likely": {
        "en": "{level}: it reads as if somebody were hurt or in danger, or as a threat of law, "
        "media or authority ({score:.0%})",
        "zh": "{level}：读来像有人受伤、有危险，或涉及法律、媒体、主管部门（{score:.0%}）",
    },
    "repeated": {
        "en": "{level}, because of an earlier complaint: {reference}",
        "zh": "{level}，因为此前已经投诉过：{reference}",
    },
    "passed_on": {
        "en": "{who}, passed on by {referrer}",
        "zh": "{who}（{referrer}转来）",
    },
    "restored": {
        "en": "the desk was restored from a backup: this may have reached you before, under "
        "another number; if so, answer here",
        "zh": "系统刚从备份恢复：本案可能已用别的编号转给过你们；如已处理，请在这里答复",
    },
    "undeliverable": {
        "en": "our letter “{letter}” to {recipient} could not be delivered: {reply}",
        "zh": "发给 {recipient} 的“{letter}”未能送达：{reply}",
    },
}


def phrase(name: str, language: str, **values: object) -> str:
    """Return the sentence `name`; English where we have no other."""
    return in_language(_PHRASES[name], language, **values).rstrip(" ：:；;")


def in_language(forms: Mapping[str, str], language: str, **values: object) -> str:
    """Return the form of a sentence in `language` with its values; English where it has none."""
    text = forms.get(language, forms["en"])
    return text.format(**values) if values else text
