"""Sent is not shown: what nobody took was not asked, not ignored, not missed, and comes when somebody takes it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from tests.days.test_prompts import natural_work
from tests.days.test_week_notice import friday, pause, to_monday
from tests.days.world import World, check_fold
from unhunch.core import messages as m
from unhunch.core.bodies import Shown
from unhunch.core.engine.step import Live, scene
from unhunch.core.engine.work import Sent
from unhunch.core.facts import Kind
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import What
from unhunch.core.week.asked import prompts
from unhunch.daemon.host import Host
from unhunch.daemon.status import problems
from unhunch.report.sentences import unseen_line
from unhunch.words.why import why_of

QUIETLY = Settings(nudge=False, week_notice=False)


def test_a_whole_day_on_which_nothing_would_be_seen_is_one_on_which_nothing_was_asked() -> None:
    w = World(settings=Settings(week_notice=False))
    w.set(muted=True)
    w.until("18:00")
    assert w.shown == []
    assert w.owed.step == 0
    assert w.owed.clock == 0, "the ladder stands still"
    why = why_of(w.running, scene(w.running, w.moment(), w.s), w.s)
    assert "a notice would not be seen" in why["summary"]
    w.idle(minutes=13 * 60)
    w.work(1)
    day = w.st.past[-1]
    assert (day.asked, day.missed, day.notices, day.nudges) == (0, 0, 0, 0)
    assert w.of_kind(Kind.SHOWN) == w.of_kind(Kind.IGNORED) == []
    assert [fact.body["as"] for fact in w.of_kind(Kind.LAPSED)] == ["not-asked"]
    assert "muted" in {fact.body["why"] for fact in w.of_kind(Kind.HELD)}
    check_fold(w)


def test_two_weeks_without_a_server_make_no_ladder_give_way() -> None:
    w = World(settings=QUIETLY)
    w.set(muted=True)
    for _day in range(12):
        w.work(200)
        w.power_off(24 * 60 - 200)
        w.set(muted=True)
    assert w.st.programme.ignored == 0
    w.set(muted=False)
    natural_work(w, 200)
    assert [step for _clock, step in w.prompts()] == [1, 2, 3], "all of its steps"


def test_what_was_held_comes_at_the_first_pause_after_the_server() -> None:
    w = World(settings=QUIETLY)
    w.set(muted=True)
    w.work(130)
    w.set(muted=False)
    assert w.shown == []
    w.work(1)
    w.idle(seconds=20)
    assert [step for _clock, step in w.prompts()] == [1]


def test_a_notice_that_is_refused_is_not_shown_and_tried_again() -> None:
    w = World(settings=QUIETLY)
    w.takes = False
    natural_work(w, 100)
    sent = len(w.prompts())
    assert sent > 1
    assert w.of_kind(Kind.SHOWN) == []
    assert (w.day.asked, w.day.notices, w.day.sounds) == (0, 0, 0)
    assert w.owed.step == 0
    assert w.running.now.bubble is None
    assert {step for _clock, step in w.prompts()} == {1}, "no step is used up"
    w.takes = True
    natural_work(w, 6)
    assert [fact.body["step"] for fact in w.of_kind(Kind.SHOWN)] == [1]
    assert w.day.asked == 1
    check_fold(w)


def test_a_refused_second_step_leaves_the_first_one_counted() -> None:
    w = World(settings=QUIETLY)
    natural_work(w, 78)
    assert [step for _clock, step in w.prompts()] == [1]
    w.takes = False
    natural_work(w, 25)
    assert {step for _clock, step in w.prompts()[1:]} == {2}
    assert w.owed.step == 1
    assert w.running.now.bubble is None, "its predecessor was closed first"
    assert w.day.asked == 1
    check_fold(w)


def test_a_refused_week_is_told_later() -> None:
    w = friday()
    to_monday(w)
    w.takes = False
    pause(w)
    assert list(w.st.weeks_shown) == []
    assert not [fact for fact in w.of_kind(Kind.SHOWN) if fact.body["what"] == "week"]
    w.takes = True
    pause(w)
    assert list(w.st.weeks_shown) == ["2026-03-09"]
    check_fold(w)


def test_a_refused_stand_up_notice_counts_for_nothing() -> None:
    w = World(settings=Settings(first_latest=6 * 3600, first_latest_new=6 * 3600, pull_stretch=1e9))
    w.takes = False
    natural_work(w, 70)
    assert w.prompts("nudge")
    assert (w.day.nudges, w.day.notices, w.st.tally.nudges) == (0, 0, 0)
    w.takes = True
    natural_work(w, 6)
    assert (w.day.nudges, w.day.notices) == (1, 1)
    check_fold(w)


def test_what_is_lost_with_its_server_is_shown_again_and_counts_once() -> None:
    w = World(settings=QUIETLY)
    natural_work(w, 78)
    assert [step for _clock, step in w.prompts()] == [1]
    w.do(m.Gone(w.moment(), "unhunch", "lost"))
    assert w.running.now.bubble is None
    natural_work(w, 6)
    assert [step for _clock, step in w.prompts()] == [1, 1]
    assert w.day.asked == 1
    assert w.day.notices == 1
    check_fold(w)


def test_what_went_by_itself_is_not_shown_again() -> None:
    w = World(settings=QUIETLY)
    natural_work(w, 78)
    w.do(m.Gone(w.moment(), "unhunch", "expired"))
    natural_work(w, 6)
    assert [step for _clock, step in w.prompts()] == [1]


def test_what_was_sent_when_the_user_left_is_taken_back() -> None:
    """The week's notice takes a while to be read."""
    w = World(settings=QUIETLY)
    natural_work(w, 78)
    live = w.running
    w.live = live._replace(now=replace(live.now, bubble=None, sent=a_week(live)))
    w.do(m.Paused(w.moment(), seconds=600.0))
    assert w.running.now.sent is None
    assert w.withdrawn[-1][1] == "paused"


