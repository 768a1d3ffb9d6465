"""Is it a complaint at all (K054)? When in doubt it is."""

from collections.abc import Mapping

from cases.model import Matter
from classify.script import phrases_of

SURE = 0.8  #: how sure the model must be that somebody does not complain
_UPSET = 0.8  #: a probability above this that goods, service or delivery failed

#: words of somebody who has something to complain about, whatever else is said
_GRIEVANCE = phrases_of(
    """
    complain, refund, broken, never arrived, not received, unacceptable, disappoint,
    still waiting, terrible, worst, awful, damaged, faulty, wrong item, missing, rude,
    compensation, lawyer, injur, 投诉, 退款, 坏了, 没收到, 态度差, 失望, 垃圾, 差评, 赔偿,
    破损, 发错, 少发, 质量问题, 曝光, 律师, 12315, 骗, 尽快处理, 处理一下, 给个说法, 尽快解决
    """
)


def read_matter(text: str, scores: Mapping[Matter, float], *, fault: float) -> Matter:
    """Return what the mail is.

    `scores` are the model's probabilities and `fault` the highest probability that quality,
    service or delivery is complained about. Anything but a complaint needs the model to be sure
    and the folded `text` to hold no word of grievance. Total.
    """
    best = max(scores, key=lambda matter: scores[matter], default=Matter.COMPLAINT)
    if best is Matter.COMPLAINT or scores[best] < SURE or fault > _UPSET:
        return Matter.COMPLAINT
    if any(word in text for word in _GRIEVANCE):
        return Matter.COMPLAINT
    return best
