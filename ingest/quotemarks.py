"""How mail programs mark history and signatures, in the languages of the world.

Patterns only ever see one line, or a few joined ones, of at most 600 characters; none nests
quantifiers.
"""

import re
from enum import IntEnum
from typing import Final

from ingest.wording import alternatives, any_of

MAX_LINE: Final = 600  # characters
MAX_NAMELESS: Final = 200  # characters of an announcement without an address

#: "wrote", as it stands at the end (or in the midst) of an attribution
_VERBS: Final = alternatives(
    """
    wrote|writes|writing|schrieb|schrieben|schreibt|a écrit|a ecrit|écrivait|escribió|escribio
    escribe|va escriure|ha scritto|scrisse|scrive|escreveu|schreef|geschreven|skrev|skrifaði
    napisał|napisała|napisał(a)|napisal|napisala|pisze|napsal|napsala|napsal(a)|napísal|napísala
    написал|написала|написал(а)|пишет|пише|написав|написа|írta|kirjoitti|yazdı|a scris|έγραψε
    rakstīja|rašė|kirjutas|je napisao|je napisala|đã viết|menulis|เขียน|เขียนว่า|ने लिखा|כתב
    כתב/ה|كتب|نوشت|写道|寫道|写到|寫到|写于|寫於|のメール|のメッセージ|は書きました|작성|씀
    """
).split("|")
_WROTE: Final = "|".join(re.escape(verb) for verb in _VERBS)
_ENDINGS: Final = tuple(_VERBS)
#: stands before the verb's subject ("Am 3.4. schrieb Hans:")
_HOLDS_WROTE: Final = re.compile(rf"(?i)\b(?:{_WROTE})\b")
#: what an attribution begins with: a preposition, a weekday, a number
_STARTS: Final = any_of(
    r"""
    في|בתאריך|missatge de|dana|quoting|citando
    on|at|am|le|el|il(?: giorno)?|em|op|den|dne|dnia|w dniu|la data de|pada|vào|a las|på|ons|man
    tir|tor|fre|lør|søn|в|на|στις|tarihinde|ngày|il giorno|kl|пн|вт|ср|чт|пт|сб|вс|maandag
    dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|montag|dienstag|mittwoch|donnerstag
    freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|mon|tue|wed|thu
    fri|sat|sun|在|于|於
    """,
    before=r"[*_\s]{0,4}(?:",
    after=r"\b|在|于|於|\d)",
)
_TIME: Final = re.compile(r"\d{1,2}[:.：h時点點]\d{2}")
_BIDI: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: last characters of an announcement
_RULERS: Final = frozenset("-–—_=~#*>")
_CLOSERS: Final = frozenset(":：>)]-")
_DATE: Final = re.compile(
    r"(?i)\d{1,4}\s{0,2}[./年-]\s{0,2}\d{1,2}\s{0,2}[./月-]\s{0,2}\d{1,4}|\d{1,2}[:.h時点點]\d{2}|\b(?:19|20)\d\d\b|年|"
    r"\d{1,2}\.?\s{1,3}(?:de\s)?[^\W\d_]{3,12}\.?(?:\s|,)"
)
_MAILBOX: Final = re.compile(r"[^\s<>\"'()\[\]:]{1,64}@[^\s<>\"'()\[\]:,]{2,200}")
#: a date and an address or name, then a colon, and no verb at all: Gmail and Yandex of old
_BARE: Final = re.compile(
    r"(?i)^[*_\s]{0,4}(?:\w{2,12}[,.]\s{1,3})?(?:\d{4}[-./年]\s{0,2}\d{1,2}[-./月]\s{0,2}\d{1,2}日?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|"
    r"\d{1,2}\s[^\W\d_]{3,12}\.?\s\d{4}(?:\sг\.)?),?\s{1,3}(?:в\s|um\s|at\s|à\s|alle\s)?\d{1,2}[:.]\d{2}(?::\d{2})?\b.{0,200}$"
)

#: "---- On Wed, 24 Feb 2021, Ann wrote ----"
_ZOHO: Final = re.compile(rf"(?i)^-{{2,8}}\s{{1,3}}.{{8,300}}(?:{_WROTE})\s{{1,3}}-{{2,8}}$")

