"""`unhunch plan`: sessions a day, today's due points, the next review and the rule behind it; and what would come."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from unhunch.cli import words
from unhunch.cli.answers import say
from unhunch.cli.asking import ask, show_json
from unhunch.cli.command import Command, json_option, whole, word

ANSWERS = ("accept", "decline", "keep", "fewer", "stop")
ASKING = {
    "keep": "Sessions are asked for as before.",
    "fewer": "One quiet prompt every other day, until a session is done.",
    "stop": "No session is asked for in the next weeks, or until you do one. Notices to stand up stay.",
}
SHARES = ("adherence", "prolonged")
USERS = ("willing", "mixed", "ignore", "skip", "start", "aching")


def run(args: argparse.Namespace) -> None:
    if args.simulate is not None:
        _simulate(args)
    elif args.answer in ASKING:
        say(ask("plan_answer", {"asking": args.answer}), ASKING[args.answer])
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
    say(reply, "Agreed." if agreed else str(reply.get("why") or "Everything stays as it is."))


def _asked() -> bool:
    """The question that comes before a step up when no session was rated."""
    while True:
        try:
            said = input("Did any of your sessions bring pain or tingling? [y/n] ").strip().lower()
        except EOFError:
            raise KeyboardInterrupt from None
        if said in ("y", "yes", "n", "no"):
            return said.startswith("y")


def _simulate(args: argparse.Namespace) -> None:
    from unhunch.cli.desk import settings
    from unhunch.simulate import simulate, text

    result = simulate(args.simulate, settings(), weeks=args.weeks, user=args.user, seed=args.seed)
    if args.json:
        show_json(result)
    else:
        print(text(result))


def lines(plan: Mapping[str, Any]) -> list[str]:
    """A sentence a fact: the goal, today, the review, the rule and what it saw."""
    goal = words.count(plan["goal"], "session")
    sitting = words.minutes(plan["expected_min"])
    found = [f"{goal} a day. A day like this, with about {sitting} of sitting, takes {plan['cap']} at most."]
    if plan.get("stopped_why"):
        found += [
            f"Sessions are off. {plan['stopped_why']}",
            "  When you have checked with a clinician: unhunch screening --confirm",
        ]
    elif plan.get("mode") == "easy":
        found.append("Sessions are easy ones for now: short, elbows in, supported.")
    found.extend(f"  {_due(row)}" for row in plan["due"])
    if (plan.get("ladder") or {}).get("why"):
        found.append(f"Prompts: {plan['ladder']['why']}")
    if plan.get("offer"):
        offer = plan["offer"]
        found += [
            f"On offer: {words.count(offer['to'], 'session')} a day. {offer['why']}",
            "  Answer with 'unhunch plan accept' or 'unhunch plan decline'.",
        ]
    review, decision = plan.get("review") or {}, plan.get("decision") or {}
    if review.get("on"):
        found.append(f"Next review: {review['on']}. {review.get('why') or ''}".rstrip())
    elif review.get("why"):
        found.append(f"Next review: {review['why']}")
    if decision:
        when = f" ({decision['date']})" if decision.get("date") else ""
        found.append(f"The rule now: {decision['rule']}{when}. {decision.get('why', '')}".rstrip())
        found.extend(_figure(name, value) for name, value in (decision.get("figures") or {}).items())
    return found


def _figure(name: str, value: object) -> str:
    said: object = value
    if value is None:
        said = "not known"
    elif value is False or value == "":
        said = "no"
    elif value is True:
        said = "yes"
    elif name in SHARES and isinstance(value, int | float):
        said = f"{int(value * 100 + 0.5)} %"
    elif name == "sitting_min" and isinstance(value, int | float):
        name, said = "usual_sitting", words.minutes(value)
    return f"  {name.replace('_', ' ')}: {said}"


def _due(row: Mapping[str, Any]) -> str:
    state = row.get("state") or "to come"
    return f"Session {row['number']} after {words.minutes(row['at_min'])} of sitting: {state}"


def arguments(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument(
        "answer",
        nargs="?",
        type=word(*ANSWERS),
        metavar="ANSWER",
        help="accept or decline what is on offer; or how to go on asking: keep, fewer or stop",
    )
    pain = parser.add_mutually_exclusive_group()
    pain.add_argument("--pain", action="store_true", default=None, help="with accept: sessions hurt or tingled")
    pain.add_argument("--no-pain", dest="pain", action="store_false", default=None, help="with accept: none did")
    parser.add_argument("--simulate", type=Path, metavar="FILE", help="play a recording, as for 'unhunch replay'")
    parser.add_argument("--weeks", type=whole(1, 52), default=12, metavar="N", help="for so many weeks; 12 by default")
    parser.add_argument(
        "--user", type=word(*USERS), default="willing", metavar="WORD", help="who answers: " + ", ".join(USERS)
    )
    parser.add_argument("--seed", type=whole(0, 2**31), default=0, metavar="N", help="another number, other chances")


plan = Command(
    run,
    arguments,
    examples=(
        ("unhunch plan", ""),
        ("unhunch plan accept", "say yes to one more session a day"),
        ("unhunch plan fewer", "ask less often"),
        ("unhunch plan --simulate ~/.workrave/idlelog.log --weeks 12", "what would become of it"),
    ),
    about="More sessions are offered and you decide; fewer come by themselves, with the reason.",
)