def a_week(live: Live) -> Sent:
    assert live.now.bubble is not None
    return Sent(live.now.bubble, Shown(What.WEEK, 0, "pause", 12.0, week="2026-03-02"))


def test_beside_the_desktops_own_reminder_only_that_one_asks_to_stand_up() -> None:
    w = World(settings=Settings(first_latest=6 * 3600, first_latest_new=6 * 3600, pull_stretch=1e9))
    w.set(reminds=True)
    natural_work(w, 100)
    assert w.prompts("nudge") == []
    w.set(reminds=False)
    natural_work(w, 10)
    assert len(w.prompts("nudge")) == 1, "once it is switched off, ours come"
    check_fold(w)


def test_while_a_break_of_the_desktops_own_is_due_a_session_waits() -> None:
    w = World(settings=QUIETLY)
    w.set(break_due=True)
    natural_work(w, 130)
    assert w.prompts() == []
    w.set(break_due=False)
    natural_work(w, 6)
    assert [step for _clock, step in w.prompts()] == [1]
    assert "break_due" in {fact.body["why"] for fact in w.of_kind(Kind.HELD)}
    check_fold(w)


def test_a_notice_whose_end_is_not_told_was_not_seen_and_uses_nothing_up() -> None:
    """GNOME under a full screen that it cannot report: the banner waits there, and would pop up an hour later."""
    w = World(settings=QUIETLY)
    w.ends = True
    natural_work(w, 200)
    assert {step for _clock, step in w.prompts()} == {1}, "no step is used up"
    assert len(w.prompts()) == 1 + w.s.returns, "and then it waits for the user to come back from a break"
    assert {why for _clock, why in w.withdrawn} == {"unseen"}
    assert w.bubble is None, "nothing is left that could pop up stale"
    assert w.of_kind(Kind.IGNORED) == []
    assert (w.day.asked, w.day.notices, w.day.missed) == (0, 0, 0)
    check_fold(w)
    w.ends = False
    w.idle(minutes=6)
    natural_work(w, 12)
    assert [step for _clock, step in w.prompts()][-1] == 1
    assert w.day.asked == 1
    check_fold(w)


def test_a_notice_whose_end_is_told_was_seen() -> None:
    w = World(settings=QUIETLY)
    w.ends = True
    natural_work(w, 70)
    while not w.bubble:
        w.work(1)
        w.idle(seconds=13)
    w.do(m.Gone(w.moment(), "unhunch", "expired"))
    natural_work(w, 8)
    assert w.withdrawn == []
    assert w.owed.step == 1
    assert w.day.asked == 1


def until_step(w: World, step: int) -> None:
    for _round in range(80):
        natural_work(w, 5)
        if w.bubble and w.bubble.step == step:
            return
    raise AssertionError(f"step {step} never came")


def test_what_stays_is_taken_back_when_do_not_disturb_comes_and_shown_again_after_it() -> None:
    w = World(settings=QUIETLY)
    until_step(w, 3)
    w.set(quiet=True)
    assert w.bubble is None
    assert w.withdrawn[-1][1] == "quiet"
    natural_work(w, 10)
    assert w.bubble is None
    w.set(quiet=False)
    natural_work(w, 6)
    assert [step for _clock, step in w.prompts()] == [1, 2, 3, 3]
    assert w.day.notices == 3
    check_fold(w)


def test_what_was_ignored_before_does_not_come_again() -> None:
    w = World(settings=QUIETLY)
    until_step(w, 3)
    natural_work(w, 12)
    assert [fact.body["step"] for fact in w.of_kind(Kind.IGNORED)][-1] == 3
    w.set(quiet=True)
    assert w.withdrawn[-1][1] == "quiet"
    w.set(quiet=False)
    natural_work(w, 6)
    assert [step for _clock, step in w.prompts()] == [1, 2, 3]


def test_who_lets_it_pierce_keeps_it_on_the_screen() -> None:
    w = World(settings=QUIETLY._replace(pierce_quiet=True))
    until_step(w, 3)
    w.set(quiet=True)
    assert w.bubble is not None
    assert w.withdrawn == []


