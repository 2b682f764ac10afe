"""What the control socket's commands do in the daemon. Each returns plain values, or refuses in three parts."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from unhunch.core import messages as m
from unhunch.core.engine import step
from unhunch.core.engine.status import plan_of, why_of
from unhunch.core.facts import Kind
from unhunch.core.moment import DAY, MINUTE
from unhunch.core.programme import rules, upcoming
from unhunch.core.programme.record import Programme
from unhunch.core.translate import N_, _, ngettext
from unhunch.daemon import status as desk_status
from unhunch.errors import Exit, UserError

if TYPE_CHECKING:
    from unhunch.daemon.daemon import Daemon

Args = Mapping[str, Any]
Reply = Mapping[str, Any]

# safety
CONFIRM = N_("When you have checked with a clinician: unhunch screening --confirm")


def _refuse(what: str, means: str, remedy: str) -> UserError:
    return UserError(what, means, remedy, Exit.FAILED)


async def status(daemon: "Daemon", _args: Args) -> Reply:
    return desk_status.status(daemon)


async def why(daemon: "Daemon", _args: Args) -> Reply:
    scene = step.scene(daemon.live, daemon.clock.now(), daemon.settings)
    return why_of(daemon.live, scene, daemon.settings)


async def start(daemon: "Daemon", args: Args) -> Reply:
    p = daemon.live.state.programme
    if p.stopped:
        raise _refuse(_(rules.STOPPED[p.stop]), _("Sessions are off; notices to stand up stay."), _(CONFIRM))
    daemon.spawn("start", *([f"--{args['size']}"] if args.get("size") else []))
    return {"started": True}


async def snooze(daemon: "Daemon", args: Args) -> Reply:
    owed = daemon.live.state.owed
    if owed is None:
        raise _refuse(_("There is nothing to snooze."), _("No session is due at the moment."), _("See: unhunch status"))
    if owed.snoozes >= daemon.settings.snooze_max:
        raise _refuse(
            ngettext(
                "This session was snoozed {count} time already.",
                "This session was snoozed {count} times already.",
                owed.snoozes,
            ).format(count=owed.snoozes),
            _("It stays due; nothing was changed."),
            _("Start it (unhunch start), leave it out (unhunch skip), or pause for longer (unhunch pause 2h)."),
        )
    at = daemon.clock.now()
    seconds, until_call = args.get("seconds"), bool(args.get("until_call"))
    await daemon.perform(m.Answered(at, "snooze", by="cli", seconds=seconds, until_call=until_call))
    return _state(daemon)


async def skip(daemon: "Daemon", _args: Args) -> Reply:
    if daemon.live.state.owed is None:
        raise _refuse(_("There is nothing to skip."), _("No session is due at the moment."), _("See: unhunch status"))
    await daemon.perform(m.Answered(daemon.clock.now(), "skip", by="cli"))
    return _state(daemon)


async def pause(daemon: "Daemon", args: Args) -> Reply:
    at = daemon.clock.now()
    until = args.get("until")
    if until is not None and until <= at.wall:
        raise UserError(
            _("That time is over already."),
            _("Nothing was paused."),
            _("Give a time to come: unhunch pause 1h"),
            Exit.WRONG,
        )
    await daemon.perform(m.Paused(at, until=until, seconds=args.get("seconds"), why=args.get("why") or ""))
    return _state(daemon)


async def resume(daemon: "Daemon", _args: Args) -> Reply:
    if daemon.live.state.pause is None:
        raise _refuse(_("Nothing is paused."), _("Prompts may come as usual."), _("See: unhunch status"))
    await daemon.perform(m.Resumed(daemon.clock.now()))
    return _state(daemon)


async def stand(daemon: "Daemon", _args: Args) -> Reply:
    await daemon.perform(m.Stood(daemon.clock.now()))
    return _state(daemon)


async def sit(daemon: "Daemon", _args: Args) -> Reply:
    if not daemon.live.state.standing:
        raise _refuse(
            _("You had not said that you stand."), _("You count as sitting already."), _("See: unhunch status")
        )
    await daemon.perform(m.Sat(daemon.clock.now()))
    return _state(daemon)


async def undo(daemon: "Daemon", _args: Args) -> Reply:
    key, kind = daemon.live.state.last_answer
    if not key:
        raise _refuse(_("There is nothing to take back."), _("No answer was given today."), _("See: unhunch status"))
    await daemon.perform(m.Undone(daemon.clock.now()))
    return {**_state(daemon), "undone": str(kind)}


async def log(daemon: "Daemon", args: Args) -> Reply:
    at = daemon.clock.now()
    if args["ended"] > at.wall + MINUTE:
        raise UserError(
            _("That time has not come yet."), _("Nothing was noted."), _("Give the time it ended."), Exit.WRONG
        )
    if at.wall - args["ended"] > DAY:
        raise UserError(
            _("That is more than a day ago."),
            _("Nothing was noted."),
            _("Note sessions on the day they are done."),
            Exit.WRONG,
        )
    body = {**args, "size": args.get("size") or daemon.settings.session_size, "status": "done", "source": "log"}
    await daemon.perform(m.Logged(at, body))
    return _state(daemon)


AMEND_DAYS = 28
"""History can be corrected this far back."""


def _recent(now: float, start: float, end: float) -> str | None:
    """Why a span of history cannot be corrected; None when it can."""
    if end > now + MINUTE:
        return _("That time has not come yet.")
    if now - start > AMEND_DAYS * DAY:
        return _("That is more than {days} days ago.").format(days=AMEND_DAYS)
    return None


async def amend(daemon: "Daemon", args: Args) -> Reply:
    refused = _recent(daemon.clock.now().wall, args["from"], args["to"])
    if refused:
        raise UserError(refused, _("History was left as it is."), _("Give a time of the last weeks."), Exit.WRONG)
    await daemon.perform(m.Corrected(daemon.clock.now(), args["from"], args["to"], args["as"]))
    return _state(daemon)


async def morning(daemon: "Daemon", args: Args) -> Reply:
    await daemon.perform(m.Told(daemon.clock.now(), Kind.MORNING, {"feels": args["feels"]}))
    return _state(daemon)


def rating(known: Programme, args: Args) -> dict[str, Any]:
    """The body of a rating of the last session. Raises UserError when there is none, or nothing is rated."""
    given = {name: value for name, value in args.items() if value is not None}
    if not given:
        raise UserError(
            _("Nothing was rated."),
            _("Every rating is optional, but one is needed."),
            _("See: unhunch rate --help"),
            Exit.WRONG,
        )
    if known.last is None:
        raise _refuse(
            _("There is no session to rate."), _("Nothing was noted."), _("After a session: unhunch rate --help")
        )
    return {"session": known.last.key, **given}


async def rate(daemon: "Daemon", args: Args) -> Reply:
    body = rating(daemon.live.state.programme, args)
    await daemon.perform(m.Told(daemon.clock.now(), Kind.RATED, body))
    return _state(daemon)


async def screening(daemon: "Daemon", args: Args) -> Reply:
    p, verdict = daemon.live.state.programme, args["verdict"]
    if verdict == "pass" and p.stopped:
        # safety
        means = _("Answering the questions again does not end that.")
        raise _refuse(_(rules.STOPPED[p.stop]), means, _(CONFIRM))
    if verdict == "confirmed" and not p.stopped:
        raise _refuse(_("There is nothing to confirm."), _("Sessions are not off."), _("See: unhunch plan"))
    await daemon.perform(m.Told(daemon.clock.now(), Kind.SCREENING, {"verdict": args["verdict"]}))
    return _state(daemon)


async def plan(daemon: "Daemon", _args: Args) -> Reply:
    return plan_of(daemon.live, daemon.settings)


def answered_offer(p: Programme, args: Args) -> rules.Decision:
    """What an answer to the open offer decides. Raises UserError when there is none, or it asks something first."""
    if p.offer is None:
        raise _refuse(
            _("Nothing is on offer."), _("The number of sessions stays as it is."), _("See what it takes: unhunch plan")
        )
    if args["accept"] and p.offer.get("asks") and args.get("hurt") is None:
        raise _refuse(
            # safety
            _("The offer asks first whether the sessions brought pain or tingling."),
            _("None of them was rated, so nobody knows; nothing was changed."),
            _("unhunch plan accept --no-pain, or unhunch plan accept --pain"),
        )
    return rules.answer(p, accept=args["accept"], hurt=args.get("hurt"))


async def plan_answer(daemon: "Daemon", args: Args) -> Reply:
    """Answers the open offer, or says how often to ask."""
    at, p = daemon.clock.now(), daemon.live.state.programme
    if args.get("asking"):
        await daemon.perform(m.Answered(at, args["asking"], "ask", by="cli"))
        return _state(daemon)
    decided = answered_offer(p, args)
    await daemon.perform(m.Told(at, decided.kind, decided.body))
    return {**_state(daemon), "goal": daemon.live.state.programme.goal, "why": decided.body["why"]}


async def session_plan(daemon: "Daemon", _args: Args) -> Reply:
    """What a guided session that begins now is told."""
    st = daemon.live.state
    return upcoming.session_plan(st.programme, st.today.date, daemon.settings)


async def session(daemon: "Daemon", args: Args) -> Reply:
    """What the guided session's own process tells."""
    body = {k: v for k, v in args.items() if k not in ("event", "began", "length", "key")}
    at = daemon.clock.now()
    match args["event"]:
        case "began":
            event: m.Event = m.SessionBegan(at, body)
        case "pulse":
            event = m.SessionPulse(at, body)
        case _:
            event = m.SessionEnded(at, body)
    await daemon.perform(event)
    if args["event"] == "ended":
        await daemon.ask_how_it_was(body)
    return {}


