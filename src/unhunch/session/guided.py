"""One guided session from the first question to the last: what may happen when, and who is told.

No HTTP and no terminal here: page.py and terminal.py are two faces of this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from unhunch.core.session.guide import Action, End, Guide, act, moved, paused_out, played, record
from unhunch.core.session.routine import Routine, Step
from unhunch.core.session.timeline import plain, shape, timeline
from unhunch.core.vocabulary import CHOICES, Feels, Recovered, Size
from unhunch.session.plan import Reporter, SessionPlan, bad_ratings
from unhunch.words.reasons import RESTING
from unhunch.words.translate import N_, _, ngettext, pgettext


class Stage(StrEnum):
    SCREENING = "screening"
    DOCTOR = "doctor"  # one yes: ask your doctor first
    UNABLE = "unable"  # no roller, or no lying on the floor: not for them now
    RECOVERY = "recovery"  # after a stop: how is it now?
    ADVISED = "advised"  # still there, or worse: ask a clinician first
    READY = "ready"
    RUNNING = "running"
    RATING = "rating"
    OVER = "over"


# safety: after tingling that stays
LASTING = N_("Tingling that stays is a reason to ask a clinician before the next session.")
# safety: after pain
STAYS = N_("If the pain or the dizziness stays, ask a clinician before it.")


class NotNow(Exception):
    """Asked for something that does not fit the stage or makes no sense. The text is for the user."""


class GuidedSession:
    """The state of one session. Every method either does what it says or raises NotNow and changes nothing."""

    def __init__(self, plan: SessionPlan, routine: Routine, reporter: Reporter, source: str) -> None:
        self.plan = plan
        self.routine = routine
        self.source = source
        self.stage = Stage.SCREENING if plan.screening_due else self._screened()
        self.morning_due = plan.morning_due
        self._rated: Mapping[str, int | str] = {}
        self.slipped = False
        """What stopped it was told by mistake, and has been taken back."""
        self.guide: Guide | None = None
        self.paused = False
        self.before: dict[str, int | str] = {}
        self.unheard: list[tuple[str, Mapping[str, Any]]] = []
        """Events that nobody could be told about."""
        self._reporter = reporter

    @property
    def choices(self) -> tuple[Size, ...]:
        """The sizes on offer: the first session and the easy one leave no choice."""
        return CHOICES if self.plan.size in CHOICES else (self.plan.size,)

    def screen(self, *, any_yes: bool) -> None:
        """The screening's verdict; which answer it was never gets here."""
        self._at_stage(Stage.SCREENING)
        self._tell("screening", {"verdict": "ask-doctor" if any_yes else "pass"})
        self.stage = Stage.DOCTOR if any_yes else self._screened()

    def unable(self) -> None:
        """There is no roller, or no lying on the floor: the session is not for them now."""
        if self.stage is not Stage.READY:
            self._at_stage(Stage.SCREENING)
        self._tell("screening", {"verdict": "unable"})
        self.stage = Stage.UNABLE

    def _screened(self) -> Stage:
        return Stage.RECOVERY if self.plan.recovery_due else Stage.READY

    def recover(self, feels: str) -> None:
        """How it is now, after a stop: gone, still or worse. Only "gone" lets a session begin."""
        self._at_stage(Stage.RECOVERY)
        if feels not in tuple(Recovered):
            raise NotNow(_("There is no such question now."))
        self._tell("recovery", {"feels": feels})
        self.stage = Stage.READY if feels == "gone" else Stage.ADVISED

    @property
    def may_slip(self) -> bool:
        """Something that stops sessions was told just now, and may have been told by mistake."""
        if self.stage is Stage.RATING:
            return self.guide is not None and self.guide.end in (End.PAIN, End.PERSISTED)
        return self.stage in (Stage.DOCTOR, Stage.ADVISED)

    @property
    def advice(self) -> str:
        """What follows from a stop, or from a rating that is one, in the words of `unhunch plan`; else empty."""
        if self.guide is None or self.slipped:
            return ""
        if "persisted" in (self.record().get("tingling"), self._rated.get("tingling")):
            return _(LASTING)
        if self.guide.end is End.PAIN:
            return f"{_(RESTING)} {_(STAYS)}"
        discomfort = self._rated.get("discomfort")
        hurt = isinstance(discomfort, int) and discomfort > self.plan.discomfort_most
        return _(RESTING) if hurt else ""

    def slip(self) -> None:
        """It was a slip. The session is stored as it was, then the stop is taken back; or NotNow says why it stays."""
        if not self.may_slip:
            raise NotNow(_("There is nothing to take back."))
        if self.stage is Stage.RATING:
            self._finish({})
        self.stage = Stage.OVER
        try:
            self._reporter.report("slip", {})
        except OSError as error:
            raise NotNow(str(error)) from error
        self.slipped = True

    def morning(self, feels: str) -> None:
        """How the morning after the last session felt: better, same or worse."""
        if not self.morning_due or feels not in tuple(Feels):
            raise NotNow(_("There is no such question now."))
        self._tell("morning", {"feels": feels})
        self.morning_due = False

    def begin(
        self, size: Size, *, landmark: bool = False, hips_raised: bool = False, stiffness: int | None = None
    ) -> Guide:
        """Start. `stiffness` before is 0 to 10, or None when not said."""
        self._at_stage(Stage.READY)
        before = {} if stiffness is None else {"stiffness_before": stiffness}
        if size not in self.choices or bad_ratings(before):
            raise NotNow(_("This session is not on offer now."))
        self.before = {**before}
        self.guide = Guide(
            self.routine,
            size,
            self.plan.breath,
            landmark=landmark,
            hips_raised=hips_raised and size is Size.LONG and self.routine.plans[Size.LONG].hips_raised,
        )
        self.stage = Stage.RUNNING
        self._tell("started", {"record": self.record()})
        return self.guide

    def pulse(self, at: float, intervals: Sequence[tuple[float, float]], *, paused: bool, seen: bool = False) -> Guide:
        """Where it stands, and which intervals of the main timeline were played since the last time.

        `seen`: somebody touched a key or a button meanwhile.
        """
        guide = played(self._running(), intervals)
        guide = replace(guide, seen=guide.seen or seen)
        self.guide = guide if guide.end else moved(guide, at)
        if paused != self.paused:
            self.paused = paused
            self._tell("paused" if paused else "resumed", {"at": round(self.guide.at, 1)})
        self._pulse()
        if self.guide.end is End.FINISHED:
            self.stage = Stage.RATING
        return self.guide

    def add(self, intervals: Sequence[tuple[float, float]]) -> None:
        """Intervals of the main timeline that were played, without telling anybody yet."""
        self.guide = played(self._running(), intervals)

    def answer(self, action: Action, at: float) -> Guide:
        """A key, a button or an answer on the way. `at` is the second of the main timeline."""
        before = self._running()
        self.guide = act(before, action, at)
        if self.paused and action is not Action.STIFF:
            self.paused = False
            self._tell("resumed", {"at": round(self.guide.at, 1)})
        for name in self.guide.branches[len(before.branches) :]:
            self._tell("branch", {"name": name, "at": round(self.guide.at, 1)})
        if self.guide.end is not None:
            self._pulse()
        if self.guide.end is End.STOPPED:
            self.stage = Stage.RATING
        return self.guide

    def touched(self) -> None:
        """A key or a click: somebody is there."""
        self.guide = replace(self._running(), seen=True)

    def paused_out(self) -> None:
        """The pause was too long: the session is over, as far as it came."""
        self.guide = paused_out(self._running())
        self._pulse()
        self.stage = Stage.RATING

    def rested(self) -> None:
        """The last words of a session that ended early have been said."""
        if self._running().end is None:
            raise NotNow(_("The session is still going on."))
        self.stage = Stage.RATING

    def rate(self, ratings: Mapping[str, int | str], *, seen: bool = True) -> dict[str, Any]:
        """The last word, with whatever ratings were given; `seen`: by somebody. Returns the session's record."""
        self._at_stage(Stage.RATING)
        assert self.guide is not None, "only a session that has begun is rated"
        if problems := bad_ratings(ratings):
            raise NotNow("; ".join(problems))
        self.guide = replace(self.guide, seen=self.guide.seen or seen)
        return self._finish(ratings)

    def leave(self) -> None:
        """The user has gone. A session that had begun is kept as far as it came."""
        if self.stage in (Stage.RUNNING, Stage.RATING):
            self._finish({})
        self.stage = Stage.OVER

    def record(self, ratings: Mapping[str, int | str] | None = None) -> dict[str, Any]:
        """The body of the session's fact as it stands."""
        if self.guide is None:
            raise NotNow(_("The session has not begun."))
        return record(self.guide, self.source, {**self.before, **(ratings or {})})

    def view(self) -> dict[str, Any]:
        """Everything that a page needs to draw itself, after a reload too."""
        return {
            "stage": str(self.stage),
            "may_slip": self.may_slip,
            "slipped": self.slipped,
            "advice": self.advice,
            "speed": self.plan.speed,
            "voice": self.plan.voice,
            "pace": self.plan.pace,
            "language": self.routine.language,
            "landmark": self.plan.landmark,
            "hips_raised": self.plan.hips_raised,
            "morning_due": self.morning_due,
            "notice": self.plan.notice,
            "last": dict(self.plan.last),
            "proposed": str(self.plan.size),
            "choices": [
                {
                    "size": str(size),
                    "seconds": timeline(self.routine, size, self.plan.breath).length,
                    "label": self._label(size),
                    "about": self._about(size),
                }
                for size in self.choices
            ],
            "sample": self.sample,
            "pause": self._spoken(self.routine.pause),
            "pause_over": self._spoken(self.routine.pause_over),
            "guide": self._guide_view(),
        }

    @property
    def sample(self) -> str:
        """What is said to try the voice: a rule that cannot be heard too often."""
        return self.routine.rules["place"].say

    def texts(self) -> frozenset[str]:
        """The sentences that may be spoken now."""
        if self.guide is None:
            return frozenset({self.sample})
        tracks = (self.guide.line, self.guide.track)
        said = {utterance.text for track in tracks for utterance in track.utterances()}
        return frozenset(said | {self.routine.pause.words.say, self.routine.pause_over.words.say})

    @staticmethod
    def _spoken(step: Step) -> dict[str, Any]:
        return {"say": step.words.say, "seconds": step.seconds}

    def _label(self, size: Size) -> str:
        match size:
            case Size.FIRST:
                return _("First session")
            case Size.EASY:
                return pgettext("of a session", "Easy")
            case _other:
                return self.routine.plans[size].label

    def _about(self, size: Size) -> str:
        """What a size consists of, in a few words."""
        plan = shape(self.routine, size)
        number, stiff = len(plan.positions), plan.stiff_spots
        places = ngettext("{count} place", "{count} places", number).format(count=number)
        match size:
            case Size.FIRST:
                return _("{places}, elbows in, hips down").format(places=places)
            case Size.EASY:
                return _("{places}, elbows in, supported").format(places=places)
            case _other:
                spots = ngettext("{count} stiff spot", "{count} stiff spots", stiff).format(count=stiff)
                return f"{places}, {spots}"

    def _guide_view(self) -> dict[str, Any] | None:
        guide = self.guide
        if guide is None:
            return None
        return {
            "line": plain(guide.line),
            "detour": plain(guide.detour) if guide.detour else None,
            "at": guide.at,
            "end": str(guide.end) if guide.end else None,
            "variation": str(guide.line.variation),
            "hips_raised": guide.hips_raised,
            "marked": list(guide.marked),
            "paused": self.paused,
            "record": self.record(),
        }

    def _running(self) -> Guide:
        self._at_stage(Stage.RUNNING)
        assert self.guide is not None, "a running session has a guide"
        return self.guide

    def _at_stage(self, stage: Stage) -> None:
        if self.stage is not stage:
            raise NotNow(_("The session has moved on; this does not fit any more."))

    def _pulse(self) -> None:
        assert self.guide is not None, "only a session that has begun pulses"
        self._tell("pulse", {"record": self.record(), "at": round(self.guide.at, 1), "paused": self.paused})

    def _finish(self, ratings: Mapping[str, int | str]) -> dict[str, Any]:
        done = self.record(ratings)
        self._rated = ratings
        self.stage = Stage.OVER
        self._tell("finished", {"record": done})
        return done

    def _tell(self, event: str, body: Mapping[str, Any]) -> None:
        """A listener that is gone does not end the session of somebody who lies on the floor."""
        try:
            self._reporter.report(event, body)
        except OSError:
            self.unheard.append((event, body))
