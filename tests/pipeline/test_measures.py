"""Measures by mail: stated with the answer, carried out, checked, given back, waived."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage

import pytest

from cases.life import MeasureState
from cases.model import Status
from pipeline.chase import chase
from routing.deadlines import Limit
from routing.process import Capa, CapaRule, Process
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office, letter_text

Reply = Callable[..., bytes]
TESTER, REP, QUALITY = "tester@example.com", "rep@example.com", "quality@example.com"
ANSWER = """处理完成
答复客户：我们给您换一台新的。
原因：密封圈老化
纠正措施：更换密封圈
预防措施：来料加做老化试验
费用：运费30元
"""


@pytest.fixture
def firm(office: Office, make_raw: MakeRaw) -> Office:
    """Return an office that wants measures, or a reason; quality has got its first case."""
    capa = Capa(
        rule=CapaRule.REQUIRED_OR_REASON,
        within=Limit.parse("5 working days"),
        verify_by=(TESTER,),
        waive_by=(REP,),
    )
    rules = office.desk.rules
    policy = replace(
        rules.policy,
        usual=Process(capa=capa, satisfaction=False),
        by_category={},
        by_severity={},
        finance=("money@example.com",),
    )
    office.desk = replace(office.desk, rules=replace(rules, policy=policy))
    office.take(make_raw())
    office.deliver()
    return office


def last(office: Office, to: str) -> EmailMessage:
    """Return the newest letter to somebody."""
    return office.tray.to(to)[-1]


def say(office: Office, reply: Reply, to: str, text: str) -> None:
    """Answer the newest letter to somebody, a minute later, and send what that causes."""
    office.later(minutes=1)
    office.take(reply(last(office, to), text))
    office.deliver()


def states(office: Office) -> list[MeasureState]:
    with office.desk.store.read() as tx:
        return [measure.state for measure in tx.measures(1)]


def test_a_measure_goes_from_the_answer_to_its_check(firm: Office, reply: Reply) -> None:
    """Not effective: back; then effective; the case closes when the complainant is satisfied."""
    say(firm, reply, QUALITY, ANSWER)
    assert states(firm) == [MeasureState.OPEN]
    say(firm, reply, "wang.fang@customer.example", "解决了，谢谢")
    assert firm.case().status is Status.FOLLOW_UP
    say(firm, reply, QUALITY, "已执行：40台全部更换")
    assert "更换密封圈" in letter_text(last(firm, TESTER))
    say(firm, reply, TESTER, "无效：20台中2台仍漏水")
    assert states(firm) == [MeasureState.OPEN]
    assert "20台中2台仍漏水" in letter_text(last(firm, QUALITY))
    say(firm, reply, QUALITY, "已执行")
    say(firm, reply, TESTER, "有效")

    assert states(firm) == [MeasureState.VERIFIED]
    assert firm.case().status is Status.CLOSED
    assert [k for k in firm.kinds() if k.startswith("measure")] == [
        *("measure_stated", "measure_done", "measure_failed"),
        *("measure_done", "measure_checked"),
    ]


def test_a_reason_takes_the_place_of_a_measure(firm: Office, reply: Reply) -> None:
    """Only with the agreement of whoever may give it (K086)."""
    say(firm, reply, QUALITY, "处理完成：我们给您换一台新的。")
    say(firm, reply, "wang.fang@customer.example", "解决了，谢谢")
    assert firm.case().status is Status.FOLLOW_UP
    say(firm, reply, QUALITY, "不采取措施：个别问题，且不严重")
    assert "个别问题" in letter_text(last(firm, REP))
    say(firm, reply, REP, "同意")

    assert states(firm) == [MeasureState.WAIVED]
    assert firm.case().status is Status.CLOSED


def test_the_department_does_not_check_itself(firm: Office, reply: Reply) -> None:
    """Its own "effective" is no check (K017)."""
    say(firm, reply, QUALITY, ANSWER)
    say(firm, reply, QUALITY, "已执行")
    say(firm, reply, QUALITY, "有效")

    assert states(firm) == [MeasureState.CARRIED_OUT]


def test_what_is_restricted_never_leaves(firm: Office, reply: Reply) -> None:
    """Liability is in the register, in no letter to anybody (K040)."""
    say(firm, reply, QUALITY, ANSWER + "责任追究：对操作工口头警告\n")
    say(firm, reply, "wang.fang@customer.example", "没有解决，还在漏水！")
    say(firm, reply, QUALITY, "已执行")
    for days in (1, 8, 30):
        firm.later(days=days)
        chase(firm.desk, now=firm.now)
        firm.deliver()
    with firm.desk.store.read() as tx:
        assert [r.text for r in tx.records(1) if r.restricted] == ["对操作工口头警告"]

    assert firm.case().round == 2
    assert len(firm.tray.sent) > 6
    assert not any("口头警告" in letter_text(mail) for _, mail in firm.tray.sent)