async def choice(daemon: "Daemon", args: Args) -> Reply:
    await daemon.perform(m.Told(daemon.clock.now(), Kind.CHOICE, dict(args)))
    return {}


async def forget(daemon: "Daemon", args: Args) -> Reply:
    """Deletes history under the running daemon, which goes on with new spans and a checkpoint that knows none of it."""
    if Kind.SESSION in daemon.live.now.open:
        raise _refuse(_("A session is running."), _("Nothing was deleted."), _("Try again when it is over."))
    before = args.get("before")
    if before is not None and before > daemon.clock.now().wall:
        raise UserError(
            _("That day has not come yet."), _("Nothing was deleted."), _("For everything: --all"), Exit.WRONG
        )
    return {**_state(daemon), "deleted": await daemon.forget(before)}


async def doctor(daemon: "Daemon", _args: Args) -> Reply:
    return await desk_status.doctor(daemon)


async def reload(daemon: "Daemon", _args: Args) -> Reply:
    daemon.reload()
    trouble = daemon.troubles.get("configuration")
    if trouble:
        raise UserError(trouble, _("Nothing was changed."), _("Correct it with 'unhunch config edit'."), Exit.WRONG)
    return {"reloaded": True}


async def quit_(daemon: "Daemon", _args: Args) -> Reply:
    daemon.ending.set()
    return {"ending": True}


def _state(daemon: "Daemon") -> Reply:
    return {"status": desk_status.status(daemon)}


COMMANDS: Mapping[str, Callable[["Daemon", Args], Awaitable[Reply]]] = {
    "status": status,
    "why": why,
    "start": start,
    "snooze": snooze,
    "skip": skip,
    "pause": pause,
    "resume": resume,
    "stand": stand,
    "sit": sit,
    "undo": undo,
    "log": log,
    "amend": amend,
    "morning": morning,
    "rate": rate,
    "screening": screening,
    "session": session,
    "session_plan": session_plan,
    "plan": plan,
    "plan_answer": plan_answer,
    "choice": choice,
    "forget": forget,
    "doctor": doctor,
    "reload": reload,
    "quit": quit_,
}
