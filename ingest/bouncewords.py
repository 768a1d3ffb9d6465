"""The words of mail systems that give a mail back: one pattern for each duty, many languages.

Patterns run on subjects or on the first few thousand characters of a report; no nested quantifiers.
"""

import re
from typing import Final

from ingest.wording import any_of

#: what a subject line of a report says
SUBJECT: Final = any_of(
    r"""
    non remis|kan inte levereras|recapito non riuscito|no se puede entregar|teslim edilemedi
    perille toimittaminen|배달되지 않|nem kézbesíthető|ανεπίδοτο|não é possível entregar
    недоставленное|imposible de entregar
    undeliver|\bbounced?\b(?! check)|un-?deliver|non[- ]?deliver|not deliver
    delivery (?:has |has been )?(?:fail|error|problem|status|notif|report|delay|incomplete
    suspend|attempt)|(?:mail|message|e-?mail) (?:system |transaction )?(?:delivery|error|fail)
    deliver(?:y|ed)? (?:to .{1,80} )?(?:fail|failed|has failed|failure)
    failed (?:mail|delivery|to deliver)|failure (?:notice|delivery|notification)
    returned (?:mail|e-?mail|message|to sender)|returning (?:mail|message) to sender
    (?:mail|message) (?:returned|rejected|bounced|not delivered|delayed|delay|status)
    could not (?:be delivered|send|deliver)|cannot (?:be delivered|deliver|send)
    couldn't be delivered|error (?:sending|delivering|in delivery|during delivery)
    failed (?:mail|recipient)|delivery warning|delivery status notification
    warning: (?:could not|message|e?-?mail)|user unknown|unknown user
    no such (?:user|mailbox|address)|host unknown|bounced? (?:mail|message)
    permanent (?:error|failure)|nondeliverable|mailbox (?:full|unavailable|is full)
    quota exceeded|recipient (?:unknown|rejected)|unzustellbar|nicht zugestellt|nicht zustellbar
    zustell(?:fehler|ung fehlgeschlagen)|fehler bei der zustellung|non (?:remis|distribu|délivr)
    [ée]chec (?:de|d'|lors)[^,]{0,30}(?:remise|livraison|distribution|envoi)
    notification d'état de (?:remise|distribution)|message non
    (?:no se (?:pudo|puede|ha podido) entregar|devuelto|error (?:de|en la) entrega|no entregado
    imposible entregar|notificaci[óo]n de estado de entrega)
    (?:n[ãa]o (?:foi )?(?:entregue|entregável|pôde)|falha na entrega|devolvida
    notificação de (?:status|estado))
    (?:mancat[oa] (?:recapito|consegna)|non recapit|impossibile (?:recapitare|consegnare)
    errore di consegna|notifica (?:di )?stato)|onbestelbaar|niet (?:af)?geleverd|niet bezorgd
    olevererbar|kunde inte levereras|kan ikke leveres|kunne ikke leveres|niedostarcz
    niedor[ęe]czon|zwrot|nedoručiteln|nedoruč|kézbesíthetetlen|teslim edil(?:em|e)
    ei voitu toimittaa|toimitus epäonnistui
    не(?:\s?доставлен| удал[ао]сь доставить|доставка|возможно доставить)|недоставлен
    ошибка доставки|возврат|не доставлен|退信|退回
    (?:邮件|郵件)(?:传输|傳輸|发送|發送|投递)(?:失败|失敗|错误)|无法(?:投递|送达|传递|发送)
    無法(?:投遞|送達|傳遞|傳送)|未(?:能)?(?:送达|送達|投递|投遞|傳遞|传递)
    (?:投递|投遞|发送|發送|傳送|传送|传递)(?:失败|失敗)|未傳遞
    配信(?:できま|不能|エラー|失敗|不可)|送信(?:できま|エラー|失敗)|配送(?:エラー|不能)
    配達(?:不能|できま)|エラーメール|返送|반송|(?:전송|배달|발송|전달)\s?(?:실패|불가|되지)
    """,
)
#: what the words of a report say
BODY: Final = any_of(
    r"""
    (?:could|can|may|was|were|has|have
    is) ?n[o']t (?:be |been |able to be |yet been |able to )?(?:deliver|sent|forwarded|accept
    reach)|cannot be delivered|undeliver|un-?deliver
    deliver(?:y|ing) (?:to|of|your|has|the|attempt|error|fail|problem|status|report|incomplete
    this)|fail(?:ed|ure)? to deliver|unable to (?:deliver|relay|send|connect|forward|locate)
    not able to deliver|n't able to deliver|delivery of the following|delivery errors
    delevery to|did not reach|return(?:ed|ing) (?:to|message|mail|your|the)
    permanent (?:fatal )?(?:error|failure)
    (?:user|host|recipient|account|mailbox|address(?:ee)?|domain
    name)(?:'s mailbox| name)? (?:is |are |was |has been |has |address |inbox )?(?:unknown
    not (?:found|known|recognized|listed|allowed|exist|available)|rejected|disabled|unavailable
    full|over|invalid|inactive|suspended|does ?n[o']t exist|no longer|exceeded)
    (?:unknown|invalid|no such|bad|inactive|unrouteable|unroutable) (?:user|recipient|address
    mailbox|account|local|mail|domain|final|host|name|person|destination)|no mailbox|over ?quota
    quota (?:exceeded|full)|exceeded (?:the |its |his |storage )
    mail ?box (?:is )?(?:full|disabled)
    following (?:recipient|address|destination|user|e-?mail|error|mail)|address\(es\)
    address(?:es)? failed|had (?:permanent|transient|delivery)
    has been (?:delayed|rejected|refused|blocked|discarded)
    was (?:rejected|refused|blocked|discarded|undeliver)|mail server .{1,60}(?:said|respon)
    remote (?:host|server|mta|smtp)|transcript of session|deferred|trouble delivering
    did not (?:exactly )?match|postponed
    not (?:listed in|a valid|been delivered|accept|have permission|liked?)|did not like
    doesn't have a|delivery failed|delay(?:ed)? |giving up|given up
    encountered delivery problems|retry|error (?:was|occurred|while|message|delivering)
    problem(?:s)? (?:delivering|with)|mail (?:delivery|system|loop)|postmaster|zugestellt
    unzustellbar|zustellung|empfänger|n'a (?:pas )?(?:pu|été)|n’a pas|remis à|remise|distribu
    destinataire|no (?:se )?(?:pudo|puede|ha podido|pudieron)|entreg|destinatario|devuelt
    n[ãa]o (?:p[ôo]de|foi|p[ôo]d)|recapit|consegn|bezorgd|geleverd|leverer|levereras|mottaker
    modtager|dostarcz|doruč|kézbesít|teslim|toimit|доставлен|доставить|доставк|получател|адресат
    退信|退回|投递|投遞|送达|送達|傳遞|传递|收件人|无法|無法|失败|失敗|不存在|拒收|配信|配送
    配達|送信|宛先|届け|メールアドレス|存在しません|반송|전송|수신자|존재하지
    """,
)
#: a filter that wants the sender to prove to be a person: an automatic answer, not a failure
CHALLENGE: Final = any_of(
    r"""
    add yourself to my|guest list|(?:to have |have )your address added|recipient's allowed list
    challenge[- /]response|(?:click|follow|visit|reply)[^.]{0,80}(?:to (?:verify|prove
    confirm)[^.]{0,60}(?:human|person|sender|address|real|spam)|to ensure delivery)
    sender verification|been waitlisted
    """,
)
#: openings no person writes
PROGRAM: Final = any_of(
    r"""
    this is the (?:[\w.-]{1,30} )?(?:qmail-send|postfix|mail delivery|mail system|dragonfly
    courier|smtp|mail transfer|[\w.-]{1,30} mail (?:agent|system|program)|program|email|exim
    machine)|automatically generated delivery status
    this (?:message|mail|e-?mail|report) (?:was|has been|is) (?:created |generated |sent )?automatic
    this is an automatic(?:ally)? generated|i'm sorry to have to inform you
    a message (?:that )?you sent (?:could|has|to)|message that you sent
    your message (?:could|cannot|can't|was not|did not|to|has encountered|has not|wasn't
    is undeliver)|your (?:e-?)?mail (?:message )?(?:to|could|was|has|can)[^.]{0,80}(?:not|fail
    reject|return|block|undeliver)|^\s{0,6}your message\s{1,12}(?:to|subject|sent)\s{0,3}:
    delivery to the following recipient
    unable to deliver (?:your )?(?:the )?(?:following )?message|delivery has failed to these
    the original message was received at|----- the following addresses
    diagnostic information for administrators
    the following (?:address|recipient|message)[^.]{0,60}(?:fail|could|not|undeliver)
    was not delivered to|could not be delivered to|has failed due to
    (?:i|we)(?:'m| am| are| were)? (?:afraid |sorry |unable |wasn't )?(?:i |we )?(?:wasn't
    weren't|unable|could ?n[o']t)[^.]{0,20} deliver|diese e-?mail konnte nicht
    ihre (?:e-?mail|nachricht)[^.]{0,80}nicht zugestellt
    die (?:nachricht|zustellung)[^.]{0,80}(?:nicht zugestellt|fehlgeschlagen)
    votre message[^.]{0,80}n['’](?:a|est)
    su mensaje[^.]{0,80}\bno\b|sua mensagem[^.]{0,80}n[ãa]o\b
    il (?:suo |tuo )?messaggio[^.]{0,80}non\b|您的?邮件[^。]{0,40}(?:退|未|无法|失败|拒)
    (?:您|你)發?[^。]{0,20}郵件[^。]{0,40}(?:退|未|無法|失敗)
    (?:您|你)(?:发送|发出|寄)[^。]{0,60}(?:退|未能|无法|失败)|很抱歉[^。]{0,30}(?:退|无法|未能)
    (?:抱歉|对不起)[^。]{0,20}(?:邮件|投递)|配信(?:できません|不能)|送信できませんでした
    (?:以下|次)の(?:宛先|あて先|メールアドレス|受信者)
    (?:ваше|письмо|сообщение)[^.]{0,80}(?:не (?:было|может|удалось|доставлен))
    """,
)
#: what only a mail server's dialogue looks like
TRANSCRIPT: Final = any_of(
    r"""
    \brcpt to:|\b[45]\d\d[- ]#?[45]\.\d{1,3}\.\d{1,3}\b|smtp error
    exceeded maximum delivery attempts|failed recipients
    (?:said|responded|response|reason|error)[^\n]{0,20}[: ]\[?\(?[45][0-5]\d[ -]
    """,
)
#: where the copy of the returned mail begins
COPY: Final = any_of(
    r"""
    this is a copy of|below this line|below the next line|enclosed is a copy
    (?:a )?copy of (?:the|your)|the (?:header|body|first|text|original) [^\n]{0,60}(?:message
    mail)|original message|message (?:headers?|body|text|contents?)(?: follows?)?
    header(?:s)? of (?:the|your)|your (?:original )?(?:message|mail) (?:reads|follows|header
    text)|unsent message|returned (?:message|mail)|the message (?:contained|follows|text|header)
    undelivered message|here is (?:your|the)|begin (?:included|returned)|included is
    start of returned|attached is|mensaje original|ursprüngliche|message d'origine|original mail
    原始邮件|原邮件|元のメッセージ|received:\s|return-path:\s|x-mailer:|dkim-signature:
    """,
    before=r"^[\s>*=-]{0,12}",
    flags=re.MULTILINE,
)
#: words right before the address that failed, and words that often stand near it
POINTER: Final = any_of(
    r"""
    following (?:recipient|address|destination|user|e-?mail|person)|address\(es\)|did not reach
    addresses (?:had|failed)|deliver(?:ed|y|ing)? (?:of .{1,40} )?to|failed recipient|unknown user
    rejected recipient|originally addressed|以下|收件人|宛先|空きが|получател
    """
)
WEAK_POINTER: Final = any_of(
    r"""
    recipient|address|destination|user|deliver|reach|failed|mailbox|envoy|destinat|empfänger
    收件人|地址|宛先|получател
    """
)
#: a local part no person has
DAEMON: Final = any_of(
    r"""
    mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|postmaster|postmaster\W.{0,60}|postmast
    mail[-_.]delivery[-_.](?:system|subsystem)|mail[-_.]?(?:system|router|gateway)
    [\w-]{0,30}smtp[_-]mail[_-]service|double-?bounce|maildelivery|daemon|mta|uucp|mmdf
    (?:smtp|mail|ms)gateway|mailscanner|microsoftexchange[0-9a-f]{0,40}
    """,
    before=r"^",
    after=r"(?:[-+.=].{0,60})?$",
)
#: the mail is late, not lost
DELAYED: Final = any_of(
    r"""
    delayed|not yet been (?:delivered|possible)
    still (?:be )?(?:being )?(?:trying|retried|attempt)
    will (?:keep|continue|be) (?:trying|to try|retried)|do not need to resend
    warning message only|this is a warning
    temporar(?:y|ily) |transient (?:non-fatal )?(?:error|failure)|deferred|推迟|延迟|暂时
    """,
)
#: wording → the last two digits of an enhanced status, the first that holds (RFC 3463)
REASONS: Final = (
    (
        any_of(
            r"""
            (?:mail ?box|inbox|mailfolder|account|user|quota|storage)[^.\n]{0,40}(?:\bfull\b|exceed
            over ?quota|over (?:its |the )?(?:quota|limit))|over ?quota
            quota (?:exceeded|full|violation)|not enough (?:space|storage)|邮箱已满|信箱已滿
            空间不足
            容量不足
            """
        ),
        "2.2",
    ),
    (
        any_of(
            r"""
            too (?:big|large)|size (?:limit )?exceed|exceed(?:s|ed)? (?:the |our )?(?:maximum )?size
            exceed(?:s|ed)? (?:the |our )?(?:maximum )?message size
            """
        ),
        "3.4",
    ),
    (
        any_of(
            r"""
            (?:user|recipient|address(?:ee)?|mailbox|account|local part|local-part|name
            alias)[^\n]{0,60}(?:unknown|not (?:found|exist|known|recogni[sz]ed|listed|a known)
            does ?n[o']t exist|no longer|invalid|unavailable|rejected)
            (?:unknown|no such|invalid|bad|unknown local|nonexistent|non-existent) (?:user|recipient
            address|mailbox|account|local|person|alias|destination)|no mailbox here
            don't (?:know|have) (?:anyone|an? )|(?:用户|收件人|地址|邮箱|帐号|账号)不存在|不存在
            存在しません|宛先不明
            """
        ),
        "1.1",
    ),
    (
        any_of(
            r"""
            (?:account|mailbox|user|recipient)[^\n]{0,40}(?:disabled|inactive|suspended|deactivated
            blocked|expired|locked|discontinued)|停用|禁用
            """
        ),
        "2.1",
    ),
    (
        any_of(
            r"""
            relay(?:ing)? (?:access )?(?:not |denied)|not (?:permitted|allowed) to relay
            unable to relay
            relay
            """
        ),
        "7.1",
    ),
    (
        any_of(
            r"""
            host (?:or domain name )?(?:unknown|not found)|unknown host|no such (?:host|domain)
            unrout(?:e)?able (?:mail )?domain
            domain[^\n]{0,60}(?:not found|does ?n[o']t exist|unknown)
            dns (?:lookup )?(?:fail|error)|nxdomain|couldn't find any host|name service error|no mx
            """
        ),
        "1.2",
    ),
    (
        any_of(
            r"""
            virus|infected|attachment[^\n]{0,20}(?:not allowed|blocked)
            """
        ),
        "7.1",
    ),
    (
        any_of(
            r"""
            spam|blocked|blacklist|black list|block list|rbl|dnsbl|spf|dkim|dmarc|policy|denied
            not authorized|unauthori[sz]ed|prohibited|refused|垃圾邮件|拒收
            """
        ),
        "7.1",
    ),
    (
        any_of(
            r"""
            loop|too many hops
            """
        ),
        "4.6",
    ),
    (
        any_of(
            r"""
            timed? ?out|timeout|expired|too long|retry|not respond
            could ?n[o']t (?:connect|initiate)
            connection (?:refused|dropped|reset|closed)|unreachable|超时
            """
        ),
        "4.7",
    ),
)
