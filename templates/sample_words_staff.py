"""The words of the sample letters to departments, parties outside and managers."""

from templates.sample_words import Facts

EN_STAFF: Facts = {
    "person": "Li Wei",
    "accused": "Wang Fang",
    "carrier": "Swift Parcel",
    "report": (
        {"label": "cause", "text": "The sealing ring was cut 0.4 mm too small."},
        {"label": "responsible", "text": "Supplier"},
        {"label": "cost", "text": "EUR 24.90"},
    ),
    "related": (
        {"reference": "C-2026-000101", "text": "Lid leaks, batch B2026-0877", "status": "closed"},
        {"reference": "C-2026-000117", "text": "Wet school bag!", "status": "routed"},
    ),
    "objection": "A new lid won't help, I have had three of them. I want my money back.",
    "opinion": "Fine with me, but please come after 5 p.m.",
    "reason": "The answer does not say what we do with the bottles that are still in the shops.",
    "party_question": "When was parcel 7731920045 handed over, and was it dry at that time?",
    "party_reply": "Handed over on 20 November at 11:02, dry and undamaged, see the scan below.",
    "corrective": "Take the batch off the shelves and exchange the rings.",
    "preventive": "Measure each delivery of rings when it arrives.",
    "no_measure": "isolated and not serious",
    "check_found": "Two of fifty lids still leaked under pressure.",
    "money": "Compensation: EUR 24.90, to be borne by the supplier",
    "why_late": ("answer: due Thu 26 Nov 2026, 17:30, nobody has answered",),
    "interim_word": "interim",
    "hold_word": "hold",
    "closed": "the customer has withdrawn the complaint",
    "held_reason": "The supplier closes until 30 November.",
}

ZH_STAFF: Facts = {
    "person": "李伟",
    "accused": "王芳",
    "carrier": "迅达快递",
    "report": (
        {"label": "cause", "text": "运输途中冷藏车温度两个小时超标。"},
        {"label": "responsible", "text": "承运商"},
        {"label": "cost", "text": "25.80 元"},
    ),
    "related": (
        {"reference": "C-2026-000101", "text": "牛奶有酸味，批号20240611A", "status": "closed"},
        {"reference": "C-2026-000117", "text": "刚买的鲜奶结块了", "status": "routed"},
    ),
    "objection": "光退货款不行，孩子看病的钱谁出？我不同意。",
    "opinion": "可以，不过请下午五点以后再来。",
    "reason": "没有写明门店里剩下的同批次牛奶怎么处理。",
    "party_question": "运单7731920045的货是什么时候装车的？途中车厢温度是多少？",
    "party_reply": "11月20日11:02装车，装车时4度；12:10至14:15制冷机停机，记录见下。",
    "corrective": "同批次牛奶全部下架，更换制冷机。",
    "preventive": "每辆冷藏车加装温度报警器，超温的货门店拒收。",
    "no_measure": "个别问题，且不严重",
    "check_found": "抽查五十车，仍有两车超温。",
    "money": "赔偿补偿：25.80 元，由承运商承担",
    "why_late": ("答复期限为2026年11月26日17:30，至今无人答复",),
    "interim_word": "临时措施",
    "hold_word": "挂起",
    "closed": "客户已撤回投诉",
    "held_reason": "承运商11月30日之前停业。",
}


def staff_words(words: Facts) -> Facts:
    """Return the words of a language with those that only the house sees."""
    return {**words, **(ZH_STAFF if words["desk"] == "投诉受理中心" else EN_STAFF)}
