"""The words of the page that a person gets about what is kept of them, in both languages."""

#: Events that are about the person; every other event is about how we work, and is left out.
TOLD = {
    "registered": {"en": "your complaint was registered", "zh": "您的投诉已登记"},
    "acknowledged": {"en": "its receipt was confirmed to you", "zh": "已向您确认收到"},
    "routed": {"en": "it was passed on to the departments", "zh": "已转交相关部门"},
    "complainant_wrote": {"en": "you wrote again", "zh": "您再次来信"},
    "info_requested": {"en": "you were asked for more", "zh": "请您补充信息"},
    "interim": {"en": "you were told what to do until then", "zh": "已告知您临时措施"},
    "plan_offered": {"en": "a solution was proposed to you", "zh": "已向您提出解决方案"},
    "agreed": {"en": "you agreed to it", "zh": "您同意该方案"},
    "disagreed": {"en": "you did not agree to it", "zh": "您不同意该方案"},
    "outcome_queued": {"en": "the outcome was decided", "zh": "处理结果已确定"},
    "satisfied": {"en": "you said that it is settled", "zh": "您表示已解决"},
    "mark": {"en": "you gave a mark", "zh": "您给出了评分"},
    "reopened": {
        "en": "it was opened again, as you were not satisfied",
        "zh": "因您不满意，重新处理",
    },
    "status_asked": {"en": "you asked how it stands", "zh": "您询问了进展"},
    "called_back": {"en": "somebody called you", "zh": "已致电您"},
    "escalated": {"en": "management was told", "zh": "已上报管理层"},
    "silence": {"en": "we heard nothing from you in time", "zh": "期限内未收到您的回复"},
    "closed": {"en": "it was closed", "zh": "已结案"},
    "withdrawn": {"en": "it was closed", "zh": "已结案"},
    "archived": {"en": "it went to the archive", "zh": "已归档"},
}

PAGE = {
    "title": {"en": "What we keep about {person}", "zh": "我们保存的关于 {person} 的信息"},
    "made": {"en": "Made on {at}.", "zh": "制作于 {at}。"},
    "scope": {
        "en": "Here are your complaints, your mails to us, and our letters to you. What "
        "departments wrote to each other, who works here, and what is about others is left out.",
        "zh": "此处包含您的投诉、您的来信和我们给您的信函；不含部门间往来、员工姓名及他人信息。",
    },
    "why": {
        "en": "We keep it to handle your complaints. It came from your mails, or from whoever "
        "passed them on to us. Departments that got it: {departments}.",
        "zh": "保存目的为处理您的投诉；来源为您的来信或转交人。接收部门：{departments}。",
    },
    "keep": {"en": "It is kept for: {periods}.", "zh": "保存期限：{periods}。"},
    "no_keep": {"en": "No end of keeping it is set.", "zh": "未设定保存期限。"},
    "days": {"en": "{kind} {days} days after closing", "zh": "{kind} 结案后 {days} 天"},
    "none": {"en": "We keep nothing under this address.", "zh": "该地址下没有保存任何信息。"},
    "nobody": {"en": "none", "zh": "无"},
    "received_at": {"en": "received", "zh": "收到"},
    "status": {"en": "stands", "zh": "状态"},
    "category": {"en": "taken for", "zh": "类别"},
    "severity": {"en": "severity", "zh": "严重程度"},
    "due_at": {"en": "answer promised by", "zh": "承诺答复日期"},
    "closed_at": {"en": "closed", "zh": "结案"},
    "name": {"en": "name", "zh": "姓名"},
    "mark": {"en": "your mark", "zh": "您的评分"},
    "facts": {"en": "understood from your mails", "zh": "从来信中识别"},
    "text": {"en": "your words", "zh": "您的原话"},
    "history": {"en": "what happened", "zh": "经过"},
    "mails": {"en": "your mails", "zh": "您的来信"},
    "letters": {"en": "our letters to you", "zh": "我们给您的信函"},
    "other": {"en": "Other mails and letters", "zh": "其他来信和信函"},
    "gone": {"en": "no longer kept", "zh": "已不再保存"},
    "passed_on": {"en": "passed on to us by somebody else", "zh": "由他人转交"},
}
