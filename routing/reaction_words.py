"""How complainants say that all is well, that it is not, that they agree, ask, or give up.

Patterns of folded text. Refusals are wide, as a person reads whatever they find; what would close
a case is narrow.
"""

import re


def _one_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_MY = r"(?:我的|本次|此次|这个|这次|该|此|本)?(?:的)?"

SOLVED = _one_of(
    r"(?:已经?|都|全部|完全|圆满|完美|顺利|得到了?|基本){0,3}解决(?:了|啦|好了|完了)",
    r"(?:已经?|得到了?|圆满|完全|顺利|妥善){1,3}解决",
    r"修好了|搞定了|可以(?:正常)?用了|好用了|恢复正常了|没有?问题了",
    r"(?:很|非常|十分|比较|挺|相当|基本){0,2}(?<![客顾用]户)满意(?!度|的答复|的结果)",
    r"\b(?:re)?solved\b|\bfixed\b"
    r"(?! (?:price|fee|rate|cost|term|date|amount|offer|income|an?\b))|\bsorted(?: out)?\b",
    r"\b(?:is|am|are|was|i'm|we're|very|quite|fully) (?:satisfied|happy)\b(?! to| if)",
    r"^satisfied(?=\s{0,3}(?:[,.!;]|$))",
    r"\b(?:it |everything |all )?(?:works|working)(?: (?:fine|well|perfectly|great|now|"
    r"again)){1,3}\b",
    r"\ball (?:is )?(?:good|fine|well) now\b",
    r"\beverything is (?:fine|good|ok|okay)(?: now)?\b",
)

_NEVER = (
    r"\b(?:still )?(?:not|never|isn't|hasn't|wasn't|haven't|aren't)(?: (?:yet|been|really|fully|"
    r"at all|"
    r"completely|all|being|very|so|even|properly|quite|get|got|gets|going to be)){0,3} "
)
NOT_SOLVED = _one_of(
    r"(?:没有?|未|尚未|并未|没能|未能|不能|无法|不算|谈不上)"
    r"(?:得到|真正|彻底|完全|能|被|有效|给我|帮我|很好地?){0,3}解决",
    r"解决不[了好]|不解决|(?:没有?|未)(?:修|处理|弄)好|修不好",
    r"(?:不|没有?|未|难以|谈不上|算不上|无法|不能)"
    r"(?:是|太|很|怎么|大|够|算|令人|让人|能|会|非常|十分){0,3}满意",
    r"(?:还是|仍然?|仍旧|依然|依旧|又|再次|继续)(?:在|会|有|出现|是|开始)?"
    r"(?:老样子|一样|没|不|未|无法|坏|漏|裂|响|卡|跳闸|故障|问题|毛病|出问题|异味)",
    r"才怪|个屁|个鬼|个头|(?:解决|修好|搞定|满意)了?(?:一半|一部分|一点点?|一些)|"
    r"(?:一半|部分|半)(?:解决|满意)|"
    r"\b(?:half|partly|partially|only partly) (?:re)?(?:solved|fixed)\b|"
    r"\b(?:solved|fixed) (?:only )?(?:half|partly|partially|in part)\b",
    r"不管用|没有?用(?!过)|没有?效果|没变化|更严重",
    _NEVER
    + r"(?:re)?(?:solved?|fix(?:ed)?|settled|sorted|satisfied|happy|repaired|better|working)\b",
    r"\b(?:unsolved|unresolved|dissatisfied|unsatisfied|unhappy)\b",
    r"\b(?:does|do|did|is|will|would|has|have|are|could)(?:n't| not) (?:even |really |properly |"
    r"been )?"
    r"(?:work|help|solve|fix|resolve|heat|close|hold|function|start|turn|stop)\w{0,3}\b",
    r"\bwon't (?:work|help|heat|close|start|turn)\b",
    r"\bstill (?:is |are |has |have |got )?(?:an? |the )?(?:not\b|no\b|broken|leak|same|faulty|"
    r"defect|"
    r"damaged|wrong|missing|problem|issue|bad|smell|open\b|fail|doesn't|don't|isn't|hasn't|"
    r"haven't)",
    r"\b(?:broke|broken|leak\w{0,3}|fail\w{0,3}|happen\w{0,3}|stopped|stops) again\b|\bback "
    r"again\b",
    r"\bsame (?:problem|fault|issue|thing|defect)\b",
    r"\b(?:no|not any|not much) better\b|\bworse\b|\bsolved nothing\b",
)

