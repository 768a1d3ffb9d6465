"""How facts and the parts of an answer are called in a letter, in both languages (digest 5.4)."""

_LABELS = {
    "product": {"en": "Product", "zh": "产品"},
    "model": {"en": "Model", "zh": "型号"},
    "batch": {"en": "Batch", "zh": "批号"},
    "serial": {"en": "Serial number", "zh": "序列号"},
    "order": {"en": "Order", "zh": "订单号"},
    "tracking": {"en": "Tracking number", "zh": "快递单号"},
    "phone": {"en": "Phone", "zh": "电话"},
    "date": {"en": "Date", "zh": "日期"},
    "quantity": {"en": "Quantity", "zh": "数量"},
    "customer": {"en": "Customer", "zh": "客户姓名"},
    "demand": {"en": "Request", "zh": "诉求"},
    "organisation": {"en": "Organisation", "zh": "单位"},
    "address": {"en": "Address", "zh": "地址"},
    "email": {"en": "E-mail", "zh": "邮箱"},
    "customer_number": {"en": "Customer number", "zh": "客户号"},
    "place": {"en": "Bought at", "zh": "购买地点"},
    "purchased": {"en": "Bought on", "zh": "购买日期"},
    "incident": {"en": "Happened on", "zh": "发生日期"},
    "photo": {"en": "Photo", "zh": "照片"},
}

#: How we ask for a fact that a case needs, and where it is found (K038).
_WANTED = {
    "product": {"en": "the name of the product", "zh": "产品名称"},
    "model": {"en": "the model (on the rating plate or the package)", "zh": "型号（见铭牌或包装）"},
    "batch": {
        "en": "the batch number (printed on the package, often at the bottom)",
        "zh": "批号（印在包装上，多在底部）",
    },
    "serial": {
        "en": "the serial number (on the rating plate, S/N)",
        "zh": "序列号（见铭牌，标有 S/N）",
    },
    "order": {"en": "the order number", "zh": "订单号"},
    "tracking": {"en": "the tracking number of the parcel", "zh": "快递单号"},
    "phone": {"en": "a phone number at which we can reach you", "zh": "方便联系您的电话"},
    "date": {"en": "the date", "zh": "日期"},
    "quantity": {"en": "how many are affected", "zh": "涉及的数量"},
    "customer": {"en": "your name", "zh": "您的姓名"},
    "organisation": {"en": "the name of your organisation", "zh": "单位名称"},
    "address": {"en": "the address of the delivery", "zh": "收货地址"},
    "email": {"en": "your e-mail address", "zh": "您的邮箱"},
    "customer_number": {"en": "your customer number", "zh": "您的客户号"},
    "place": {"en": "where you bought it", "zh": "购买地点"},
    "purchased": {"en": "the date of purchase", "zh": "购买日期"},
    "incident": {"en": "the date when it happened", "zh": "发生日期"},
    "demand": {"en": "what you would like us to do", "zh": "您希望我们怎样处理"},
    "photo": {"en": "a photo", "zh": "照片"},
}

#: What contradicts a fact, for whoever has to work with it.
_DOUBTS = {
    "check_digit": {
        "en": "its check digit is wrong, perhaps a slip",
        "zh": "校验位不符，可能写错",
    },
    "not_this_product": {
        "en": "not in the format of this product",
        "zh": "不是这个产品的编号格式",
    },
    "unknown_model": {
        "en": "this product does not come in this model",
        "zh": "该产品没有这个型号",
    },
}

#: What people ask for (K063); classify names the kinds.
_DEMANDS = {
    "refund": {"en": "a refund", "zh": "退款"},
    "exchange": {"en": "an exchange", "zh": "换货"},
    "resend": {"en": "to send it again", "zh": "补发"},
    "repair": {"en": "a repair", "zh": "维修"},
    "apology": {"en": "an apology", "zh": "道歉"},
    "compensation": {"en": "compensation", "zh": "赔偿"},
    "visit": {"en": "a visit", "zh": "上门处理"},
}

#: The labelled parts of a department's answer, as a person would write the label of each.
_PARTS = {
    "to_complainant": {"en": "To the customer", "zh": "答复客户"},
    "cause": {"en": "Cause", "zh": "原因"},
    "cause_class": {"en": "Cause class", "zh": "原因类别"},
    "responsible": {"en": "Responsible", "zh": "责任方"},
    "corrective": {"en": "Corrective action", "zh": "纠正措施"},
    "preventive": {"en": "Preventive action", "zh": "预防措施"},
    "owner": {"en": "Owner", "zh": "负责人"},
    "due": {"en": "Due", "zh": "完成日期"},
    "cost": {"en": "Cost", "zh": "费用"},
    "cost_bearer": {"en": "Cost borne by", "zh": "费用承担"},
    "compensation": {"en": "Compensation", "zh": "赔偿补偿"},
    "verified": {"en": "Verified", "zh": "核实结果"},
    "test": {"en": "Test result", "zh": "检验结果"},
    "related": {"en": "Related batches", "zh": "关联批号"},
    "returned_goods": {"en": "Returned goods", "zh": "退货"},
    "samples": {"en": "Samples", "zh": "样品"},
    "visit": {"en": "Visit", "zh": "走访"},
    "meeting": {"en": "Meeting", "zh": "会议"},
    "recall": {"en": "Recall", "zh": "召回"},
    "authority": {"en": "Authority", "zh": "上报"},
    "document": {"en": "Document", "zh": "固化文件"},
    "lesson": {"en": "Lesson", "zh": "经验"},
    "reward": {"en": "Reward", "zh": "表扬奖励"},
    "contact": {"en": "Contact record", "zh": "联系记录"},
    "liability": {"en": "Liability", "zh": "责任追究"},
    "note": {"en": "Internal note", "zh": "内部备注"},
}

#: Why an attachment must not be opened without thought.
_WARNINGS = {
    "program": {"en": "a program, do not open it", "zh": "可执行程序，请勿打开"},
    "macros": {"en": "contains macros, do not enable them", "zh": "带宏，请勿启用"},
    "encrypted": {"en": "protected by a password", "zh": "已加密"},
    "too_big": {"en": "very large", "zh": "文件过大"},
}


def label(name: str, language: str) -> str:
    """Return the label of a fact; its own name where there is none."""
    return _LABELS.get(name, {}).get(language, name)


def value(name: str, written: str, language: str) -> str:
    """Return the value of a fact as a reader of `language` knows it."""
    if name == "demand":
        return _DEMANDS.get(written, {}).get(language, written)
    return written


def part_label(key: str, language: str) -> str:
    """Return the label of a part of an answer; its own key where there is none."""
    return _PARTS.get(key, {}).get(language, key)


def wanted(names: str, language: str) -> str:
    """Return how we ask for a fact; of `batch|serial` any one will do."""
    asked = [_WANTED.get(name, {}).get(language, name) for name in names.split("|")]
    return ("，或" if language == "zh" else ", or ").join(asked)


def doubt(key: str, language: str) -> str:
    """Return what contradicts a fact, in words."""
    return _DOUBTS.get(key, {}).get(language, key)


def warning(name: str, language: str) -> str:
    """Return the words of a warning about an attachment."""
    return _WARNINGS.get(name, {}).get(language, name)
