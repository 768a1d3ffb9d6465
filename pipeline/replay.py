"""What a change of the rules would have done: the desk's own steps over mails it has handled.

    read    each stored mail anew, by the live model and the words of both sets of rules
    judge   as it was judged then: the same function, the same moment, the complainant's other
            cases as they were, once by the rules that are live and once by the new ones
    compare the two; and the first with what really happened

Nothing is sent, and nothing is written: not a line of the database. Whether a mail opened a case
or belonged to one is taken as it was; so is what people did with the case afterwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cases.judgement import Judgement
from cases.model import Case, Lead, Status
from cases.replay_rows import HandledCase, HandledMail
from pipeline.desk import Desk
from pipeline.replay_read import Pair, ReadCase, ReadMail, read_again
from pipeline.rules_file import RuleSet
from pipeline.understood import Understood, on_its_own
from routing.decide import decide
from routing.follows import request_again
from routing.match import Match
from routing.policy import Policy
from routing.process import Process
from routing.situation import Situation
from routing.trust import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What one set of rules makes of a case; what was not kept of back then is None."""

    judgement: Judgement
    asks: tuple[str, ...] | None = None  #: what the complainant is asked for
    process: Process | None = None
    letters: str | None = None  #: variant of the letters
    reasons: tuple[str, ...] = ()
    seen: tuple[Situation, ...] = ()  #: the mails that made it so, each in its situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One case of the period, or what was in the way."""

    case: Case
    at: datetime  #: when the first of its mails came that were looked at
    mails: int  #: that were looked at
    opened: bool  #: whether the mail that opened it is among them
    corrected: bool  #: somebody said since what it is about; here it is as it was first judged
    happened: Made | None = None  #: None: from before that was kept
    live: Made | None = None  #: None: its first mail can't be judged today, see `why_none`
    new: Made | None = None
    why_none: str = ""
    in_part: int = 0  #: mails that could be read only in part then, and are taken so
    unread: tuple[str, ...] = ()  #: why, for each mail that can't be read today
    other_model: bool = False  #: another model read its first mail then


def replay(
    desk: Desk,
    new: RuleSet,
    *,
    since: datetime,
    until: datetime,
    pairs: Sequence[Pair],
) -> Iterator[Replayed]:
    """Yield every case that mails of this time opened or joined, by the live rules and the new.

    Raises ReaderUnavailable if mails can't be read at all.
    """
    hindsight = _Hindsight(live=desk.rules.policy, new=new.policy, trust=desk.settings.trust)
    for read in read_again(desk, since=since, until=until, pairs=pairs):
        yield hindsight.replayed(read)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hindsight:
    """Judges cases by two sets of rules. Pure."""

    live: Policy
    new: Policy
    trust: Trust

    def replayed(self, read: ReadCase) -> Replayed:
        """Return what both sets of rules make of a case."""
        of, first = read.case, read.mails[0]
        found = Replayed(
            case=of.case,
            at=first.mail.received_at,
            mails=len(read.mails),
            opened=first.mail.opened,
            corrected=of.corrected,
            in_part=sum(bool(one.mail.in_part) for one in read.mails),
            unread=tuple(one.why for one in read.mails if one.why),
        )
        found = self._opened(found, of, first) if found.opened else self._stood(found, of, read)
        for later in read.mails:
            if not later.mail.opened and found.live and found.new:
                found = self._wrote_again(found, later)
        return found

    def _opened(self, found: Replayed, of: HandledCase, read: ReadMail) -> Replayed:
        happened = Made(judgement=of.judged) if of.judged else None
        if read.live is None or read.new is None:
            return replace(found, happened=happened, why_none=read.why)
        live = self._situation(read.live, read.mail, self.live)
        new = self._situation(read.new, read.mail, self.new)
        model = live.classification.model if live.classification else ""
        by_live, why_none = _first(replace(live, earlier=of.earlier))
        by_new = by_live
        if self.new is not self.live:
            by_new, _ = _first(replace(new, earlier=of.earlier))
        return replace(
            found,
            happened=happened,
            live=by_live,
            new=by_new,
            why_none=why_none,
            other_model=model != of.case.model_version,
        )

    def _stood(self, found: Replayed, of: HandledCase, read: ReadCase) -> Replayed:
        """Begin with a case as it stood before the first of its mails that are looked at."""
        judged = of.judged or _as_it_is(of.case)
        if not any(one.mail.raised for one in read.mails):
            # A mail before these may have raised it.
            judged = replace(judged, severity=of.case.severity)
        return replace(
            found,
            happened=Made(judgement=judged),
            live=_with_process(Made(judgement=judged), self.live),
            new=_with_process(Made(judgement=judged), self.new),
        )

    def _wrote_again(self, found: Replayed, read: ReadMail) -> Replayed:
        if read.live is None or read.new is None or found.live is None or found.new is None:
            return found
        live = self._situation(read.live, read.mail, self.live)
        new = self._situation(read.new, read.mail, self.new)
        happened = found.happened
        if happened:
            again = _later(happened, found.case, live, reopened=read.mail.reopened)
            raises = again.judgement.severity != happened.judgement.severity
            if raises == read.mail.raised:
                happened = replace(happened, judgement=again.judgement)
            elif read.mail.raised:  # by other rules than today's
                severity = found.case.severity
                happened = replace(
                    happened, judgement=replace(happened.judgement, severity=severity)
                )
        return replace(
            found,
            happened=happened,
            live=_later(found.live, found.case, live, reopened=read.mail.reopened),
            new=_later(found.new, found.case, new, reopened=read.mail.reopened),
        )

    def _situation(self, read: Understood, mail: HandledMail, policy: Policy) -> Situation:
        return on_its_own(
            read,
            policy=policy,
            trust=self.trust,
            inbox_id=mail.inbox_id,
            mailbox=mail.mailbox,
            received_at=mail.received_at,
            now=mail.received_at,
        )


