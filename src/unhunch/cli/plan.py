"""`unhunch plan`: sessions a day, today's due points, the next review and the rule behind it; and what would come."""

import argparse
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from unhunch.cli.answers import say
from unhunch.cli.command import Command, host_option, json_option, whole, word
from unhunch.cli.to_daemon import ask, show_json
from unhunch.line import read_line
from unhunch.said.status import today
from unhunch.said.typed import is_no, is_yes
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext

ANSWERS = ("accept", "decline", "keep", "fewer", "stop")
ASKING = {
    "keep": N_("Sessions are asked for as before."),
    "fewer": N_("One quiet prompt every other day, until a session is done."),
    "stop": N_("No session is asked for in the next weeks, or until you do one. Notices to stand up stay."),
}
SHARES = ("adherence", "prolonged")
USERS = ("willing", "mixed", "ignore", "skip", "start", "aching")


def run(args: argparse.Namespace) -> None:
    if args.simulate is not None:
        _simulate(args)
    elif args.answer in ASKING:
        say(ask("plan_answer", {"asking": args.answer}), _(ASKING[args.answer]))
    elif args.answer is not None:
        _answer(args.answer == "accept", args.pain)
    else:
        reply = ask("plan")
        if args.json:
            show_json(reply)
        else:
            print("\n".join(lines(reply)))


def _answer(accept: bool, hurt: bool | None) -> None:
    if accept and hurt is None and sys.stdin.isatty() and (ask("plan").get("offer") or {}).get("asks"):
        hurt = _asked()
    reply = ask("plan_answer", {"accept": accept, "hurt": hurt})
    agreed = accept and not hurt
    say(reply, _("Agreed.") if agreed else str(reply.get("why") or _("Everything stays as it is.")))


def _asked() -> bool:
    """The question that comes before a step up when no session was rated."""
    while True:
        try:
            # safety
            said = read_line(_("Did any of your sessions bring pain or tingling? [y/n] "))
        except EOFError:
            raise KeyboardInterrupt from None
        if is_yes(said) or is_no(said):
            return is_yes(said)


def _simulate(args: argparse.Namespace) -> None:
    from unhunch.cli.own_history import settings
    from unhunch.importers.recognise import read_all
    from unhunch.play.simulate import simulate, text

    good, failed = read_all(args.simulate, _("Nothing of it was played."), args.host)
    result = simulate(good, settings(), weeks=args.weeks, user=args.user, seed=args.seed)
    if args.json:
        show_json({**result, "failed": failed.plain() if failed else []})
    else:
        print(text(result))
    if failed:
        sys.stdout.flush()
        raise failed


def lines(plan: Mapping[str, Any]) -> list[str]:
    """A sentence a fact: the goal, today, the review, the rule and what it saw."""
    goal = ngettext(
        "{count} session a day. A day like this, with about {sitting} of sitting, takes {most} at most.",
        "{count} sessions a day. A day like this, with about {sitting} of sitting, takes {most} at most.",
        plan["goal"],
    )
    found = [goal.format(count=plan["goal"], sitting=formats.duration(plan["expected_min"]), most=plan["cap"])]
    if plan.get("stopped_why"):
        # safety
        confirm = _("When you have checked with a clinician: {command}")
        found += [
            _("Sessions are off. {why}").format(why=plan["stopped_why"]),
            "  " + confirm.format(command="unhunch screening --confirm"),
        ]
    elif plan.get("off_why"):
        found.append(plan["off_why"])
    elif plan.get("mode") == "easy":
        # safety
        found.append(_("Sessions are easy ones for now: short, elbows in, supported."))
    if plan.get("today"):
        found.append(today(plan))
    found.extend(f"  {_due(row)}" for row in plan["due"])
    if (plan.get("ladder") or {}).get("why"):
        found.append(_("Prompts: {why}").format(why=plan["ladder"]["why"]))
    if plan.get("offer"):
        offer = plan["offer"]
        text = ngettext(
            "On offer: {count} session a day. {why}", "On offer: {count} sessions a day. {why}", offer["to"]
        )
        found += [
            text.format(count=offer["to"], why=offer["why"]),
            *(["  " + offer["today"]] if offer.get("today") else []),
            "  " + _("Answer with 'unhunch plan accept' or 'unhunch plan decline'."),
        ]
    review = plan.get("review") or {}
    if review.get("on"):
        found.append(
            _("Next review: {day}. {why}").format(day=_day(review["on"]), why=review.get("why") or "").rstrip()
        )
    elif review.get("why"):
        found.append(_("Next review: {when}").format(when=review["why"]))
    return [*found, *_decided(plan.get("decision") or {})]


