"""What the control socket's commands do in the daemon. Each returns plain values, or refuses in three parts.

What a command means for the engine is said in control/events.py; here is what needs the running daemon.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from unhunch.control import events
from unhunch.control.events import CONFIRM, check_forget, refused, wrong
from unhunch.core.engine import step
from unhunch.core.engine.status import plan_of, why_of
from unhunch.core.facts import Kind
from unhunch.core.programme import rules, upcoming
from unhunch.core.translate import _
from unhunch.daemon import status as desk_status

if TYPE_CHECKING:
    from unhunch.daemon.daemon import Daemon

Args = Mapping[str, Any]
Reply = Mapping[str, Any]


async def status(daemon: "Daemon", _args: Args) -> Reply:
    return desk_status.status(daemon)


async def why(daemon: "Daemon", _args: Args) -> Reply:
    scene = step.scene(daemon.live, daemon.clock.now(), daemon.settings)
    return why_of(daemon.live, scene, daemon.settings)


async def start(daemon: "Daemon", args: Args) -> Reply:
    p = daemon.live.state.programme
    if p.stopped:
        raise refused(_(rules.STOPPED[p.stop]), _("Sessions are off; notices to stand up stay."), _(CONFIRM))
    daemon.spawn("start", *([f"--{args['size']}"] if args.get("size") else []))
    return {"started": True}


async def told(command: str, daemon: "Daemon", args: Args) -> Reply:
    """What a person, or a session's own process, says: an event for the engine, and how things are then."""
    before = daemon.live.state
    await daemon.perform(events.event(command, before, daemon.clock.now(), args, daemon.settings))
    said = {"status": desk_status.status(daemon), **events.reply(command, before, daemon.live.state)}
    if command == "session" and args["event"] == "ended":
        await daemon.ask_how_it_was(args)
    return said


async def plan(daemon: "Daemon", _args: Args) -> Reply:
    return plan_of(daemon.live, daemon.settings)


async def session_plan(daemon: "Daemon", _args: Args) -> Reply:
    """What a guided session that begins now is told."""
    st = daemon.live.state
    return upcoming.session_plan(st.programme, st.today.date, daemon.settings)


async def forget(daemon: "Daemon", args: Args) -> Reply:
    """Deletes history under the running daemon, which goes on with new spans and a checkpoint that knows none of it."""
    if Kind.SESSION in daemon.live.now.open:
        raise refused(_("A session is running."), _("Nothing was deleted."), _("Try again when it is over."))
    check_forget(daemon.clock.now(), args)
    return {"deleted": await daemon.forget(args.get("before")), "status": desk_status.status(daemon)}


async def doctor(daemon: "Daemon", _args: Args) -> Reply:
    return await desk_status.doctor(daemon)


async def reload(daemon: "Daemon", _args: Args) -> Reply:
    daemon.reload()
    trouble = daemon.troubles.get("configuration")
    if trouble:
        raise wrong(trouble, _("Nothing was changed."), _("Correct it with 'unhunch config edit'."))
    return {"reloaded": True}


async def quit_(daemon: "Daemon", _args: Args) -> Reply:
    daemon.ending.set()
    return {"ending": True}


COMMANDS: Mapping[str, Callable[["Daemon", Args], Awaitable[Reply]]] = {
    **{command: partial(told, command) for command in events.EVENTS},
    "status": status,
    "why": why,
    "start": start,
    "plan": plan,
    "session_plan": session_plan,
    "forget": forget,
    "doctor": doctor,
    "reload": reload,
    "quit": quit_,
}
