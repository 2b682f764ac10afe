"""What the control socket's commands do in the daemon. Each returns plain values, or refuses in three parts.

What a command means for the engine is said in control/events.py; here is what needs the running daemon.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from unhunch.control import events
from unhunch.control.events import check_forget, check_start, refused, wrong
from unhunch.core.facts import Kind
from unhunch.daemon import status as desk_status
from unhunch.daemon.parts import Parts
from unhunch.language import of_the_asker
from unhunch.words import session
from unhunch.words.plan import plan_of
from unhunch.words.translate import _
from unhunch.words.why import why_of

Args = Mapping[str, Any]
Reply = Mapping[str, Any]


async def status(parts: Parts, _args: Args) -> Reply:
    with of_the_asker():
        return desk_status.status(parts)


async def why(parts: Parts, _args: Args) -> Reply:
    host = parts.host
    with of_the_asker():
        return why_of(host.live, host.scene(), host.settings)


async def start(parts: Parts, args: Args) -> Reply:
    st = parts.host.live.state
    with of_the_asker():
        check_start(st, st.today.date)
    parts.spawn("start", *([f"--{args['size']}"] if args.get("size") else []))
    return {"started": True}


async def told(command: str, parts: Parts, args: Args) -> Reply:
    """What a person, or a session's own process, says: an event for the engine, and how things are then."""
    host = parts.host
    before = host.live.state
    with of_the_asker():
        event = events.event(command, before, host.clock.now(), args, host.settings)
    await host.perform(event)
    with of_the_asker():
        said = {"status": desk_status.status(parts), **events.reply(command, before, host.live.state, host.settings)}
    if command == "session" and args["event"] == "ended":
        await parts.notices.ask_how_it_was(args)
    return said


async def plan(parts: Parts, _args: Args) -> Reply:
    with of_the_asker():
        return plan_of(parts.host.live, parts.host.scene(), parts.host.settings)


async def session_plan(parts: Parts, _args: Args) -> Reply:
    """What a guided session that begins now is told."""
    st = parts.host.live.state
    with of_the_asker():
        check_start(st, st.today.date)
        return session.session_plan(st.programme, st.today.date, parts.host.settings)


async def forget(parts: Parts, args: Args) -> Reply:
    """Deletes history under the running daemon, which goes on with new spans and a checkpoint that knows none of it."""
    with of_the_asker():
        if Kind.SESSION in parts.host.live.now.open:
            raise refused(_("A session is running."), _("Nothing was deleted."), _("Try again when it is over."))
        check_forget(parts.host.clock.now(), args)
    deleted = await parts.host.forget(args.get("before"))
    parts.desks.forgot(args.get("before"))
    with of_the_asker():
        return {"deleted": deleted, "status": desk_status.status(parts)}


async def sync(parts: Parts, args: Args) -> Reply:
    """The other desks; `forget` one of them by what it is called."""
    with of_the_asker():
        if name := args.get("forget"):
            parts.desks.retire(name)
        return {"sync": parts.desks.status()}


async def imported(parts: Parts, args: Args) -> Reply:
    """Another process has written records of others beside us."""
    host = parts.host
    with of_the_asker():
        event = events.imported(host.clock.now(), args)
    await host.perform(event)
    return {"expected_min": plan_of(host.live, host.scene(), host.settings)["expected_min"]}


async def unopened(parts: Parts, args: Args) -> Reply:
    """A page that nobody has opened: the address to open by hand, since whoever waits for it may see no terminal."""
    text = _("No browser has opened it. Open this address yourself: {address}").format(address=args["address"])
    await parts.notices.say("unhunch-page", _("The page is waiting for you"), text)
    return {"told": True}


async def doctor(parts: Parts, _args: Args) -> Reply:
    with of_the_asker():
        return await desk_status.doctor(parts)


async def reload(parts: Parts, _args: Args) -> Reply:
    parts.reload()
    trouble = parts.host.troubles.get("configuration")
    if trouble:
        with of_the_asker():
            raise wrong(trouble, _("Nothing was changed."), _("Correct it with 'unhunch config edit'."))
    return {"reloaded": True}


async def quit_(parts: Parts, _args: Args) -> Reply:
    parts.end()
    return {"ending": True}


COMMANDS: Mapping[str, Callable[[Parts, Args], Awaitable[Reply]]] = {
    **{command: partial(told, command) for command in events.EVENTS},
    "status": status,
    "why": why,
    "start": start,
    "plan": plan,
    "session_plan": session_plan,
    "imported": imported,
    "forget": forget,
    "sync": sync,
    "unopened": unopened,
    "doctor": doctor,
    "reload": reload,
    "quit": quit_,
}
READING = ("status", "why", "doctor", "plan", "session_plan")
"""These change nothing."""
