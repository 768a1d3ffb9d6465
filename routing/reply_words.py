"""The words our letters promise to understand at the beginning of a reply, and how they go on.

Strict on purpose: a word that is missed costs one letter that explains it; a word that is read
where none was meant closes a case, or sends a letter that nobody agreed to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Word(StrEnum):
    """What a department, a coordinator, an approver or a checker says in a reply."""

    ACCEPT = "accept"
    DONE = "done"
    INTERIM = "interim"
    NEED_INFO = "need_info"
    NOT_OURS = "not_ours"
    INVALID = "invalid"
    HOLD = "hold"
    RESUME = "resume"
    ASK = "ask"
    STOP = "stop"
    YES = "yes"
    NO = "no"
    CHANGE = "change"
    CARRIED_OUT = "carried_out"
    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not_effective"
    NO_MEASURE = "no_measure"
    REACHED = "reached"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """How a word is said, as patterns of folded text.

    A blank ends a Chinese word but not an English one: "hold" is a word, "hold on" another.
    """

    zh: str
    en: str
    zh_on: str = r"(?!)"  #: what may follow without any mark
    en_on: str = r"(?!)"  #: as above
    only_colon: bool = False  #: nothing but a colon or a new line ends it


_WE_ZH = r"(?:(?:我们?|我方|我部门?|本部门?|本人)[ \t]?)?(?:已经?|现|先)?"
_WE = r"(?:(?:i|we)(?:'ve| have)? )?"
_PLEASE = r"(?:please |pls )?"
_THEM = r"(?: (?:him|her|them|the (?:customer|complainant|client)))"
_WHY = r"(?= (?:because|until|till|pending|waiting|awaiting|as|since|due to)\b)"

#: What each word is; `done` and "not ours" have rules of their own. More than one may fit: the
#: longest counts.
SPOKEN: Mapping[Word, Spoken] = {
    Word.ACCEPT: Spoken(
        zh=_WE_ZH + "(?:接受|受理)(?:任务|该投诉|此投诉|投诉|处理)?",
        en=_WE + r"(?:accept(?:ed)?|take it)(?: (?:it|this|the (?:case|complaint)))?",
    ),
    Word.INTERIM: Spoken(
        zh=r"(?:临时措施|暂替办法|临时方案|临时答复|过渡措施)(?:如下)?",
        en=r"interim(?: (?:measures?|answer|reply|solution|action))?",
    ),
    Word.NEED_INFO: Spoken(
        zh=r"(?:我们)?(?:还)?(?:需要?|请)(?:客户)?(?:补充|提供|更多)?(?:信息|资料|材料)|"
        r"补充(?:信息|资料)|"
        r"(?:请)?询问(?:客户|投诉人|顾客)",
        en=_WE + r"(?:need|require)s? (?:more |further |some )?info(?:rmation)?|"
        r"(?:more |further )?info(?:rmation)? (?:is )?(?:needed|required|wanted)|"
        r"(?:please )?ask the (?:customer|complainant)",
        en_on=r" from the (?:customer|complainant|client)(?=[ \t]*(?:[:,.\n-]|$))|(?= (?:about|"
        r"on) )",
    ),
    Word.INVALID: Spoken(
        zh=r"(?:本|该|此|这个|客户)?(?:投诉)?(?:理由)?不(?:能)?成立",
        en=r"(?:(?:the |this )?complaint (?:is )?)?(?:invalid|not upheld|not justified|unfounded|"
        r"not valid)",
    ),
    Word.HOLD: Spoken(
        zh=_WE_ZH + r"(?:请)?(?:挂起|暂挂|搁置)(?:处理|该投诉|投诉)?",
        en=_PLEASE + r"(?:put (?:it |this )?)?(?:on )?hold",
        en_on=_WHY,
    ),
    Word.RESUME: Spoken(
        zh=_WE_ZH + r"(?:请)?(?:恢复|继续)(?:处理|办理)?", en=_PLEASE + r"resumed?|taken up again"
    ),
    Word.STOP: Spoken(
        zh=r"(?:请|先|请先|马上|立即)?(?:停止?(?:发送|发出)?|暂停(?:发送)?|别发(?:送|出)?|"
        r"不要发(?:送|出)?|撤回|等一下|等等)(?:该|这封|此)?(?:邮件|答复|回复|信)?了?",
        en=_PLEASE + r"(?:stop|(?:don't|do not) send)(?: (?:it|this|that|sending))?|wait",
        en_on=r"(?: (?:it|this|that|sending|the (?:letter|answer|mail|reply|outcome))\b)",
    ),
    Word.YES: Spoken(
        zh=r"(?:(?:我们?|本人)[ \t]?)?(?:已|完全)?(?:同意|批准|核准)|(?:审核|审批|"
        r"复核)?(?:已)?通过",
        en=r"yes|(?:i |we )?(?:agree|approve)d?|fully agreed|(?:it is |it's )?approved",
        zh_on=r"(?<=同意)(?=[一-鿿])(?!见|书|权|吗|么|与否|的话|不|否)",
        en_on=r"(?: (?:with|to) (?:it|this|that|the (?:answer|reply|proposal|text))\b)|"
        r"(?= (?:please|pls|thanks|thank you|go ahead|send it)\b)",
    ),
    Word.NO: Spoken(
        zh=r"(?:(?:我们?|本人)[ \t]?)?(?:不同意|不批准|不予批准|不予同意|未批准|未通过|"
        r"(?:审核|审批|复核)?不通过|不行|不可以)|(?:请)?(?:驳回|退回)(?:重写|修改|重新处理|"
        r"重新答复)?|否",
        en=r"no(?!\.? ?[0-9#])|not (?:approved|agreed|ok|okay)|(?:i |we )?(?:reject|"
        r"disapprove)(?:ed|d)?|"
        r"(?:i |we )?(?:disagree|(?:don't|do not) (?:agree|approve))|" + _PLEASE + r"return(?:ed)?|"
        r"sen[dt] (?:it )?back",
        zh_on=r"(?<=同意)(?=[一-鿿])(?!见|书|权|吗|么|的话)",
        en_on=r"(?: (?:with|to) (?:it|this|that|the (?:answer|reply|proposal|text))\b)",
    ),
    Word.CHANGE: Spoken(
        zh=r"(?:请)?(?:改为|改成|修改为|更改为|更正为)(?:如下)?",
        en=_PLEASE + r"change(?: (?:it |this |the (?:text|answer) )?to| (?:the )?text)?|new text",
        only_colon=True,
    ),
    Word.CARRIED_OUT: Spoken(
        zh=_WE_ZH
        + r"(?:全部)?(?:执行|实施|落实)(?:完毕|完成|到位|了)|已经?(?:全部)?(?:执行|实施|落实)",
        en=r"(?:(?:it |this |that )?(?:was |is |has been |have been )|all )?"
        r"(?:carried out|implemented|executed)",
        en_on=r"(?= (?:on (?:[0-9]|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|"
        r"(?:yesterday|today|as (?:agreed|planned|promised)|in full)\b))",
    ),
    Word.EFFECTIVE: Spoken(
        zh=r"(?:该|此)?(?:措施|验证|经验证)?有效",
        en=r"(?:(?:the )?measures? (?:is |are )?)?effective",
    ),
    Word.NOT_EFFECTIVE: Spoken(
        zh=r"(?:该|此)?(?:措施|验证|经验证)?(?:无效|没有效果?|不有效|未见效|没有?见效)",
        en=r"(?:(?:the )?measures? (?:is |are |was )?)?(?:not (?:yet )?effective|ineffective)|no "
        r"effect",
    ),
    Word.NO_MEASURE: Spoken(
        zh=r"(?:我们)?(?:不采取|无需采取|不需要?采取|无需|不需要|不必采取)(?:纠正|预防|任何)?措施|"
        r"无措施",
        en=r"no (?:corrective |preventive )?(?:measures?|action)(?: (?:is |are )?(?:needed|"
        r"required|"
        r"necessary|taken))?",
        en_on=_WHY,
    ),
    Word.REACHED: Spoken(
        zh=_WE_ZH + r"(?:已(?:经)?联系|联系)(?:上|到)了?|已经?(?:电话)?(?:联系|回访)",
        en=_WE + r"(?:reached|spoke (?:to|with))" + _THEM + r"?",
        zh_on=r"(?=客户|顾客|投诉人|本人|用户)",
        en_on=r"(?:(?<=him)|(?<=her)|(?<=them)|(?<=customer)|(?<=complainant)) ",
    ),
    Word.NOT_REACHED: Spoken(
        zh=_WE_ZH
        + r"(?:未|没有?|还没有?|无法)(?:能)?联系(?:上|到)|联系不(?:上|到)|无人接听|没人接听?|"
        r"打不通|"
        r"电话(?:打不通|无人接听|没人接)|未接通",
        en=r"(?:i |we )?(?:(?:could|can|did)(?: not|n't)|cannot) reach" + _THEM + r"?|"
        r"not (?:yet )?reached"
        + _THEM
        + r"?|no answer|no one answered|nobody answered|unreachable",
        zh_on=r"(?=客户|顾客|投诉人|本人|用户)",
        en_on=r" (?=by phone|on the phone|today|yesterday|so far|yet|twice)",
    ),
}
#: Weaker than a yes: these agree only if nothing else is said.
WEAK_YES = re.compile(
    r"(?:ok|okay|o\.k\.|fine|looks good|go ahead|that's fine|no objections?|可以|没问题|无异议|"
    r"没有异议|没意见|好的?|行)"
    r"(?:(?![\w])|(?<=[一-鿿]))"
)
#: Behind a yes these words only say it again; whatever else stands there may be a wish.
AND_GO = re.compile(
    r"\b(?:thanks?(?: you)?|many thanks|thx|cheers|please|pls|go ahead|(?:and )?(?:then )?send it|"
    r"send|to send|approved|agreed?|yes|ok|okay|looks (?:good|fine)|good|fine|best regards|regards|"
    r"i|we|(?:with|by|for|from) (?:me|us|my side|our side)|(?:with|to) (?:it|this|that)|"
    r"(?:with |to )?(?:the )?(?:answer|reply|proposal|text)|it|this|that|as (?:it is|proposed)|is|"
    r"to me|proposed|suggested|fully|of course|sure|very much|a lot|all|team)\b|"
    r"谢谢|辛苦了?|请|可以|发送|发出|发吧|发|同意|批准|按此|答复|回复|客户|没问题|好的?|吧|了|你们?|您|"
    r"方案|意见|内容|上述|以上|该|此|这个|处理|执行|无异议|通过|谢|写得|很好|不错|挺好"
)
#: Behind a no these say that there is nothing against it.
NO_HARM = re.compile(
    r"\b(?:looks? good|go ahead|(?:it's|that's|is|all) (?:fine|good|ok|okay)|send it)\b|没问题|"
    r"可以发|没意见"
)
#: Right behind any word these take it back.
DENIAL = re.compile(
    r"(?:not(?: yet| really| at all| possible)?|no|nope|never|否|没有?|还没有?|未|尚未|不是|不行|"
    r"不能|不)"
    r"[ \t]*(?:[.,;:!?。…]|$)",
    re.MULTILINE,
)
#: Nobody picked up: whoever writes so after "called" reached nobody.
NO_ONE = re.compile(
    r"没人接|无人接|未接|没接|打不通|关机|空号|停机|占线|no answer|voice ?mail|mailbox|not? "
    r"(?:pick|reach)|nobody"
)