DISAGREE = _one_of(
    r"不(?:能|会|可能|太|敢)?(?:同意(?!见)|接受|认可|赞成)|(?:无法|难以)(?:同意|接受|认可)",
    r"拒绝(?!撤)|(?<!不)反对|(?<!没)有异议",
    r"\b(?:disagree|unacceptable|refuse to accept|reject)\b",
    r"\bnot (?:agreed?|acceptable|accept|ok|okay)\b",
    r"\b(?:can't|cannot|won't|(?:can|do|does|will|would|could)(?:n't| not)) "
    r"(?:really |fully |possibly )?(?:agree|accept)\b(?! more)",
)
#: As the first words of a reply.
NO = _one_of(r"(?:no|nope)(?: (?:thanks|thank you|way))?|不|不行|不可以|不好")

#: As a sentence or a clause of its own.
AGREE = _one_of(
    r"(?:我|我们|本人)?(?:完全|表示|当然)?(?:同意|接受|认可|赞成)(?:了|的)?"
    r"(?:(?:你们?|您|贵司|贵公司|这个|此|该|上述|以上)?的?(?:处理)?"
    r"(?:方案|意见|处理|建议|提议|安排|做法))?",
    r"(?:没有?|无)(?:意见|异议)|可以(?:的|接受)?|行|好的?|没问题",
    r"(?:yes,? )?(?:(?:i|we) )?(?:do |can |fully |both |completely )?(?:agree|accept)d?"
    r"(?:(?: to| with)? (?:it|this|that|(?:the|your) (?:plan|proposal|offer|suggestion|"
    r"solution)))?",
    r"yes(?: please)?|ok|okay|fine(?: (?:with|by|for) me)?|that(?:'s| is) (?:fine|ok|okay)",
)

STATUS = _one_of(
    r"(?:处理|进展|进度|办理|调查|情况|状态|投诉|事情|案子)[得的到]?(?:现在|目前)?"
    r"(?:如何|怎么?样|咋样|到哪)(?:了)?(?:一步)?(?:了)?",
    r"(?:有没有|有|到)(?:什么|哪)?(?:新的?|最新)?(?:进展|消息|结果|回复|答复|一步)了?[吗么没]?",
    r"查询(?:一下)?(?:进度|进展)",
    r"(?:什么时候|何时|多久|几时|哪天)(?:才|能|会|可以|给|我|有|得到|收到|一个|个){0,4}"
    r"(?:结果|处理|答复|回复|回音|消息|说法|解决)好?",
    r"还(?:在|要)等(?:多久|回复|答复|消息|你们)?|怎么还没有?(?:收到)?(?:消息|回复|答复|结果|回音)",
    r"还没有?(?:收到)?(?:任何)?(?:消息|回复|答复|结果|回音|进展)|请?催(?:一下|促)?",
    r"\bany (?:news|updates?|progress|word)\b",
    r"\b(?:what|how) about (?:my|the|our) (?:complaint|case|refund|order|claim|request|matter|"
    r"enquiry)\b",
    r"\bhow (?:is|are|does|do) (?:my|the|our|it|things|this|that)\b[^.?!\n]{0,40}"
    r"(?:going|coming|stand|progress|doing|getting on)\w{0,5}\b",
    r"\b(?:what is|what's) (?:the (?:status|state|progress)|happening|going on)\b|\bstatus\b",
    r"\bwhere (?:is|are|do|does) (?:my|we|the|our|things)\b[^.?!\n]{0,20}"
    r"(?:complaint|case|stand|answer|claim|at)\b",
    r"\bwhen (?:will|can|do|may|should) (?:i|we|you)\b[^.?!\n]{0,30}"
    r"(?:hear|answer|reply|expect|know|news|decision|get back)\b",
    r"\b(?:still|been) waiting(?: for)?(?: (?:an?|your|the|any))?(?: (?:answer|reply|response|"
    r"news|decision))?\b",
    r"\b(?:heard nothing|(?:have|has|had)(?:n't| not) heard|no (?:answer|reply|news|response)\b)",
    r"\bhave you (?:found|looked|heard|made|got)\b[^.?!\n]{0,40}",
)
#: Words of a matter that a question about the state must not hide.
MATTER = _one_of(
    r"坏|漏|裂|碎|破了|伤|烫|电到|短路|冒烟|起火|爆|摔|律师|起诉|曝光|媒体|举报|工商|消协|12315|"
    r"12345|骗|态度",
    r"另外|还有一|又|也|第二|少发|发错|划痕|生锈|异味|噪音|空盒|假货|过期|发霉|收到时|打开",
    r"\b(?:broke|leak|crack|damag|fault|rude|hurt|injur|burn|smell|lawyer|solicitor|sue|court|"
    r"police|press|"
    r"media|another|second|also|danger|shock|fire|wrong|defect|ombudsman|authorit|scratch|dent|"
    r"rust|smok|"
    r"explo|empty|expired|mould|arrived|fell|missing|nois|stopped|dead|charged|opened)",
)