_ORIGINAL: Final = alternatives(
    r"""
    original\s?(?:message|mail|e-?mail|appointment)?|reply message|reply above this line
    forwarded (?:message|by|mail)|forwarded message|begin forwarded message
    urspr[üu]ngliche\s?(?:nachricht|e-?mail)|originalnachricht|weitergeleitete nachricht
    original-nachricht|anfang der weitergeleiteten nachricht|message d'origine|message d’origine
    message original|courriel original|message transf[ée]r[ée]|message transmis
    début du message (?:transféré|réexpédié)|mensaje original|mensaje reenviado
    missatge original|messaggio originale|messaggio inoltrato|messaggio inviato
    inizio messaggio inoltrato|mensagem original|mensagem encaminhada|oorspronkelijk bericht
    originele bericht|doorgestuurd bericht|oorspronkelijke e-mail|ursprungligt meddelande
    originalmeddelande|vidarebefordrat meddelande|oprindelig meddelelse|original meddelelse
    oprindelig besked|opprinnelig melding|videresendt (?:melding|meddelelse)|alkuperäinen viesti
    välitetty viesti|oryginalna wiadomość|wiadomość oryginalna|przekazana wiadomość
    wiadomość przekazana|treść oryginalnej wiadomości|původní (?:zpráva|e-?mail)
    přeposlaná zpráva|pôvodná správa|eredeti üzenet|továbbított üzenet|izvorna poruka
    originalna poruka|izvorno sporočilo|исходное сообщение|пересылаемое сообщение
    пересланное сообщение|конец пересылаемого сообщения|исходящее сообщение
    переадресованное сообщение|перенаправленное сообщение
    özgün ileti|orijinal mesaj|iletilmiş ileti|αρχικό μήνυμα
    mesaj original|mesaj redirecționat|thư gốc|pesan asli|ข้อความต้นฉบับ|原始邮件|原始郵件
    原邮件|原文|原始信息|原始訊息|转发邮件信息|转发的邮件|转发邮件|轉寄郵件|轉寄的郵件|轉寄郵件
    邮件原件|邮件原文|回复的原邮件|回复的邮件|原始邮件内容|元のメッセージ|元のメール
    転送メッセージ|転送されたメッセージ|원본 메시지|원본 메일|전달된 메시지|הודעה מקורית
    الرسالة الأصلية|-?original-?
    """
)
SEPARATOR: Final = re.compile(
    rf"(?i)^[\s>*]{{0,6}}[-–—_=~]{{2,60}}\s{{0,10}}\*{{0,2}}(?:{_ORIGINAL})[^\n]{{0,60}}?[-–—_=~:：*]{{0,60}}\s{{0,10}}$"
)
REPLY_ABOVE: Final = any_of(
    r"""
    reply above this line|(?:type|write) your reply above this line|reply above|请在此线以上回复
    (?:bitte )?(?:antworten sie )?oberhalb dieser (?:linie|zeile)|répondre au-dessus de cette ligne
    """,
    before=r"^[\s#*=_-]{2,20}(?:please )?",
    after=r"[^\n]{0,40}$",
)
BEGIN_FORWARD: Final = any_of(
    r"""
    begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)
    début du message (?:transféré|réexpédié)|inizio messaggio inoltrato
    inicio del mensaje reenviado|início da mensagem (?:reencaminhada|encaminhada)
    begin doorgestuurd bericht|vidarebefordrat brev|开始转发的邮件|下面是被转发的邮件
    转发邮件开始|転送されたメール|전달된 메시지|начало переадресованного сообщения
    """,
    before=r"^\s{0,6}\*{0,2}",
    after=r"\s{0,3}[:：]?\*{0,2}\s{0,6}$",
)

