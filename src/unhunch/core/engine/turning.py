"""When a day ends, and when what was told changes the programme: decisions that no notice waits for (MODEL 1 and 5)."""

from unhunch.core.bodies import Day, Lapsed, Resume, Sit
from unhunch.core.engine import prompting
from unhunch.core.engine.work import Work
from unhunch.core.facts import Kind
from unhunch.core.programme import rules
from unhunch.core.prompts import due
from unhunch.core.state import calendar
from unhunch.core.vocabulary import By, Lapse, Rose


def turn_day(work: Work) -> bool:
    """End the day when it is over (calendar.py): what is owed lapses, and the programme looks back. True if it was."""
    date = calendar.turns(work.st, work.at, work.t, work.s)
    if Kind.SESSION in work.now.open:
        return False
    if date is None:
        if work.st.kept != work.st.today.date:  # another desk turned it, or wrote late of days before
            work.checkpoint()
        return False
    prompting.withdraw(work, "day")
    if work.st.owed:
        # Who left before ten minutes were over did not ignore it: lapsed while away is not missed.
        owed = work.st.owed
        missed = owed.highest >= 2 and owed.ignored >= owed.highest and not work.st.pause
        work.record(Lapsed(Lapse.MISSED if missed else Lapse.NOT_ASKED))
    expected = due.expected_sitting(date, due.known_days(work.st), work.s)
    clock_set = _turned_by_the_clock(work, date)
    work.record(Day(date, expected, work.st.programme.goal, set=True if clock_set else None))
    if not clock_set:
        _review(work, date)
    work.checkpoint()
    return True


def _turned_by_the_clock(work: Work, date: str) -> bool:
    """The wall clock was set, and may be set right again: no time has gone by from which anything could follow."""
    if date < work.st.today.date:
        return True
    unset = work.at._replace(wall=work.at.wall - work.clock_step)
    return calendar.turns(work.st, unset, work.t, work.s) is None


def _review(work: Work, date: str) -> None:
    """The programme looks back when the day turns (MODEL 5)."""
    found = rules.at_turn(work.st.programme, work.st.past, date, work.s)
    if found:
        work.record(found)


def judge(work: Work) -> None:
    """What the user has just told may stop the sessions, or make them easy, at once."""
    found = rules.at_once(work.st.programme, work.st.today.date, work.s)
    if found:
        work.record(found)
    if due.is_off(work.st) and work.st.owed:
        prompting.withdraw(work, "stopped")
        work.record(Lapsed(Lapse.NOT_ASKED))


def expire(work: Work) -> None:
    """What ends by itself: a pause, standing, a session that went silent."""
    st, s = work.st, work.s
    if st.pause and st.pause.over(work.t, work.at.wall):
        work.record(Resume(By.ITSELF))
    if st.standing:
        untouched = work.t - max(st.reading.since, st.standing)
        if untouched >= s.standing_reset:
            back = untouched - s.active_gap
            work.record(Sit(By.ITSELF, Rose.BREAK, round(max(back, 0.0), 3)))
        elif work.t - st.standing >= s.standing_limit:
            work.record(Sit(By.ITSELF, Rose.LIMIT))
    session = work.now.open.get(Kind.SESSION)
    if session and work.t - max(work.now.session_pulse, session.start) >= s.session_longest:
        work.close(Kind.SESSION)
        judge(work)
