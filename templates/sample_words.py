"""The words of the sample letters, in both languages; samples.py puts them together."""

from collections.abc import Mapping

Facts = Mapping[str, object]

EN: Facts = {
    "desk": "Complaint Desk",
    "quality": "Quality",
    "service": "Service",
    "delivery": "Delivery",
    "subcategory": "Defect",
    "quality_department": "Quality",
    "service_department": "Service",
    "important": "Important",
    "serious": "Serious",
    "name": "Dana Whitlock",
    "complainant": {"name": "Dana Whitlock", "addr": "dana.whitlock@example.net"},
    "subject": "Kids Thermos leaks, third one!!",
    "text": (
        "Hi,\n\nthis is the third Kids Thermos that leaks from the lid. My daughter's school bag "
        "was soaked again this morning, books and all.\n\nI bought it on 3 November. I want my "
        "money back, not another bottle."
    ),
    "more": "I found the receipt, see attached. Is anybody looking at this?",
    "returned_by": ("Quality",),
    "not_ours": "Not ours. The parcel stood in the rain at the depot.",
    "reply": "We are checking the lids of that batch, more tomorrow.",
    "outcome": (
        "We have tested the lid you sent us. The sealing ring was cut in the wrong size.\n\n"
        "Your money will be paid back within five working days, and we have stopped selling the "
        "bottles of this batch."
    ),
    "question": (
        "Was the lid closed by hand or in the dishwasher rack when it first leaked? And could you "
        "press the sealing ring with a finger and tell us whether it sits firmly?"
    ),
    "interim": (
        "Please don't use the bottle for hot drinks for now, and carry it upright.\n\n"
        "If you need one at once: any shop of ours lends you another model; show this mail there."
    ),
    "plan": (
        "We send you a new lid of another batch and collect the old one at your door, so that our "
        "laboratory can test it. Both are free of charge for you.\n\n"
        "If the new lid leaks too, you get your money back."
    ),
    "measures": (
        "The bottles of this batch were taken off the shelves on 25 November. "
        "The refund was arranged on the same day."
    ),
    "prevention": (
        "Each delivery of sealing rings is now measured when it arrives, "
        "and one lid in fifty is tested under pressure before it is sold."
    ),
    "refused": (
        "We have tested the lid you sent us for two days, hot and cold, upright and lying down. "
        "It did not leak. The scratches on the thread show that it was screwed on at an angle, "
        "and then water gets out at the side.\n\n"
        "That is why we can't refund the bottle. We have put a new ring into your parcel all "
        "the same."
    ),
    "referrer": {"name": "Consumer Advice Centre", "number": "CAC-2026-4471", "itself": False},
    "passed_on": {"name": "Consumer Advice Centre", "number": "CAC-2026-4471", "itself": True},
    "known_facts": (
        {"name": "product", "value": "Kids Thermos"},
        {"name": "batch", "value": "B2026-0877"},
    ),
    "all_facts": (
        {"name": "product", "value": "Kids Thermos", "known": True},
        {"name": "batch", "value": "B2026-0877", "known": True},
        {"name": "date", "value": "3 November", "known": False},
    ),
    "doubted_facts": (
        {"name": "batch", "value": "B2026-0877", "known": True, "doubt": ""},
        {"name": "serial", "value": "7731920045", "known": False, "doubt": "check_digit"},
    ),
    "reasons": (
        "Rule “Faults of products go to Quality”: category quality, product Kids Thermos",
        "Severity important: the word “money back”",
    ),
    "serious_subject": "Air Fryer caught FIRE",
    "serious_text": (
        "Your Air Fryer AF5 started smoking and then there were flames. My son burnt his hand "
        "when he pulled the plug.\n\nI still have the thing. Who do I talk to?"
    ),
    "serious_facts": (
        {"name": "product", "value": "Air Fryer AF5", "known": True},
        {"name": "phone", "value": "555-0142", "known": False},
    ),
    "serious_reasons": ("Severity serious: the words “flames”, “burnt his hand”",),
}