#: Nothing is merely promised where one of these stands.
CONDITION = _one_of(r"如果|若|要是|除非|只要|但|不过|然而", r"\b(?:if|unless|but|however|until)\b")
#: A promise to write again: neither content nor an objection.
PROMISE = _one_of(
    r"(?:试试?|试用|看看|观察|检查|测试?|用用?)(?:一下|几天|一段时间|一阵)?(?:看看?)?再"
    r"(?:说|告诉|答复|回复|联系|反馈)[^,。;!?\n]{0,6}",
    r"(?:下周|下个?月|明天|后天|周末|过几天|过两天|回头|改天|稍后|晚点|晚些|这几天|等我回来)(?:我|我们)?"
    r"(?:再|会|去|来)?(?:试|用|看|测|检查|回复|告诉|反馈|答复)[^,。;!?\n]{0,6}",
    r"(?:我|我们)?先(?:试|用|看|观察|测)(?:几天|一下|看|试|着|一段时间)?",
    r"\b(?:i|we)(?:'ll| will|'m going to| am going to| are going to| shall)(?: [a-z]{1,12}){0,2} "
    r"(?:test|try|check|have a look|look|see|write|report|come back|get back|inform|tell|reply)\b"
    r"[^,.;!?\n]{0,60}",
    r"\b(?:[a-z' ]{0,40} )?(?:will|'ll) (?:let you know|report back|get back|come back)\b"
    r"[^,.;!?\n]{0,40}",
)

WITHDRAWN = _one_of(
    rf"撤诉|(?:撤销|撤回|取消){_MY}投诉|(?:不|不想|不再|不用|不要)(?:再)?投诉了|放弃投诉",
    r"\b(?:please )?(?:close|withdraw\w{0,3}|cancel|drop|retract) (?:my|the|this|our) "
    r"(?:complaint|case|"
    r"claim)\b",
    r"\bno longer (?:wish|want) to complain\b|\b(?:complaint|case) (?:is )?withdrawn\b",
)
#: Refused, under a condition, or somebody else's wish.
NOT_WITHDRAWN = _one_of(
    r"(?:不|没|别|拒绝|休想|从未)[^,。;!?\n]{0,6}(?:撤|取消|放弃)|(?:让|叫|要|逼|劝|求|要求)我",
    r"如果|若|要是|除非|只要|才|条件|吗|\?",
    r"\b(?:not|never|won't|refuse|if|unless|until|once|when|asked|asks|told|wants? me|forc|"
    r"pressur)|n't\b",
)

