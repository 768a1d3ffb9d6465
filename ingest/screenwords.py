"""The words of machines that answer: vacation programs, ticket systems, challenge-response."""

import re
from typing import Final

from ingest.wording import any_of

REPLY: Final = re.compile(
    r"(?i)^\s{0,3}(?:re|aw|sv|antw|fwd?|wg|tr|回复|回覆|答复|转发|轉寄)\s{0,3}[:：]"
)
#: a subject that begins so was written by a machine
SUBJECT: Final = any_of(
    r"""
    auto(?:matic|mated|matische|mática|matica|matisch)?[- ]?(?:re(?:ply|sponse|sponder)|answer
    antwort|reponse|résposta|generated)(?=\s*(?:[][:()-]|$|from\b|to\b|for\b|re\b))
    automatische antwort|automatisches? (?:antwort|svar|antwoord)
    automatisk (?:svar|besvarelse)|automaattinen vastaus|out[- ]of[- ](?:the )?office(?! hours)
    away from (?:the |my )?(?:office|mail|desk)|ooo(?=\s*[:(-])
    on (?:vacation|holiday|annual leave|leave)(?=\s*(?:[:(-]|until|from|$))
    vacation (?:reply|response|notice)|i am (?:away from|out of (?:the )?office)
    absence (?:notice|notification)|abwesenheit|abwesend|urlaubs(?:meldung|vertretung|benachricht)
    ich bin (?:nicht im (?:büro|haus)|derzeit (?:nicht im|im urlaub))|réponse automatique
    absent du bureau|absence du bureau|message d'absence|respuesta autom[áa]tica
    fuera de (?:la )?oficina|ausente|resposta autom[áa]tica|fora do escrit[óo]rio
    risposta automatica|fuori (?:sede|ufficio)|assente|automatisch antwoord|afwezig|frånvaro
    autosvar|fravær|ikke til stede|poissa|autoresponder|automatyczna odpowied[źz]|nieobecno
    odpowied[źz] automatyczna|automatická odpov[ěe]|nepřítomn|автоответ|автоматический ответ
    отсутствую|otomatik (?:yanıt|cevap)|automatikus válasz|házon kívül
    自动(?:回复|答复|回覆)(?=\s*(?:[]:：】）)]|$|您))|外出(?:自动|通知)|休假(?:通知|中|自动)
    自動(?:回覆|回復|答覆|応答|返信)(?=\s*(?:[]:：】）)]|$))|不在办公室|不在辦公室|不在通知
    不在の(?:お知らせ|連絡)|자동\s?(?:응답|회신)|부재\s?중
    """,
    before=r"^\W{0,4}(?:(?:re|aw)\s?:\s?)?",
)
#: what only automatic replies say, wherever they say it
BODY: Final = any_of(
    r"""
    (?:i am|i'm|i will be|i'll be) (?:currently |presently |now )?(?:out of (?:the )?office
    away from (?:the |my )?(?:office|desk|mail|e-?mail))|i am out of (?:the )?office
    this is an? auto(?:matic|mated|matically)?[- ]?(?:generated )?(?:reply|response|message|e-?mail)
    this (?:e-?mail|message) (?:is|was|has been) (?:automatically|auto-?)\s?(?:generated|sent)
    please do not (?:reply|respond) to this (?:e-?mail|message|automated)
    has (?:received|got) your (?:e-?mail|message|mail) and will (?:respond|reply|answer)
    to (?:complete|confirm) (?:this )?verification
    (?:verify|confirm) that you are (?:a )?(?:real|human)
    ich bin (?:derzeit |momentan |zurzeit |zur zeit |aktuell |vom .{3,40})?(?:nicht im (?:büro
    hause|haus)|außer haus|abwesend)|dies ist eine automatisch
    je suis (?:actuellement )?absent|actuellement absent
    estoy (?:actualmente )?(?:fuera de la oficina
    ausente)|(?:estou|estarei) (?:fora do escritório|ausente)|sono (?:attualmente )?assente
    ik ben (?:momenteel |op dit moment )?(?:afwezig|niet aanwezig)
    (?:这|這|此)(?:是|为|為)?(?:一?封)?(?:邮件|郵件)?(?:是|为|為)(?:系统|系統)?自[动動](?:回复|回覆
    答复|发送|發送|生成)|(?:您|你)的(?:邮件|来信|來信|郵件|信件)(?:我)?已(?:经)?(?:收到
    收悉)[^。]{0,30}(?:尽快|儘快|会|將|回复|回覆)|このメールは自動
    (?:我|本人)(?:目前|现在|正在|正|现)?(?:休假|外出|出差|不在办公室)[^。]{0,40}(?:(?:会|将|再|后
    後)[^。]{0,6}(?:回复|回覆|联系|处理)|(?:急事|紧急|要事)[^。]{0,15}(?:联系|致电|拨打))
    """
)
#: what automatic replies begin with, and people complain of further down
OPENING: Final = any_of(
    r"""
    auto(?:matic(?:ally)?|mated)?[- ]?(?:generated )?(?:reply|response|antwort|antwoord|svar)
    réponse automatique|respuesta automática|resposta automática|risposta automatica
    自动(?:回复|答复)|自動(?:回覆|回復|返信|応答|送信)|(?:只今|現在)[^。]{0,20}(?:不在|休暇|外出)
    부재\s?중|자동\s?(?:응답|회신)
    """
)
#: who is on holiday may complain from there: absence counts with a word about mail or return
AWAY: Final = any_of(
    r"""
    (?:i am|i'm|i will be|i'll be) (?:currently |presently |now )?(?:on (?:vacation|holiday|leave
    annual leave|maternity leave)|away (?:until|on|from))|ich bin [^.]{0,40}im urlaub
    je suis (?:actuellement )?(?:en congé|en vacances|en déplacement)
    estoy (?:actualmente )?de vacaciones|(?:estou|estarei) de férias|sono (?:attualmente )?in ferie
    ik ben (?:momenteel |op dit moment )?met vakantie|休暇を(?:いただ|頂)
    """
)
RETURN: Final = any_of(
    r"""
    access to (?:my )?(?:e-?mail|mail|messages)|urgent
    (?:reply|respond|answer)[^.]{0,40}(?:return|back)
    (?:return|back)[^.]{0,60}(?:reply|respond|answer|contact)|your (?:e-?mail|message)|my absence
    dringend|vertretung|weitergeleitet|nicht gelesen|nach meiner rückkehr|zurück
    urgence|mon retour|mon absence|mi regreso|urgente|meu retorno|mio ritorno|terugkomst
    返信|連絡|戻
    """
)
#: a local part nobody reads
LOCAL: Final = any_of(
    r"""
    mailer-daemon|mail-daemon|listserv|majordomo|owner-.{1,60}
    .{1,60}-(?:request|bounces?|owner)|bounces?(?:[-+=].{0,80})?|no[-_.]?reply(?:[-_+.].{0,60})?
    do[-_.]?not[-_.]?reply(?:[-_+.].{0,60})?|autoreply|auto-?responder|noreply.{0,30}
    """,
    before=r"^",
    after=r"$",
)
#: fields of vacation programs, as "name: value" lines
FIELDS: Final = any_of(
    r"""
    x-(?:ms-exchange-(?:inbox-rules-loop|generated-message-source: .{0,40}rules)
    rt-loop-prevention|vacation|oof|loop: .{0,40}vacation
    mailer: (?:vacation|vacation/|.{0,20}auto-?responder)|amavis-auto|zen-|desk-auto
    pm-message-type: oof|envelope-auto)
    x-(?:ms-)?(?:message-?class|exchange-messageclass): [^\n]{0,60}(?:oof|rules\.oof)
    x-auto-response-suppress: [^\n]{0,60}oof[^\n]{0,60}autoreply$
    """,
    before=r"^\s?",
    flags=re.MULTILINE,
)