ZH: Facts = {
    "desk": "投诉受理中心",
    "quality": "质量",
    "service": "服务",
    "delivery": "物流",
    "subcategory": "变质",
    "quality_department": "质量部",
    "service_department": "客服部",
    "important": "重要",
    "serious": "重大",
    "name": "周雨桐",
    "complainant": {"name": "周雨桐", "addr": "zhou.yutong@example.net"},
    "subject": "鲜牛奶是酸的，孩子喝了一口就吐了",
    "text": (
        "你好，昨天在小区门口的店里买了两盒鲜牛奶1L，批号20240611A，今天早上打开就是酸的，"
        "孩子喝了一口就吐了！\n\n保质期明明还有五天，冰箱里放着的。我要求退款，并且给个说法。"
    ),
    "more": "小票找到了，见附件。这件事到底有没有人在处理？",
    "returned_by": ("质量部",),
    "not_ours": "不是我们。箱子是在网点淋的雨。",
    "reply": "我们正在查这个批次的留样，明天给结果。",
    "outcome": (
        "我们检测了同批次的留样，并查看了运输记录：这批牛奶在运往门店的途中，冷藏车温度有"
        "两个小时超标。\n\n货款将在五个工作日内退还给您，该批次产品已从门店下架。"
    ),
    "question": (
        "这两盒牛奶买回家以后，大约过了多久放进冰箱？冰箱冷藏室的温度大概是几度？"
        "包装盒如果还在，有没有鼓起来？"
    ),
    "interim": (
        "剩下的牛奶请先不要喝，连盒子一起放在冰箱里，我们派人来取样。\n\n"
        "孩子如果还有不舒服，请先带他去医院看，病历和收据请留好。"
    ),
    "plan": (
        "我们派人上门取走剩下的那盒牛奶，送实验室检测，三个工作日内把检测报告发给您。"
        "取样时，当场退还两盒牛奶的货款。\n\n如果检测不合格，再和您商量后面的事。"
    ),
    "measures": "11月25日，这批牛奶已全部从门店下架；当天已办理退款。",
    "prevention": "每辆冷藏车都装上了温度报警器，超温十分钟以上的货，门店一律不收。",
    "refused": (
        "我们检测了同批次的留样，也查看了运输途中的温度记录，没有发现异常。"
        "您寄来的那盒，封口处有针孔大小的破损，空气进去以后，牛奶会很快变酸。"
        "从破损的形状看，是打开外箱时被刀片划到的。\n\n"
        "因此，这次我们不能按变质产品退款。另外给您寄去了两盒新的牛奶，请您收下。"
    ),
    "referrer": {"name": "12345热线", "number": "20261124-0837", "itself": False},
    "passed_on": {"name": "12345热线", "number": "20261124-0837", "itself": True},
    "known_facts": (
        {"name": "product", "value": "鲜牛奶"},
        {"name": "batch", "value": "20240611A"},
    ),
    "all_facts": (
        {"name": "product", "value": "鲜牛奶", "known": True},
        {"name": "batch", "value": "20240611A", "known": True},
        {"name": "date", "value": "昨天", "known": False},
    ),
    "doubted_facts": (
        {"name": "batch", "value": "20240611A", "known": True, "doubt": ""},
        {"name": "serial", "value": "7731920045", "known": False, "doubt": "check_digit"},
    ),
    "reasons": (
        "规则“产品问题转质量部”：类别为质量，产品为鲜牛奶",
        "严重程度为重要：出现“退款”一词",
    ),
    "serious_subject": "空气炸锅起火",
    "serious_text": (
        "你们的空气炸锅 AF5 用着用着冒烟，然后起火了，我儿子去拔插头，手被烫伤！\n\n"
        "锅我还留着。到底找谁负责？"
    ),
    "serious_facts": (
        {"name": "product", "value": "空气炸锅 AF5", "known": True},
        {"name": "phone", "value": "138-0000-0142", "known": False},
    ),
    "serious_reasons": ("严重程度为重大：出现“起火”“烫伤”等词",),
}