#: Taken out before trouble is looked for.
HARMLESS = _one_of(
    r"没有?(?:什么)?(?:其他|别的)?问题|不再(?:漏|响|卡|坏)[^,。;!?\n]{0,3}|不(?:漏|响|"
    r"卡)[^,。;!?\n]{0,2}了",
    r"还?不错|再次(?:感谢|谢谢)|不用(?:再)?(?:跟进|处理|担心|回复)了?|请放心|问题|投诉|"
    r"事情|(?:非常|十分|很|太|万分|真的)?(?:感谢|谢谢|多谢)(?:您|你们?|大家|了)?",
    r"退款(?:已经?|也)?(?:收到|到账)了?|(?:已经?)?收到了?(?:退款|赔偿|补偿|新的?)了?|换了?新的?了?|"
    r"尽快",
    r"请(?:你们)?(?:尽快|按此|按方案|抓紧)?(?:处理|办理|执行|安排|落实)吧?|辛苦你?们?了?|您好|你好",
    r"\bno (?:more |further |other )?(?:problems?|issues?|complaints?|questions?|trouble)\b",
    r"\bno longer (?:leaks?|broken|drips?|smells?)\b|\bnot a problem\b",
    r"\b(?:doesn't|does not) (?:leak|drip|smell)\w? any ?more\b",
    r"\b(?:many |kind )?(?:thank|thanks)(?: you| again| all)?(?: (?:so|very) much| a lot)?\b",
    r"\b(?:(?:my|the|this|your|our) )?(?:problem|issue|complaint|case|matter)s?\b",
    r"\breceived (?:the|my|a) (?:refund|replacement|new \w{1,20})\b|\brefund (?:has )?(?:arrived|"
    r"received|came)\b",
    r"\b(?:please )?(?:go ahead|proceed|do so|do it|send it)\b",
    r"\bworks again\b|\bas soon as possible\b|\b(?:hi|hello|dear (?:sirs?|madam|all|team))\b",
    r"\b(?:best|kind|warm) regards\b|\b(?:yes|ok|okay|now|it's|it is|all|has been|have been|been|"
    r"is|has)\b",
)
#: A clause with one of these, and no trouble, goes well with "solved".
PRAISE = _one_of(
    r"很好|真好|好用|快|专业|及时|耐心|热情|给力|周到|负责|认真|赞|谢|棒|满意|新",
    r"\b(?:friendly|quick|fast|great|good|nice|kind|professional|excellent|perfect|helpful|polite|"
    r"pleased|appreciat|well|new|replaced|works|lovely|super|happy|glad|prompt)",
)
#: Any of these, and a person must read the reply.
TROUBLE = _one_of(
    r"不|没|未|无法|坏|漏|裂|碎|破|断|缺|少了|错|太?慢|太差|差|退|赔|故障|毛病|又|还|再|但|可是|"
    r"然而|却|拖",
    r"另外|此外|除了|希望|要求|请|为什么|怎|何时|什么|吗|失望|生气|骗|伤|烫|律师|曝光|举报|问题|"
    r"投诉|如果",
    r"只是|谁|空|假|旧|脏|异味|噪音|等了|难|一半|部分|屁|鬼|笑话|呵呵|自己|扔|买了|\?",
    r"\b(?:but|however|not|no|never|nobody|nothing|none|still|again|another|also|other|unable|"
    r"unfortunate|"
    r"although|though|except|yet|why|when|how|need|want|please|expect|cannot|only|hardly|if|"
    r"unless|second)",
    r"\b(?:broke|leak|crack|damag|fail|fault|wrong|missing|late\b|delay|refund|return|compensat|"
    r"complain|"
    r"problem|issue|worse|bad|poor|rude|disappoint|unhappy|hurt|injur|burn|smell|lawyer|police|"
    r"press|"
    r"scratch|dent|empty|old|dirty|nois|charg|promis|claim|wait|insult|joke|half|part(?:ly|ial)|"
    r"thr[eo]w|away|myself|ourselves|bought|by (?!you|your)|price)|n't\b",
)

_LABEL = (
    r"(?:我的|我|给|打|满意程度|满意度|评分|打分|分数|评价|你们|您|个|my |our |the |satisfaction|"
    r"mark|score|"
    r"rating|(?:i|we) give(?: you)?(?: an?)?)[ \t]{0,3}"
)
MARK = re.compile(
    rf"(?:(?P<label>(?:{_LABEL}){{1,4}})(?:is|为|是)?[ \t]{{0,3}}[:=]?[ \t]{{0,3}})?"
    r"(?P<digit>[1-5]|[一二三四五]|满|one|two|three|four|five)(?:\.0)?[ \t]{0,3}"
    r"(?P<unit>分|颗?星|stars?|points?|/ ?5|out of (?:5|five)|of 5)?(?:好评)?"
)
#: 1. and 2), as in a list of matters.
LISTED = re.compile(r"^\s{0,9}[1-9]\s?[.)、:]\s{0,9}\S", re.MULTILINE)
CLAUSE = re.compile(r"(?:(?!\s[-–—]\s|\.\s|\.$)[^\n,;。!、]){1,400}")