def _decided(decision: Mapping[str, Any]) -> list[str]:
    """The last decision, and what it saw."""
    if not decision:
        return []
    text = _("The rule now: {rule} ({day}). {why}") if decision.get("date") else _("The rule now: {rule}. {why}")
    name = str(decision["rule"])
    rule = _(RULES[name]) if name in RULES else name
    day = _day(decision["date"]) if decision.get("date") else ""
    said = text.format(rule=rule, day=day, why=decision.get("why", "")).rstrip()
    return [said, *(_figure(name, value) for name, value in (decision.get("figures") or {}).items())]


def _day(iso: str) -> str:
    return formats.day(date.fromisoformat(iso), year=True)


RULES = {
    "stop": N_("stop"),
    "gap": N_("gap"),
    "step down": N_("one fewer a day"),
    "easy mode": N_("easy mode"),
    "step up": N_("one more a day"),
    "hold": N_("hold"),
    "as usual": N_("as usual"),
}
"""The rows of the programme's table."""

FIGURES = {
    "goal": N_("sessions a day"),
    "days": N_("days since the last review"),
    "valid_days": N_("days with an hour of sitting"),
    "done": N_("sessions done"),
    "asked": N_("sessions asked for"),
    "adherence": N_("share done"),
    "low_reviews": N_("weeks running with too few done"),
    "days_without_session": N_("days without a session"),
    "gap_known": N_("days without a session, acted upon"),
    "sessions": N_("sessions ever done"),
    "rated": N_("sessions with known discomfort"),
    "greens": N_("sessions with discomfort up to 2"),
    "ambers": N_("sessions with discomfort of 3 to 5"),
    "unsettled": N_("of these, not gone the next morning"),
    "reds": N_("sessions that hurt more, or were stopped for pain"),
    "persisted": N_("sessions after which tingling stayed"),
    "worse": N_("mornings that felt worse"),
    "stopped": N_("stopped"),
    "easy": N_("easy sessions"),
    "easy_to_come": N_("easy sessions to come"),
    "days_at_goal": N_("days at this number"),
    "cap": N_("most a day for so much sitting"),
    "sitting_min": N_("usual sitting"),
    "stiffness": N_("stiffness before sessions"),
    "prolonged": N_("share of sitting in long stretches"),
}
"""What a decision sees (core/programme.py)."""


STOPPED = {
    "tingling": N_("tingling"),
    "reds": N_("discomfort"),
    "red-flag": N_("a safety question"),
    "still": N_("still there"),
}
"""Why sessions are off, in a word."""


def _figure(name: str, value: object) -> str:
    said: object = value
    if value is None:
        said = _("not known")
    elif value is False or value == "":
        said = _("no")
    elif value is True:
        said = _("yes")
    elif name == "stopped":
        said = _(STOPPED[str(value)]) if value in STOPPED else value
    elif isinstance(value, int | float):
        if name in SHARES:
            said = formats.percent(value)
        elif name == "sitting_min":
            said = formats.duration(value)
        else:
            said = formats.number(value, 2)
    label = _(FIGURES[name]) if name in FIGURES else name.replace("_", " ")
    return f"  {label}: {said}"


def _due(row: Mapping[str, Any]) -> str:
    text = _("Session {number} after {sitting} of sitting: {state}")
    if "on_end_min" in row:
        text = _("Session {number} after {sitting} of sitting, or {on_end} without a break: {state}")
    state = row.get("state") or N_("to come")
    on_end = formats.duration(row.get("on_end_min", 0.0))
    return text.format(number=row["number"], sitting=formats.duration(row["at_min"]), on_end=on_end, state=_(state))


def arguments(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument(
        "answer",
        nargs="?",
        type=word(*ANSWERS),
        metavar="ANSWER",
        help=_("accept or decline what is on offer; or how to go on asking: keep, fewer or stop"),
    )
    pain = parser.add_mutually_exclusive_group()
    pain.add_argument("--pain", action="store_true", default=None, help=_("with accept: sessions hurt or tingled"))
    pain.add_argument("--no-pain", dest="pain", action="store_false", default=None, help=_("with accept: none did"))
    host_option(parser)
    parser.add_argument(
        "--simulate", nargs="+", type=Path, metavar="FILE", help=_("play a recording, as for 'unhunch replay'")
    )
    parser.add_argument(
        "--weeks", type=whole(1, 52), default=12, metavar="N", help=_("for so many weeks; 12 by default")
    )
    parser.add_argument(
        "--user",
        type=word(*USERS),
        default="willing",
        metavar="WORD",
        help=_("who answers: {words}").format(words=", ".join(USERS)),
    )
    parser.add_argument("--seed", type=whole(0, 2**31), default=0, metavar="N", help=_("another number, other chances"))


plan = Command(
    run,
    arguments,
    examples=(
        ("unhunch plan", ""),
        ("unhunch plan accept", N_("say yes to one more session a day")),
        ("unhunch plan fewer", N_("ask less often")),
        ("unhunch plan --simulate ~/.workrave/idlelog.*.log --weeks 12", N_("what would become of it")),
    ),
    about=N_("More sessions are offered and you decide; fewer come by themselves, with the reason."),
)
