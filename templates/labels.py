"""How the facts of a mail are called in a letter, in both languages (seeds-digest 5.4)."""

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
}

#: What people ask for (K063); classify names the kinds.
_DEMANDS = {
    "refund": {"en": "a refund", "zh": "退款"},
    "exchange": {"en": "an exchange", "zh": "换货"},
    "return": {"en": "to return it", "zh": "退货"},
    "repair": {"en": "a repair", "zh": "维修"},
    "apology": {"en": "an apology", "zh": "道歉"},
    "compensation": {"en": "compensation", "zh": "赔偿"},
    "visit": {"en": "a visit", "zh": "上门处理"},
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


def warning(name: str, language: str) -> str:
    """Return the words of a warning about an attachment."""
    return _WARNINGS.get(name, {}).get(language, name)