def _first(s: Situation) -> tuple[Made | None, str]:
    """Return what is made of a mail that opened a case; None if nobody would read it, and why."""
    decision = decide(s)
    found = decision.assessment
    if found is None:
        return None, decision.ignored or s.screening.reason
    made = Made(
        judgement=Judgement.of(found, decision.due_at),
        asks=found.missing,
        reasons=found.reasons,
        seen=(s,),
    )
    return _with_process(made, s.policy), ""


def _later(made: Made, case: Case, s: Situation, *, reopened: bool) -> Made:
    """Return what a later mail of the complainant adds: it may raise the severity."""
    was = made.judgement
    if s.classification is None:
        return made  # it is taken for a machine's mail today, which raises nothing
    lead = Lead(case=_standing(case, was), via="thread")
    s = replace(s, match=Match(lead=lead, role="complainant"))
    request = request_again(s, lead, open_case=not reopened)
    found = request.assessment
    judgement = replace(
        was,
        matter=found.matter,
        severity=found.severity,
        rules=found.rules,
        tags=found.tags,
        alert=found.alert or was.alert,
        due_at=request.due_at,
    )
    made = replace(
        made,
        judgement=judgement,
        reasons=(*made.reasons, *found.reasons),
        seen=(*made.seen, s),
    )
    return _with_process(made, s.policy) if made.process else made


def _with_process(made: Made, policy: Policy) -> Made:
    found = made.judgement
    return replace(
        made,
        process=policy.process(found.category, found.severity, found.rules),
        letters=policy.variant(found.rules),
    )


def _standing(case: Case, judged: Judgement) -> Case:
    """Return a case as it stood when only this was made of it."""
    asked = judged.unsure and not judged.departments
    return replace(
        case,
        status=Status.ROUTED if judged.departments or asked else Status.ACKNOWLEDGED,
        matter=judged.matter,
        category=judged.category,
        subcategory=judged.subcategory,
        severity=judged.severity,
        unsure=judged.unsure,
        departments=judged.departments,
        rules=judged.rules,
        tags=judged.tags,
        due_at=judged.due_at,
        guess_at=case.received_at if asked else None,
    )


def _as_it_is(case: Case) -> Judgement:
    """Return what is held of a case from before first judgements were kept."""
    return Judgement(
        matter=case.matter,
        category=case.category,
        subcategory=case.subcategory,
        severity=case.severity,
        unsure=case.unsure,
        departments=case.departments,
        cc=(),
        alert=(),
        rules=case.rules,
        tags=case.tags,
        due_at=case.due_at,
    )
