"""The few sentences that decisions are explained with, in both languages. Pure."""

_PHRASES: dict[str, dict[str, str]] = {
    "model": {
        "en": "{category}: the model is {score:.0%} sure; words that count: {words}",
        "zh": "{category}：模型判断，把握 {score:.0%}；依据：{words}",
    },
    "model_alone": {
        "en": "{category}: the model is {score:.0%} sure",
        "zh": "{category}：模型判断，把握 {score:.0%}",
    },
    "rule": {
        "en": "rule “{rule}”: {words}",
        "zh": "规则“{rule}”：{words}",
    },
    "severity": {
        "en": "{level}, because of: {words}",
        "zh": "{level}，因为出现：{words}",
    },
    "undeliverable": {
        "en": "our letter “{letter}” to {recipient} could not be delivered: {reply}",
        "zh": "发给 {recipient} 的“{letter}”未能送达：{reply}",
    },
}


def phrase(name: str, language: str, **values: object) -> str:
    """Return the sentence `name`; English where we have no other."""
    forms = _PHRASES[name]
    text = forms.get(language, forms["en"]).format(**values)
    return text.rstrip(" ：:；;")
