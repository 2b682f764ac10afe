"""What a guided session asks in a terminal: before it whether and how, after it how it was."""

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from unhunch.core.vocabulary import SCORE
from unhunch.language import plain
from unhunch.line import read_line
from unhunch.session.guided import GuidedSession, NotNow, Stage
from unhunch.words import reasons
from unhunch.words.translate import _, pgettext


def before(session: GuidedSession, out: Console, voice: str, *, can_ask: bool) -> bool:
    """Screening, safety, the morning's question. False: no session now."""
    routine = session.routine
    if session.stage is Stage.SCREENING:
        # safety: before the list
        out.print(_("Before you start: does any of these apply to you?"), style="bold", highlight=False)
        for question in routine.screening:
            out.print(f"  • {question}", highlight=False)
        out.print(routine.doctor, style="bold")
        if not can_ask:
            # safety: what is asked first is not left out
            out.print(_("This has to be answered first, and there is no keyboard here. Type: unhunch screening"))
            return False
        # safety: after the list
        question = _("None of them, or one or more?")
        # safety: typed for none of the list
        screened = {"none": pgettext("typed, of the list", "none")}
        # safety: typed for one or more of the list
        screened["some"] = pgettext("typed, of the list", "some")
        # safety: for whom the session is not
        out.print(
            _("Without a foam roller, or without being able to lie on the floor, type: {word}").format(
                word=screened.setdefault("unable", pgettext("typed, of a session", "unable"))
            ),
            highlight=False,
        )
        given = _choose(out, question, screened, needed=True)
        if given == "unable":
            session.unable()
            out.print(Text.assemble((_(reasons.UNABLE), "bold"), " ", _(reasons.WHEN_ABLE)))
            return False
        if given == "some":
            session.screen(any_yes=True)
            # safety: one yes
            first = _("Ask your doctor first.")
            # safety: one yes
            now = _("There is no session for now. When you have asked, type: unhunch screening --confirm")
            out.print(Text.assemble((first, "bold"), " ", now))
            return False
        session.screen(any_yes=False)
    if session.stage is Stage.RECOVERY and not _recovered(session, out, can_ask=can_ask):
        return False
    if session.plan.notice:
        out.print(session.plan.notice, style="yellow", highlight=False)
    if session.morning_due and can_ask:
        mornings = {
            "better": pgettext("typed, of the morning", "better"),
            "same": pgettext("typed, of the morning", "same"),
            "worse": pgettext("typed, of the morning", "worse"),
        }
        feels = _choose(out, _("How was your back the morning after the last session?"), mornings)
        if feels:
            session.morning(feels)
    out.print(Text.assemble((routine.title, "bold"), "  ", routine.needs))
    for line in routine.safety:
        out.print(f"  • {line}", highlight=False)
    out.print(routine.doctor, style="bold")
    out.print(voice, highlight=False)
    if can_ask:
        read_line(_("Press Enter when you are getting down. "))
    return True


def _recovered(session: GuidedSession, out: Console, *, can_ask: bool) -> bool:
    """How it is now, after a stop. False: no session now."""
    # safety: before the session after a stop
    question = _("Pain, dizziness or tingling from before: how is it now?")
    if not can_ask:
        out.print(question, style="bold", highlight=False)
        # safety: what is asked first is not left out
        out.print(_("This has to be answered first, and there is no keyboard here."))
        return False
    # safety: typed, of pain: also when there was none
    answers = {"gone": pgettext("typed, of pain", "gone")}
    # safety: typed, of pain
    answers["still"] = pgettext("typed, of pain", "still there")
    # safety: typed, of pain
    answers["worse"] = pgettext("typed, of pain", "worse")
    session.recover(_choose(out, question, answers, needed=True))
    if session.stage is Stage.ADVISED:
        # safety
        first = _("Ask a clinician before you roll again.")
        # safety: one yes
        now = _("There is no session for now. When you have asked, type: unhunch screening --confirm")
        out.print(Text.assemble((first, "bold"), " ", now))
        return False
    return True


def after(session: GuidedSession, out: Console, *, can_ask: bool) -> None:
    """The ratings, all optional."""
    record = session.record()
    if record["status"] == "done":
        said = _("{done} of {planned} s on the roller: that counts as a session.")
    else:
        said = _("{done} of {planned} s on the roller: kept as a part of a session.")
    out.print(said.format(done=round(record["roller_s"]), planned=round(record["planned_s"])), highlight=False)
    ratings: dict[str, int | str] = {}
    if can_ask and session.may_slip:
        # safety: typed after a stop that was a slip
        slip = {"slip": pgettext("typed, of a stop", "slip")}
        # safety: after a stop
        if _choose(out, _('If it was a slip ("I had none"), type slip; else only Enter:'), slip):
            try:
                session.slip()
            except NotNow as error:
                out.print(str(error), style="bold", highlight=False)
            else:
                # safety: after a slip
                said = _(
                    "It was a slip, and is noted as one. No session is asked for today; the next one is easy, and asks "
                    "first."
                )
                out.print(said)
            return
    if can_ask:
        out.print(_("Four questions; Enter leaves one out."))
        names = {
            "stiffness_before": _("Stiffness before"),
            "stiffness_after": _("Stiffness now"),
            "discomfort": _("Worst discomfort on the way"),
        }
        for key, name in names.items():
            question = _("{rating}, 0 to {most}:").format(rating=name, most=SCORE[-1])
            if given := _choose(out, question, {str(n): str(n) for n in SCORE}, shown=False):
                ratings[key] = int(given)
        tingling = {
            "none": pgettext("typed, of tingling", "none"),
            "cleared": pgettext("typed, of tingling", "cleared"),
            "persisted": pgettext("typed, of tingling", "persisted"),
        }
        if given := _choose(out, _("Tingling in hands or arms?"), tingling):
            ratings["tingling"] = given
    session.rate(ratings, seen=can_ask)
    if session.advice:
        out.print(session.advice, style="bold", highlight=False)


def _choose(
    out: Console, question: str, answers: Mapping[str, str], *, needed: bool = False, shown: bool = True
) -> str:
    """One of `answers`, by its word in the user's language, the beginning of that, or the English word.

    Empty for none where that is allowed.
    """
    hint = f" ({'/'.join(answers.values())})" if shown else ""
    while True:
        out.print(f"{question}{hint} ", end="", highlight=False, markup=False)
        given = plain(read_line().strip())
        if given in answers or (not given and not needed):
            return given
        found = [answer for answer, word in answers.items() if shown and given and plain(word).startswith(given)]
        if len(found) == 1:
            return found[0]
        again = _("Please type one of: {words}.") if needed else _("Please type one of: {words}, or only Enter.")
        out.print(again.format(words=", ".join(answers.values())))
