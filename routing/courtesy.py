"""Whether a reply is a mere thank-you, which never reopens a case. Pure, total."""

import re

_THANKS = re.compile(
    r"(?:(?:ok|okay|many thanks|thanks?(?: you)?(?: very much| so much| a lot)?|thx|cheers|"
    r"got it|received|noted|great|perfect|谢谢(?:您|你|你们|大家)?|感谢|多谢|收到了?|好的?|"
    r"知道了|辛苦了|已解决|解决了|没问题了)[\s,，.。!！;；~～、]*){1,6}",
    re.IGNORECASE,
)


def is_courtesy(text: str, *, name: str = "") -> bool:
    """Tell a mere thank-you, which never reopens a case, from something new.

    The writer's own `name` below or behind the thanks adds nothing.
    """
    if len(text) > 200:
        return False
    for part in {name.strip(), *name.split()}:
        if len(part) > 1:
            text = text.replace(part, " ")
    return _THANKS.fullmatch(text.strip(" \n-—–")) is not None
