"""The words in which the trail of a mail is told, in both languages."""

#: In front of every line; in Chinese each takes four signs or fewer.
LABELS = {
    "mail": {"en": "mail", "zh": "邮件"},
    "came": {"en": "came", "zh": "到达"},
    "stored": {"en": "stored", "zh": "入库"},
    "from": {"en": "from", "zh": "发件人"},
    "subject": {"en": "subject", "zh": "主题"},
    "message_id": {"en": "Message-ID", "zh": "邮件编号"},
    "read_as": {"en": "read as", "zh": "识别为"},
    "became": {"en": "became", "zh": "结果"},
    "because": {"en": "because", "zh": "原因"},
    "decided": {"en": "decided", "zh": "处理经过"},
    "letters": {"en": "letters", "zh": "相关信函"},
    "lies_in": {"en": "lies in", "zh": "所在位置"},
}

#: What became of a mail, by the state of the ledger.
STATES = {
    "new": {
        "en": "waits to be handled (attempts so far: {attempts}, next one {next})",
        "zh": "等待处理（已尝试 {attempts} 次，下一次：{next}）",
    },
    "working": {
        "en": "is being handled now (attempt {attempts})",
        "zh": "正在处理（第 {attempts} 次尝试）",
    },
    "done": {
        "en": "belongs to case {case} (attempts: {attempts})",
        "zh": "归入案件 {case}（尝试 {attempts} 次）",
    },
    "duplicate": {
        "en": "is a copy of mail {duplicate_of}, see there",
        "zh": "与邮件 {duplicate_of} 相同，见该邮件",
    },
    "ignored": {"en": "no case is due", "zh": "无需立案"},
    "quarantined": {
        "en": "was set aside after {attempts} attempts: a person must look at it "
        "(`quarantine show {id}`)",
        "zh": "尝试 {attempts} 次后搁置，须人工查看（`quarantine show {id}`）",
    },
}

KINDS = {
    "person": {"en": "a person's mail", "zh": "个人来信"},
    "auto_reply": {"en": "an automatic reply", "zh": "自动回复"},
    "bounce": {"en": "a returned letter (bounce)", "zh": "退信"},
    "bulk": {"en": "bulk mail", "zh": "群发邮件"},
    "loop": {"en": "a mail of our own that came back", "zh": "本系统发出又返回的邮件"},
}

PROOFS = {
    "opened": {"en": "it opened the case", "zh": "由此邮件立案"},
    "token": {
        "en": "proof: the reply address of our letter to {of}",
        "zh": "依据：写给“{of}”的信函中的回复地址",
    },
    "thread": {
        "en": "proof: it answers our signed letter “{of}”",
        "zh": "依据：回复了本系统签名的信函“{of}”",
    },
    "tag": {
        "en": "known by: the case number in the subject, and a sender who takes part in it",
        "zh": "依据：主题中的案件编号，且发件人是案件当事人",
    },
    "same_words": {
        "en": "known by: the same words by the same sender within the hour before",
        "zh": "依据：同一发件人在前一小时内发过相同内容",
    },
    "unknown": {
        "en": "its proof can't be seen any more (expired, taken back or erased)",
        "zh": "依据已无法查看（已过期、收回或删除）",
    },
}

LETTER_STATES = {
    "ready": {"en": "waits, next try {next}", "zh": "等待发送，下一次：{next}"},
    "leased": {"en": "is being sent now", "zh": "正在发送"},
    "dot": {"en": "is leaving now", "zh": "正在送出"},
    "sent": {"en": "sent {sent}", "zh": "已于 {sent} 送出"},
    "failed": {"en": "could not be delivered", "zh": "无法送达"},
    "held": {
        "en": "may have arrived, waits for a person (`letters list`)",
        "zh": "可能已送达，等待人工确认（`letters list`）",
    },
    "cancelled": {"en": "was stopped before it left", "zh": "发送前已取消"},
}

SENTENCES = {
    "stored": {"en": "{at}, {size} bytes, UID {uid}", "zh": "{at}，{size} 字节，UID {uid}"},
    "in_mailbox": {"en": "in mailbox {mailbox}", "zh": "邮箱 {mailbox}"},
    "carefully": {"en": ", read by lines only", "zh": "，仅逐行读取"},
    "gone": {"en": "its words are erased or can't be decrypted", "zh": "内容已删除或无法解密"},
    "tries": {"en": "tries: {tries}", "zh": "尝试 {tries} 次"},
    "twice": {"en": "may have left {times} times more", "zh": "可能多送出 {times} 次"},
    "no_folder": {"en": "no folder: it did not come from a mailbox", "zh": "不在邮箱中"},
    "in_folder": {"en": "folder {folder}", "zh": "文件夹 {folder}"},
    "to_move": {
        "en": "the inbox; it is still to be moved to {folder}",
        "zh": "收件箱，待移至 {folder}",
    },
    "no_subject": {"en": "(none)", "zh": "（无）"},
}