_FROM: Final = alternatives(
    r"""
    from|von|de|da|van|från|fra|od|от|от кого|feladó|lähettäjä|kimden|gönderen|από|发件人|寄件者
    寄件人|發件人|差出人|送信者|送信元|보낸 사람|보낸사람|보낸이|발신|expéditeur|remitente
    mittente|afzender|avsändare|de la|dari|từ|จาก|message du|מאת|من|risposta|odesílatel
    expeditor|enviado por|reply-to
    """
)
_SENT: Final = alternatives(
    r"""
    date|sent|gesendet|datum|envoyé|envoyé le|date d'envoi|enviado|enviado el|enviado em
    enviada em|fecha|data|inviato|verzonden|verzonden op|skickat|sendt|dato|wysłano
    data wysłania|wysłane|отправлено|дата|发送时间|发送日期|日期|时间|時間|寄件日期|傳送時間
    送信日時|日時|날짜|보낸 날짜|보낸날짜|발송|tarih|gönderme tarihi|lähetetty|päivämäärä
    odesláno|elküldve|küldve|dátum|trimis|ngày|ημερομηνία|message du|gesendet am|sent at|sent on
    נשלח|تاريخ
    """
)
_TO: Final = alternatives(
    r"""
    to|an|à|a|para|per|aan|till|til|do|кому|收件人|收件者|宛先|받는 사람|받는사람|받는이|수신
    kime|alıcı|vastaanottaja|komu|címzett|către|cc|copie à|kopie|copia|抄送|副本|参照|참조|στους
    προς|đến|ถึง|destinataire|destinatario|envoyé à|אל|إلى|bcc|密送
    """
)
_SUBJECT: Final = alternatives(
    r"""
    subject|betreff|objet|sujet|asunto|oggetto|onderwerp|ämne|emne|temat|тема|主题|主題|主旨
    标题|件名|제목|assunto|konu|aihe|tárgy|předmět|predmet|subiect|θέμα|chủ đề|re|הנושא|נושא
    الموضوع
    """
)
LABELS: Final = tuple(
    (kind, re.compile(rf"(?i)^[\s>*_|•·-]{{0,8}}(?:{words})\s{{0,4}}[*_]{{0,2}}\s{{0,2}}[:：]"))
    for kind, words in (("from", _FROM), ("sent", _SENT), ("to", _TO), ("subject", _SUBJECT))
)

SIGNATURE: Final = re.compile(r"^\s{0,3}(?:--|––|-- ?|—-)\s{0,3}$")
_DEVICE: Final = alternatives(
    r"""
    iphone|ipad|ipod|android|blackberry|windows (?:phone|mail)|samsung|galaxy|mobile|phone|handy
    smartphone|huawei|xiaomi|oppo|vivo|htc|nokia|sony|lg|motorola|outlook|yahoo|mail|gmail
    mailbird|proton|verizon|t-mobile|at&t|telefon|mobil|tablet|device|handheld|treo|palm|app
    hotmail|thunderbird|spark|airmail|nexus|pixel|oneplus|honor|apple
    """
)
#: "Sent from my phone": a line that programs put below a mail; DEVICE stands for those above
MOBILE: Final = any_of(
    r"""
    sent\s(?:via|using|with|on|from)(?:\s(?:my|the|a
    an))?\s(?:[^\s.,]{1,20}\s){0,4}?[^\s.,]{0,12}(?:DEVICE)[^.,;!?]{0,40}
    get outlook for [^,;!?]{1,60}|outlook for (?:ios|android)[^,;!?]{0,60}
    (?:von|vom)\s(?:meine[mr]?\s)?[^.,;]{0,30}(?:DEVICE)[^.,;]{0,40}\s?(?:gesendet|geschickt
    aus gesendet|übertragen)|(?:gesendet|diese nachricht wurde) (?:von|vom|mit
    über) [^.,;]{0,40}(?:DEVICE)[^.,;]{0,40}
    envoy[ée] (?:de|depuis|à partir de|avec) [^.,;]{0,40}(?:DEVICE|appareil)[^.,;]{0,40}
    (?:enviado|enviada) (?:desde|do|de|a partir do|con|com) [^.,;]{0,40}(?:DEVICE|móvil
    telemóvel|celular)[^.,;]{0,40}|inviato (?:da|dal|con) [^.,;]{0,40}(?:DEVICE)[^.,;]{0,40}
    (?:verzonden|verstuurd) (?:vanaf|van|met|via) [^.,;]{0,40}(?:DEVICE|telefoon)[^.,;]{0,40}
    (?:skickat|sendt|lähetetty|wysłane|wysłano|odesláno|küldve|отправлено) [^.,;]{0,50}(?:DEVICE
    айфон|телефон)?[^.,;]{0,40}|(?:发自|發自|发送自|来自|來自|從我的|从我的|使用|通过
    由)\s{0,3}(?:我的\s{0,3})?[^。，,；;！!]{0,30}?(?:iphone|ipad|android|手机|手機|邮箱|郵箱
    邮件|outlook|mail|客户端|华为|小米|三星|foxmail|qq|平板)[^。，,；;！!]{0,20}
    (?:获取|取得|下载)\s{0,3}outlook[^。，,；;]{0,40}
    (?:iphone|ipad|android|スマートフォン|携帯)\s{0,3}(?:から|より)送信(?:しました)?
    나의 (?:iphone|ipad)에서 보냄|(?:iphone|내 iphone)에서 보냄
    """.replace("DEVICE", _DEVICE),
    before=r"^[\s*_<\[]{0,6}",
    after=(
        r"[\s*_>\]]{0,6}(?:<[^>\s]{0,200}>|\(https?:[^)\s]{0,200}\)|\["
        r"https?:[^\]\s]{0,200}\])?[\s.*_>。]{0,6}$"
    ),
)
FOOTER: Final = any_of(
    r"""
    mailing[- ]list|mailman/listinfo|unsubscribe|\[?view it on |reply to this e-?mail directly
    you (?:are|'re) receiving|visit the topic|邮件列表|退订|меня отписать
    abmelden von dieser liste|se désabonner|désinscription
    """
)
RULE: Final = re.compile(
    r"^\s{0,10}(?:[-–—]{2,}|—|__|[_=*#~+]{3,}|[ᐧ·•]|-{1,2}\s{1,3}-{1,2}|\*\s\*\s\*)\s{0,10}$"
)


