"""Every number of the model, named once. One description gives defaults, validation, the example file and the docs.

A Settings value is immutable; config.py reads it from TOML. Durations are seconds.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from unhunch.marked import N_
from unhunch.tuples import NamedTuple

MIN = 60.0
HOURS = 3600.0


class Type(StrEnum):
    """How an option is written in config.toml."""

    DURATION = "duration"  # "30 min", "90 s", "2 h"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "true or false"
    CHOICE = "choice"
    HOURS = "hours"  # "08:00-18:00", several with commas, "all day", "never"
    DAYS = "days"  # "mon tue wed thu fri"
    WORDS = "list of words"
    TEXT = "text"


class Option(NamedTuple):
    """One line of the configuration: its dotted key, type, range and meaning."""

    name: str
    key: str
    type: Type
    default: Any
    low: float
    high: float
    help: str
    """English, marked for translation: whoever shows it translates it."""
    choices: tuple[str, ...]
    advanced: bool


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Hours = tuple[tuple[int, int], ...]
"""Ranges of minutes after midnight; an end at or below its start runs past midnight."""

ALL_DAY: Hours = ((0, 1440),)


def option(
    key: str,
    type_: Type,
    default: Any,
    help_: str,
    low: float = 0.0,
    high: float = 0.0,
    choices: tuple[str, ...] = (),
    *,
    advanced: bool = False,
) -> Any:
    """The default of a field of Settings, which is described here."""
    _described.append(Option("", key, type_, default, low, high, help_, choices, advanced))
    return default


_described: list[Option] = []
"""In the order of the fields."""


def span(key: str, default: float, help_: str, low: float, high: float, *, advanced: bool = True) -> Any:
    return option(key, Type.DURATION, default, help_, low, high, advanced=advanced)


def count(key: str, default: int, help_: str, low: int, high: int, *, advanced: bool = True) -> Any:
    return option(key, Type.INTEGER, default, help_, low, high, advanced=advanced)


def share(key: str, default: float, help_: str, low: float, high: float) -> Any:
    return option(key, Type.NUMBER, default, help_, low, high, advanced=True)


class Settings(NamedTuple):
    """The policy, with MODEL's defaults. Those marked advanced rarely need changing."""

    # What a person may well want to change.
    goal: int = count(
        "goal", 1, N_("Sessions a day to begin with. The programme offers more as it goes well."), 1, 4, advanced=False
    )
    workdays: tuple[str, ...] = option(
        "workdays", Type.DAYS, ("mon", "tue", "wed", "thu", "fri"), N_("The days on which you usually work.")
    )
    hours_mon: Hours = option("hours.mon", Type.HOURS, ALL_DAY, N_("When prompts may come on Mondays."))
    hours_tue: Hours = option("hours.tue", Type.HOURS, ALL_DAY, N_("When prompts may come on Tuesdays."))
    hours_wed: Hours = option("hours.wed", Type.HOURS, ALL_DAY, N_("When prompts may come on Wednesdays."))
    hours_thu: Hours = option("hours.thu", Type.HOURS, ALL_DAY, N_("When prompts may come on Thursdays."))
    hours_fri: Hours = option("hours.fri", Type.HOURS, ALL_DAY, N_("When prompts may come on Fridays."))
    hours_sat: Hours = option("hours.sat", Type.HOURS, ALL_DAY, N_("When prompts may come on Saturdays."))
    hours_sun: Hours = option("hours.sun", Type.HOURS, ALL_DAY, N_("When prompts may come on Sundays."))
    session_size: str = option(
        "session.size",
        Type.CHOICE,
        "short",
        N_("The session that Start on a notice begins."),
        choices=("short", "standard", "long"),
    )
    session_breath: float = span(
        "session.breath", 8.0, N_("One slow breath. The clinic's 4-6 breaths on a stiff spot take 32-48 s."), 8.0, 10.0
    )
    session_voice: bool = option("session.voice", Type.FLAG, True, N_("Speak the cues of a session."))
    session_pace: int = count(
        "session.pace", 150, N_("Words a minute of the voice that the computer speaks with."), 100, 220
    )
    nudge: bool = option("nudge.enabled", Type.FLAG, True, N_("Ask to stand up after an hour at the desk."))
    sound: bool = option("notices.sound", Type.FLAG, True, N_("One soft sound when a prompt has waited for long."))
    pierce_quiet: bool = option(
        "notices.pierce_do_not_disturb",
        Type.FLAG,
        False,
        N_("Let the last notice for a session pierce do-not-disturb."),
    )
    ask_after_gap: bool = option(
        "notices.ask_after_gap",
        Type.FLAG,
        False,
        N_("Ask once a day what a gap of 5-90 minutes was: away, meeting, standing."),
    )
    week_notice: bool = option("week.notice", Type.FLAG, True, N_("A notice with last week's figures."))
    week_day: str = option(
        "week.day", Type.CHOICE, "mon", N_("The day on which a week is summed up."), choices=WEEKDAYS
    )
    week_hour: int = count("week.hour", 0, N_("Not before this hour of that day."), 0, 23, advanced=False)
    source: str = option(
        "source",
        Type.CHOICE,
        "auto",
        N_("What watches keyboard and mouse. auto picks the best that works here."),
        choices=("auto", "mutter", "wayland", "x11", "pynput", "terminal", "none"),
    )
    ignored_apps: tuple[str, ...] = option(
        "calls.ignore", Type.WORDS, (), N_("Programs whose use of the microphone is not a call.")
    )
    language: str = option(
        "language",
        Type.CHOICE,
        "auto",
        N_("The language that you are spoken to in. auto is that of your desktop."),
        choices=("auto", "en", "de", "es"),
    )
    tray: bool = option("tray.enabled", Type.FLAG, True, N_("Show an icon in the tray."))
    routine: str = option(
        "session.routine", Type.TEXT, "", N_("The name of your own routine; empty for the built-in one.")
    )
    hook_prompt: str = option(
        "hooks.prompt", Type.TEXT, "", N_("A command that is run when a notice is shown."), advanced=True
    )
    hook_session: str = option(
        "hooks.session", Type.TEXT, "", N_("A command that is run when a session begins and ends."), advanced=True
    )
    hook_presence: str = option(
        "hooks.presence", Type.TEXT, "", N_("A command that is run when you come, go, sit or stand."), advanced=True
    )
    calendars: tuple[str, ...] = option(
        "calendar.files", Type.WORDS, (), N_("Calendar files (.ics) whose busy events are quiet time.")
    )
    calendar_all_day: bool = option(
        "calendar.all_day", Type.FLAG, False, N_("Events that last all day are busy, too."), advanced=True
    )
    calendar_before: float = span(
        "calendar.before", 5 * MIN, N_("Nothing is shown so soon before an event."), 0.0, HOURS
    )
    sync_folder: str = option(
        "sync.folder",
        Type.TEXT,
        "",
        N_('A folder that Syncthing or the like carries between your computers, e.g. "~/Sync/unhunch"; "" = none.'),
    )
    sync_name: str = option(
        "sync.name",
        Type.TEXT,
        "",
        N_("What this computer is called at the others; empty: its own name."),
        advanced=True,
    )
    sync_look: float = span(
        "sync.look", MIN, N_("So often the shared folder is looked at, and what is new written there."), 1.0, 10 * MIN
    )
    sync_apart: float = span(
        "sync.apart",
        20.0,
        N_("What you answer is told so long after the last writing; faster is not faster."),
        1.0,
        MIN,
    )

    # Sitting (MODEL 2).
    active_gap: float = span(
        "sitting.active_gap", 60.0, N_("A gap up to this is activity: reading and thinking are sitting."), 1.0, 5 * MIN
    )
    break_gap: float = span("sitting.break_gap", 5 * MIN, N_("A gap of this length is a real break."), 1.0, 30 * MIN)
    proven_break: float = span(
        "sitting.proven_break",
        2 * MIN,
        N_("A break this long counts where a lock or a suspend proves it."),
        1.0,
        30 * MIN,
    )
    nudged_break: float = span(
        "sitting.nudged_break", 90.0, N_("A break this long counts soon after a stand-up notice."), 1.0, 30 * MIN
    )
    nudged_within: float = span(
        "sitting.nudged_within",
        10 * MIN,
        N_("How long after a stand-up notice that shorter break counts."),
        1.0,
        60 * MIN,
    )
    standing_break: float = span(
        "sitting.standing_break", 5 * MIN, N_("Standing this long ends a stretch."), 1.0, 60 * MIN
    )
    unknown_break: float = span(
        "sitting.unknown_break", 15 * MIN, N_("Not knowing for this long ends a stretch."), 1.0, 2 * HOURS
    )
    call_limit: float = span(
        "sitting.call_limit", 120 * MIN, N_("A call counts this long without input."), 1.0, 8 * HOURS
    )
    call_cannot_know: float = span(
        "sitting.call_cannot_know", 3 * HOURS, N_("A microphone open for longer tells nothing."), 1.0, 24 * HOURS
    )
    call_settle: float = span(
        "sitting.call_settle", 5.0, N_("Using the microphone for less is no call, and a gap of less no end."), 0.0, MIN
    )
    film_limit: float = span(
        "sitting.film_limit", 30 * MIN, N_("A film counts this long without input."), 1.0, 8 * HOURS
    )
    film_cannot_know: float = span(
        "sitting.film_cannot_know", 4 * HOURS, N_("An idle inhibitor held for longer tells nothing."), 1.0, 24 * HOURS
    )
    standing_limit: float = span(
        "sitting.standing_limit", 2 * HOURS, N_("Standing ends by itself after this."), 1.0, 12 * HOURS
    )
    standing_reset: float = span(
        "sitting.standing_reset", 30 * MIN, N_("Standing ends with a break of this length."), 1.0, 4 * HOURS
    )
    bridge: float = span(
        "sitting.bridge", 2 * MIN, N_("The daemon may have been away for this long without a hole."), 1.0, 15 * MIN
    )
    maybe_gap: float = span(
        "sitting.maybe_gap", 15 * MIN, N_("Gaps up to this count in the high figure."), 1.0, 2 * HOURS
    )
    prolonged: float = span("sitting.prolonged", 30 * MIN, N_("A stretch this long is prolonged."), 1.0, 4 * HOURS)
    long_stretch: float = span("sitting.long", 60 * MIN, N_("A stretch this long is long."), 1.0, 8 * HOURS)
    day_starts: float = span("day.starts", 4 * HOURS, N_("The day turns after this time of night."), 0.0, 12 * HOURS)
    day_gap: float = span("day.gap", 60 * MIN, N_("It turns at a gap of this length."), 1.0, 6 * HOURS)
    day_latest: float = span("day.latest", 12 * HOURS, N_("At the latest it turns at this time."), 0.0, 24 * HOURS)
    valid_day: float = span(
        "day.valid", 60 * MIN, N_("A day with less sitting is not used for planning."), 1.0, 8 * HOURS
    )
    valid_unknown: float = share(
        "day.valid_unknown", 0.25, N_("A valid day's unknown share stays below this."), 0.0, 1.0
    )
    jiggler_day: float = span(
        "day.implausible", 16 * HOURS, N_("More sitting than this is implausible."), HOURS, 24 * HOURS
    )
    jiggler_run: float = span(
        "day.implausible_run",
        6 * HOURS,
        N_("So is activity for this long with no gap over a minute."),
        HOURS,
        24 * HOURS,
    )

    # When a session is due (MODEL 3).
    cap_limits: tuple[float, ...] = (3 * HOURS, 5 * HOURS, 7 * HOURS)
    """Expected sitting below these allows 1, 2, 3 sessions; above the last, 4."""
    expected_prior: float = span(
        "due.expected", 345 * MIN, N_("Expected sitting a day until it is known."), 1.0, 24 * HOURS
    )
    expected_low: float = span("due.expected_low", 120 * MIN, N_("Never expect less than this."), 1.0, 24 * HOURS)
    expected_high: float = span("due.expected_high", 600 * MIN, N_("Never expect more than this."), 1.0, 24 * HOURS)
    expected_days: int = count(
        "due.expected_days", 10, N_("Expect the median of so many days of the same kind."), 1, 60
    )
    expected_min_days: int = count("due.expected_min_days", 3, N_("As soon as there are so many."), 1, 60)
    first_latest: float = span(
        "due.first_latest", 120 * MIN, N_("The first session of a day is due by this."), 1.0, 12 * HOURS
    )
    first_latest_new: float = span(
        "due.first_latest_new", 90 * MIN, N_("In the first three days of use, by this."), 1.0, 12 * HOURS
    )
    new_days: int = count("due.new_days", 3, N_("How many days somebody is new."), 0, 30)
    between: float = span("due.between", 60 * MIN, N_("Sitting between two sessions, at least."), 1.0, 6 * HOURS)
    settle: float = span("due.settle", 20 * MIN, N_("Sitting after arriving, at least."), 0.0, 3 * HOURS)
    settle_absence: float = span(
        "due.settle_absence", 15 * MIN, N_("An absence this long is an arrival."), 1.0, 6 * HOURS
    )
    pull_stretch: float = span(
        "due.pull_stretch", 60 * MIN, N_("A stretch this long pulls a session forward."), 1.0, 6 * HOURS
    )
    pull_share: float = share("due.pull_share", 0.8, N_("When so much of its sitting has been reached."), 0.1, 1.0)
    least_sitting: float = span(
        "due.least_sitting", 60 * MIN, N_("Below this much sitting nothing prompts."), 0.0, 8 * HOURS
    )
    nudge_first: float = span("nudge.first", 60 * MIN, N_("The first stand-up notice of a stretch."), 1.0, 6 * HOURS)
    nudge_again: float = span("nudge.again", 45 * MIN, N_("Then each further."), 1.0, 6 * HOURS)
    nudge_max: int = count("nudge.max", 2, N_("Stand-up notices a day, at most."), 0, 20)
    nudge_max_ignored: int = count("nudge.max_ignored", 1, N_("After two ignored in a row."), 0, 20)

    # The ladder (MODEL 4).
    after_1: float = span(
        "ladder.after_1",
        15 * MIN,
        N_("The second notice for a session comes this long after the first."),
        1.0,
        4 * HOURS,
    )
    after_2: float = span(
        "ladder.after_2",
        15 * MIN,
        N_("The third notice for a session comes this long after the second."),
        1.0,
        4 * HOURS,
    )
    after_top: float = span("ladder.after_top", 25 * MIN, N_("Then it lapses after this."), 1.0, 4 * HOURS)
    top_step: int = count(
        "ladder.top_step",
        3,
        N_("How often a session is asked for, each time more plainly; the third time with a sound."),
        1,
        3,
        advanced=False,
    )
    pause_gap: float = span("pause.gap", 12.0, N_("A natural pause is a gap from this."), 0.2, 60.0)
    pause_gap_waiting: float = span(
        "pause.gap_waiting", 10.0, N_("What has waited for pause.waiting takes a gap from this."), 0.2, 60.0
    )
    pause_gap_least: float = span(
        "pause.gap_least",
        5.0,
        N_("After a call, after unlocking, and from pause.patience on for a session: a gap from this."),
        0.2,
        60.0,
    )
    pause_waiting: float = span(
        "pause.waiting", 3 * MIN, N_("Having waited this long, a shorter gap will do."), 1.0, HOURS
    )
    pause_patience: float = span(
        "pause.patience",
        30 * MIN,
        N_("What found no pause in so much sitting is let go; a session takes pause.gap_least."),
        1.0,
        4 * HOURS,
    )
    pause_anyway: float = span(
        "pause.anyway", 45 * MIN, N_("A session that found no pause in this time is asked for anyway."), 1.0, 8 * HOURS
    )
    pause_longest: float = span("pause.longest", 60.0, N_("A gap above this: nobody may be there."), 1.0, 5 * MIN)
    pause_active: float = span("pause.active", 30.0, N_("Activity before a natural pause."), 0.0, 30 * MIN)
    after_call: float = span(
        "pause.after_call", 2 * MIN, N_("From this long after a call pause.gap_least will do."), 0.0, 30 * MIN
    )
    after_unlock: float = span(
        "pause.after_unlock", MIN, N_("From this long after unlocking pause.gap_least will do."), 0.0, 30 * MIN
    )
    pause_soon: float = span("pause.soon", 5 * MIN, N_("And for this long from then on."), 0.0, HOURS)
    returns: int = count(
        "pause.returns", 2, N_("How often a notice comes back that was taken away because you left."), 0, 10
    )
    hold_shared: bool = option("hold.shared", Type.FLAG, True, N_("No notice while the screen is shared or recorded."))
    fullscreen_limit: float = span(
        "hold.fullscreen", 45 * MIN, N_("Full screen holds a prompt this long."), 0.0, 8 * HOURS
    )
    snooze: float = span(
        "snooze.length", 10 * MIN, N_("Snooze, unless another length is said."), 1.0, 4 * HOURS, advanced=False
    )
    snooze_max: int = count("snooze.max", 3, N_("Snoozes for one session."), 0, 20)
    cap_session: int = count("caps.session", 3, N_("Unasked notices for one session."), 1, 10)
    cap_day_base: int = count("caps.day_base", 2, N_("Unasked notices a day: this plus twice the goal."), 0, 20)
    cap_day: int = count("caps.day", 6, N_("Notices a day, of whatever kind."), 1, 20)
    cap_sounds: int = count("caps.sounds", 2, N_("Sounds a day."), 0, 10)
    free_withdrawn: float = span("caps.free_withdrawn", MIN, N_("A notice withdrawn this soon is free."), 0.0, 10 * MIN)
    ignored_after: float = span(
        "ladder.ignored_after", 10 * MIN, N_("No answer for this long is being ignored."), 1.0, 2 * HOURS
    )
    session_longest: float = span(
        "session.longest", 45 * MIN, N_("A session that reports nothing ends after this."), 1.0, 4 * HOURS
    )

    ask_longest: float = span("ask.longest", 90 * MIN, N_("Gaps above this are not asked about."), 5 * MIN, 4 * HOURS)
    ask_after: float = span("ask.after", MIN, N_("A gap is asked about this long after it, at least."), 0.0, 30 * MIN)

    # The ladder gives way (MODEL 4).
    nudge_ignored: int = count(
        "nudge.ignored", 2, N_("So many ignored in a row, and fewer stand-up notices come."), 1, 20
    )
    yield_ignored: int = count(
        "ladder.yield_ignored",
        2,
        N_("So many sessions ignored in a row, and from the next day on one notice fewer comes for each."),
        1,
        20,
    )
    yield_workdays: int = count(
        "ladder.yield_workdays", 3, N_("So many workdays without a session, and one quiet prompt a day is left."), 1, 30
    )
    yield_unseen: int = count(
        "ladder.yield_unseen",
        3,
        N_("So many days running without a notice known to be seen, and one quiet one a day is left."),
        1,
        30,
    )
    yield_question: int = count(
        "ladder.yield_question", 7, N_("Days between two questions whether to go on asking."), 1, 90
    )
    yield_stop: int = count("ladder.yield_stop", 28, N_("Days for which 'stop asking' holds."), 1, 90)

    # The programme (MODEL 5).
    goal_most: int = count("programme.goal_most", 4, N_("Sessions a day, at most."), 1, 4)
    review_days: int = count("programme.review_days", 7, N_("Days between two reviews, at least."), 7, 60)
    review_valid: int = count("programme.review_valid", 3, N_("Days with enough sitting between them, at least."), 1, 7)
    asked_least: int = count(
        "programme.asked_least", 3, N_("Sessions asked for before their share means anything."), 1, 20
    )
    share_up: float = share("programme.share_up", 0.8, N_("Share of them done from which more are offered."), 0.5, 1.0)
    share_down: float = share("programme.share_down", 0.5, N_("Share below which there are too many."), 0.0, 0.5)
    low_reviews: int = count(
        "programme.low_reviews", 2, N_("So many weeks running below it, and one less is asked."), 1, 8
    )
    weeks_first: int = count(
        "programme.weeks_first", 2, N_("Weeks at one session a day before two are offered."), 2, 12
    )
    weeks_later: int = count("programme.weeks_later", 1, N_("Weeks at two or three before one more is offered."), 1, 12)
    green_most: int = count("programme.green_most", 2, N_("Up to this discomfort a session went well."), 0, 2)
    amber_most: int = count(
        "programme.amber_most", 5, N_("Up to this discomfort the next morning decides; above it a session hurt."), 2, 5
    )
    ambers_most: int = count(
        "programme.ambers_most",
        1,
        N_("So many sessions that only the next morning decided still allow one more a day."),
        0,
        1,
    )
    # safety
    reds_stop: int = count(
        "programme.reds_stop", 2, N_("So many sessions that hurt, one after the other, stop them."), 1, 2
    )
    reds_down: int = count(
        "programme.reds_down", 2, N_("So many sessions that hurt between two reviews: one fewer a day."), 1, 2
    )
    worse_down: int = count(
        "programme.worse_down", 2, N_("So many worse mornings between two reviews: one fewer a day."), 1, 7
    )
    cleared_easy: int = count(
        "programme.cleared_easy",
        2,
        # safety
        N_("Tingling cleared by elbows-in so many times begins easy sessions."),
        1,
        2,
    )
    greens_calm: int = count(
        "programme.greens_calm", 3, N_("So many sessions that went well, one after the other, end them."), 3, 20
    )
    unrated_calm: int = count(
        "programme.unrated_calm", 5, N_("So many easy sessions that were not rated end them, too."), 3, 20
    )
    easy_confirmed: int = count(
        "programme.easy_confirmed", 3, N_("So many easy sessions follow a confirmation by a clinician."), 3, 20
    )
    slip_days: int = count(
        "programme.slip_days", 28, N_("Days in which only one stop can be taken back as a slip."), 28, 366
    )
    gap_less: int = count("programme.gap_less", 14, N_("Days without a session after which one less is asked."), 7, 28)
    gap_new: int = count("programme.gap_new", 28, N_("Days without a session after which it begins anew."), 14, 90)
    need_stiffness: float = option(
        "programme.need_stiffness",
        Type.NUMBER,
        3.0,
        N_("Mean stiffness before sessions from which more may help."),
        0.0,
        10.0,
        advanced=True,
    )
    need_prolonged: float = share(
        "programme.need_prolonged",
        0.5,
        N_("Share of sitting in prolonged stretches from which more may help."),
        0.0,
        1.0,
    )
    screening_days: int = count(
        "programme.screening_days",
        90,
        # safety
        N_("Days after which the safety questions return."),
        1,
        90,
    )
    landmark_sessions: int = count(
        "programme.landmark_sessions", 3, N_("First sessions that begin with finding the lower back."), 3, 100
    )
    morning_days: int = count(
        "programme.morning_days", 3, N_("Days for which the morning after is asked about."), 1, 14
    )

    # How often to look (MODEL 9).
    look: float = span("look.present", 30.0, N_("How often to look while you are there."), 0.2, 2 * MIN)
    look_pause: float = span("look.pausing", 5.0, N_("How often while a prompt waits for a pause."), 0.1, 30.0)
    look_away: float = span("look.away", 15.0, N_("How often while you are away, where nothing rings."), 0.2, 2 * MIN)
    flush: float = span("look.write", MIN, N_("Open spans are written at most this often."), 1.0, 10 * MIN)

    @property
    def hours(self) -> tuple[Hours, ...]:
        """Active hours of the seven weekdays, Monday first."""
        return (
            self.hours_mon,
            self.hours_tue,
            self.hours_wed,
            self.hours_thu,
            self.hours_fri,
            self.hours_sat,
            self.hours_sun,
        )

    def hours_on(self, weekday: int) -> Hours:
        """Active hours of a weekday, 0 = Monday."""
        return self.hours[weekday]


def options() -> Iterator[Option]:
    """Everything that config.toml may hold, in the order of the example file."""
    names = (name for name in Settings._fields if name != "cap_limits")
    return (described._replace(name=name) for name, described in zip(names, _described, strict=True))


def duration_text(seconds: float) -> str:
    """Seconds as config.toml writes them: "30 min", "90 s", "2 h"."""
    if seconds >= HOURS and seconds % HOURS == 0:
        return f"{seconds / HOURS:g} h"
    if seconds >= MIN and seconds % MIN == 0:
        return f"{seconds / MIN:g} min"
    return f"{seconds:g} s"
