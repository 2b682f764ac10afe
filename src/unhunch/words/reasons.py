"""Why the programme decided so, in words: made of the rule and the figures when a decision is read.

Facts hold no words. So the same life is stored alike in every language, and told in the one that is spoken now.
"""

from collections.abc import Callable, Mapping
from typing import Any

from unhunch.core.bodies import Decided
from unhunch.core.codec import read
from unhunch.core.programme.rules import AS_USUAL, WEEK, Figures, gap, to_step_up
from unhunch.core.settings import Settings
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext

Words = Callable[[Figures, Settings], str]


def _too_much(f: Figures, s: Settings) -> str:
    if f.low_reviews >= s.low_reviews:
        text = _("Fewer than {share} of the sessions were done, {count} weeks running.")
        return text.format(share=percent(s.share_down), count=f.low_reviews)
    if f.reds >= s.reds_down:
        text = ngettext(
            "Discomfort was over {most} in {count} session.", "Discomfort was over {most} in {count} sessions.", f.reds
        )
        return text.format(most=s.amber_most, count=f.reds)
    text = ngettext("{count} morning after felt worse.", "{count} mornings after felt worse.", f.worse)
    return text.format(count=f.worse)


def _after_a_gap(f: Figures, s: Settings) -> str:
    days = f.days_without_session
    if gap(f, s) >= s.gap_new:
        return _("No session for {days} days: it begins anew, with the first session.").format(days=days)
    return _("No session for {days} days: one less a day.").format(days=days)


def _easy(f: Figures, s: Settings) -> str:
    if f.easy_to_come:
        # safety
        text = ngettext(
            "The next session is a short, easy one. Their number stays.",
            "The next {count} sessions are short, easy ones. Their number stays.",
            f.easy_to_come,
        )
        return text.format(count=f.easy_to_come)
    # safety
    text = _("Short, easy sessions until discomfort was {most} or less in {count} in a row. Their number stays.")
    return text.format(count=s.greens_calm, most=s.green_most)


def _well(f: Figures, s: Settings) -> str:
    if f.stiffness is not None and f.stiffness >= s.need_stiffness:
        text = _(
            "{done} of {asked} sessions done, none that hurt, and stiffness of {stiffness} before them leaves room."
        )
        return text.format(done=f.done, asked=f.asked, stiffness=formats.number(f.stiffness))
    text = _(
        "{done} of {asked} sessions done, none that hurt, and {share} of your sitting is in stretches of half an hour "
        "and more."
    )
    return text.format(done=f.done, asked=f.asked, share=percent(f.prolonged))


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def percent(share: float | None) -> str:
    """A share in words, rounded half up."""
    return _("not known") if share is None else formats.percent(share)


STOPPED = {
    # safety
    "tingling": N_("Tingling stayed although the elbows were in and the weight was eased."),
    # safety
    "reds": N_("Two sessions in a row brought pain, dizziness or discomfort over 5."),
    # safety
    "red-flag": N_("A safety question was answered with yes."),
    # safety
    "still": N_("What the last session was stopped for was still there before the next one, or worse."),
}
"""Why sessions are off until a clinician was asked."""
TOLD = {
    # safety
    "pain": N_("You stopped a session because of pain or dizziness."),
    # safety
    "discomfort": N_("You rated a session's discomfort over 5."),
    # safety
    "tingling": N_("You said that tingling stayed."),
    # safety
    "red-flag": N_("You answered a safety question with yes."),
    # safety
    "still": N_("You said that it is still there, or worse."),
}
"""What was told, to somebody who wants to take it back."""
# safety
RESTING = N_(
    "Because of pain, dizziness or much discomfort no session is asked for today. The next one is easy, and asks first."
)
# safety
SLIPPED = N_("A stop was taken back today, so no session is asked for. The next one is easy, and asks first.")
# safety
ADVICE = N_("Check with a clinician; sessions are asked for again when you confirm that you have.")
# safety
WAY_BACK = N_('If you told it by mistake, say so today: unhunch undo --slip ("It was a slip: I had none").')
# safety
ABLE = N_("Do you have a foam roller, and can you lie down on the floor with it?")
# safety
UNABLE = N_(
    "The session needs a foam roller, and lying down on the floor: without both it is not for you now. Ask the clinic "
    "at your next appointment; it may have rollers, too. No session is asked for; notices to stand up stay."
)
WHEN_ABLE = N_("When both are there: unhunch screening")
USUAL = N_("Sessions are of the usual kind again.")
DECLINED = N_("You declined; everything stays as it is.")
# safety
HURT = N_("There was pain or tingling, so everything stays as it is. Rate your sessions, and it is looked at anew.")


def _too_little(f: Figures, s: Settings) -> str:
    text = _("{done} of {asked} sessions done, {share} are needed")
    if f.adherence is None:
        text = _("{done} of {asked} sessions done, too few to tell")
    return text.format(done=f.done, asked=f.asked, share=percent(s.share_up))


def _too_soon(f: Figures, s: Settings) -> str:
    days = ngettext(
        "{count} day at {goal} a day, {needed} are needed",
        "{count} days at {goal} a day, {needed} are needed",
        f.days_at_goal,
    )
    weeks = s.weeks_first if f.goal == 1 else s.weeks_later
    return days.format(count=f.days_at_goal, goal=f.goal, needed=weeks * WEEK)


LACKING: Mapping[str, Words] = {
    "adherence": _too_little,
    "time": _too_soon,
    "calm": lambda _f, _s: _("a session brought tingling or discomfort that was not gone the next morning"),
    "mornings": lambda _f, _s: _("a morning felt worse"),
    "most": lambda _f, s: _("{most} a day is the most there is").format(most=s.goal_most),
    "cap": lambda f, _s: _("so much sitting as yours takes {most} a day at most").format(most=f.cap),
    "need": lambda _f, _s: _("neither stiffness nor long stretches call for more"),
}
"""What is said when something that a step up takes is missing."""

WHY: Mapping[str, Words] = {
    "stop": lambda f, _s: f"{_(STOPPED[f.stopped])} {_(ADVICE)}",
    "gap": _after_a_gap,
    "step down": _too_much,
    "easy mode": _easy,
    "step up": _well,
    "hold": lambda f, s: sentence("; ".join(LACKING[name](f, s) for name, met in to_step_up(f, s).items() if not met)),
    AS_USUAL: lambda _f, _s: _(USUAL),
}
"""The reason of each rule of rules.TABLE, and of what ends one."""


def reason(body: Mapping[str, Any], s: Settings) -> str:
    """Why it was so decided; empty where the figures of another version do not tell."""
    said = read(Decided, body)
    if said.answer == "decline":
        return _(HURT) if said.hurt else _(DECLINED)
    words, seen = WHY.get(said.rule or ""), said.figures
    if words is None or not isinstance(seen, Mapping):
        return ""
    known = {name: value for name, value in seen.items() if name in Figures._fields}
    try:
        why = words(Figures(**{**dict.fromkeys(Figures._fields), **known}), s)
    except (KeyError, TypeError):
        return ""
    accepted = said.rule == "step up" and said.asks is None
    return _("You accepted: {why}").format(why=why) if accepted else why