def may_end_attribution(line: str) -> bool:
    """Tell, cheaply, whether an announcement may end with this line."""
    line = line.rstrip(" \t\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    return line[-1:] in _CLOSERS or _says_wrote(line)


def _says_wrote(line: str) -> bool:
    return line[-60:].rstrip(" \xa0:：*_>\"'").replace("\xa0", " ").lower().endswith(_ENDINGS)


class Announces(IntEnum):
    """How sure it is that a line announces a quotation."""

    NO = 0
    IF_QUOTED = 1  #: only where marked lines follow
    SURELY = 2


def attribution(text: str) -> Announces:
    """Tell whether a line (or joined lines) announces a quotation: "On Friday, Ann wrote:".

    Customers cite, too ("your driver wrote:"): without an address only date and time make it sure.
    """
    text = _BIDI.sub("", text).strip()
    if not 8 <= len(text) <= MAX_LINE or not may_end_attribution(text):
        return Announces.NO
    colon, said = text[-1] in ":：", _says_wrote(text)
    mailbox = "@" in text and _MAILBOX.search(text) is not None
    if _ZOHO.match(text):
        return Announces.SURELY
    if not mailbox:
        said = said or (starts_attribution(text) and _HOLDS_WROTE.search(text) is not None)
        if not (said and colon) or len(text) > MAX_NAMELESS:
            return Announces.NO
        sure = _TIME.search(text) is not None and _DATE.search(text) is not None
        return Announces.SURELY if sure else Announces.IF_QUOTED
    if said or (colon and _HOLDS_WROTE.search(text)) or _BARE.match(text):
        return Announces.SURELY
    if starts_attribution(text) and _DATE.search(text) and colon:
        return Announces.SURELY
    perhaps = len(text) <= MAX_NAMELESS and (colon or _DATE.search(text) is not None)
    return Announces.IF_QUOTED if perhaps else Announces.NO


def starts_attribution(line: str) -> bool:
    """Tell whether an announcement may begin with this line: a weekday, a date, "On"."""
    return _STARTS.match(line.strip()) is not None


def is_separator(line: str) -> bool:
    """Tell whether a line says that an older mail begins below it."""
    line = line.replace("&nbsp;", " ")
    if line.lstrip()[:1] in _RULERS:
        return bool(SEPARATOR.match(line) or REPLY_ABOVE.match(line) or BEGIN_FORWARD.match(line))
    return line.rstrip("* ")[-1:] in _CLOSERS and BEGIN_FORWARD.match(line) is not None


def label_kind(line: str) -> str:
    """Return which field of a quoted header a line shows: from, sent, to, subject, or ""."""
    line = line[:120]
    if ":" not in line and "：" not in line:
        return ""
    for kind, pattern in LABELS:
        if pattern.match(line):
            return kind
    return ""
