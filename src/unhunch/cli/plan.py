"""`unhunch plan`: sessions a day, today's due points, the next review and the rule behind it."""

import argparse
from collections.abc import Mapping
from typing import Any

from unhunch.cli import words
from unhunch.cli.answers import say
from unhunch.cli.asking import ask, show_json
from unhunch.cli.command import Command, json_option, word

DECISIONS = {"accept": True, "decline": False}


def run(args: argparse.Namespace) -> None:
    if args.answer is not None:
        accepted = DECISIONS[args.answer]
        reply = ask("plan_answer", {"accept": accepted})
        say(reply, "Agreed." if accepted else "Everything stays as it is.")
        return
    reply = ask("plan")
    if args.json:
        show_json(reply)
    else:
        print("\n".join(lines(reply)))


def lines(plan: Mapping[str, Any]) -> list[str]:
    """A sentence a fact: the goal, today, the review, the rule and what it saw."""
    goal = words.count(plan["goal"], "session")
    sitting = words.minutes(plan["expected_min"])
    found = [f"{goal} a day. A day like this, with about {sitting} of sitting, takes {plan['cap']} at most."]
    found.extend(f"  {_due(row)}" for row in plan["due"])
    if plan.get("offer"):
        offer = plan["offer"]
        found += [
            f"On offer: {words.count(offer['to'], 'session')} a day. {offer['why']}",
            "  Answer with 'unhunch plan accept' or 'unhunch plan decline'.",
        ]
    review, decision = plan.get("review") or {}, plan.get("decision") or {}
    if review.get("on"):
        found.append(f"Next review: {review['on']}.")
    elif review.get("why"):
        found.append(f"Next review: {review['why']}")
    if decision:
        found.append(f"The rule now: {decision['rule']}. {decision.get('why', '')}".rstrip())
        found.extend(f"  {name.replace('_', ' ')}: {value}" for name, value in (decision.get("figures") or {}).items())
    return found


def _due(row: Mapping[str, Any]) -> str:
    state = row.get("state") or "to come"
    return f"Session {row['number']} after {words.minutes(row['at_min'])} of sitting: {state}"


def arguments(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument(
        "answer", nargs="?", type=word(*DECISIONS), metavar="ANSWER", help="accept or decline what is on offer"
    )


plan = Command(
    run,
    arguments,
    examples=(("unhunch plan", ""), ("unhunch plan accept", "say yes to one more session a day")),
    about="More sessions are offered and you decide; fewer come by themselves, with the reason.",
)