def test_a_full_screen_that_hides_notices_holds_for_as_long_as_it_lasts_and_is_named() -> None:
    """Plasma 6.7: a notice put up now would not be seen, also after the time for which other full screens hold."""
    w = World(settings=QUIETLY)
    w.set(covered=True)
    natural_work(w, 200)
    assert w.prompts() == []
    why = why_of(w.running, scene(w.running, w.moment(), w.s), w.s)
    assert "something is in full screen" in why["summary"]
    w.set(covered=False)
    natural_work(w, 6)
    assert [step for _clock, step in w.prompts()] == [1]
    assert {fact.body["why"] for fact in w.of_kind(Kind.HELD)} >= {"fullscreen"}
    check_fold(w)


# Days on which nobody may have seen any -------------------------------------------------------------------------------


class Unseen(World):
    """On GNOME, say, under a full screen that it cannot report: no end is told of anything. Days begin at nine."""

    ends = True

    def __init__(self, goal: int = 1) -> None:
        super().__init__(settings=Settings(week_notice=False, goal=goal))

    def a_day(self, minutes: float = 200) -> None:
        natural_work(self, minutes)
        self.night(minutes)

    def night(self, after: float) -> None:
        self.power_off(24 * 60 - after)

    def sent(self, what: What = What.SESSION) -> list[int]:
        """The steps that were put up today."""
        found = [fact for fact in self.of_kind(Kind.SHOWN) if fact.day == self.day.date and fact.body["what"] == what]
        return [fact.body["step"] for fact in found]

    def why(self) -> dict[str, Any]:
        return why_of(self.running, scene(self.running, self.moment(), self.s), self.s)


def test_after_three_days_without_a_notice_known_to_be_seen_one_quiet_one_a_day_is_left() -> None:
    w = Unseen(goal=2)
    for unseen in range(3):
        natural_work(w, 200)
        assert (w.st.programme.unseen, len(w.sent()) > 1) == (unseen, True), "as usual"
        w.night(200)
    for _day in range(3):
        natural_work(w, 300)
        assert w.sent() == [1]
        assert w.sent(What.NUDGE) == []
        assert w.st.owed is None, "it does not come back"
        assert "no notice is known to have been seen" in w.why()["summary"]
        assert w.why()["ladder"]["top_step"] == 1
        w.night(300)
    assert (w.st.programme.idle, w.st.programme.ignored) == (0, 0), "nobody was asked, and nobody ignored it"
    assert {fact.body["as"] for fact in w.of_kind(Kind.LAPSED)} == {"not-asked"}
    check_fold(w)


def test_a_notice_that_is_seen_brings_the_usual_back_the_next_day() -> None:
    w = Unseen()
    for _day in range(4):
        w.a_day()
    assert w.st.programme.unseen == 4
    w.ends = False
    natural_work(w, 300)
    assert w.sent() == [1]
    assert w.st.programme.unseen == 4, "this day is not over"
    w.night(300)
    natural_work(w, 200)
    assert w.st.programme.unseen == 0
    assert w.sent() == [1, 2, 3]
    check_fold(w)


def test_only_days_on_end_count() -> None:
    w = Unseen()
    w.a_day()
    w.a_day()
    w.ends = False
    w.a_day()
    w.ends = True
    w.a_day()
    natural_work(w, 200)
    assert w.st.programme.unseen == 1
    assert len(w.sent()) > 1


def test_a_day_on_which_nothing_was_put_up_says_nothing() -> None:
    """Do-not-disturb, no server, nobody there: what was held was not put up."""
    w = Unseen()
    w.a_day()
    w.set(quiet=True)
    w.a_day()
    w.power_off(24 * 60)
    w.set(quiet=False)
    natural_work(w, 200)
    assert w.st.programme.unseen == 1
    assert len(w.sent()) > 1


def test_the_week_tells_on_how_many_days_nobody_may_have_seen_any() -> None:
    w = Unseen()
    for _day in range(4):
        w.a_day()
    w.ends = False
    w.a_day()
    days = {day.date for day in w.st.past}
    found = prompts(list(w.facts.values()), days, days)
    assert found.unseen_days == 4
    assert "on 4 days no notice is known to have been on the screen" in unseen_line(found)


def test_doctor_says_that_nobody_may_see_any() -> None:
    w = Unseen()
    for _day in range(3):
        assert told_by_doctor(w) == []
        w.a_day()
    natural_work(w, 1)
    assert ["no notice is known to have been seen" in text for text in told_by_doctor(w)] == [True]


def told_by_doctor(w: World) -> list[str]:
    keeper = SimpleNamespace(source=object(), partial=False)
    history = SimpleNamespace(told="", trouble="")
    host = SimpleNamespace(live=w.running, settings=w.s, keeper=keeper, history=history, troubles={})
    return problems(cast(Host, host))  # it reads these, and no more
