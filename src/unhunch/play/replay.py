"""`replay`: what recorded activity would have counted, and when it would have been asked.

It reads files and prints; the user's own history is not touched.
"""

import gc
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from unhunch import config
from unhunch.core.averages import median, percentile
from unhunch.core.bodies import Held, Lapsed, LetGo, Session, Shown
from unhunch.core.codec import read, told
from unhunch.core.facts import Fact, Kind
from unhunch.core.intervals import union
from unhunch.core.prompts.ladder import HOLDS
from unhunch.core.settings import Settings
from unhunch.core.vocabulary import About, Lapse, Status, What
from unhunch.core.week.days import DayTotals, Run, day_totals, iso
from unhunch.core.week.lived import Lived, lived
from unhunch.core.week.summary import thresholds
from unhunch.errors import Exit
from unhunch.importers.recognise import Found, read_all
from unhunch.importers.recording import Import
from unhunch.paths import Paths
from unhunch.play.player import Player, Recording, of_facts
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext

PAUSES = ("pause", "after a call", "after unlocking")
"""Reasons that are good moments; the other is having waited for one."""


def recording_of(found: Found) -> tuple[Recording, list[str]]:
    """What a file holds as a recording, and what was odd about it."""
    if not isinstance(found, Import):
        return of_facts(found), []
    problems = list(found.problems)
    if found.sums:
        text = ngettext(
            "Of {count} day only its sum is known, without moments that could be replayed.",
            "Of {count} days only their sums are known, without moments that could be replayed.",
            len(found.sums),
        )
        problems.append(text.format(count=len(found.sums)))
    return Recording(found.spans, found.covered), problems


def as_one(files: Sequence[tuple[Path, Found]]) -> tuple[Recording, list[str]]:
    """Several files as one recording, and what was odd about each."""
    reads = [(path, *recording_of(found)) for path, found in files]
    recording = Recording(
        union(span for _path, one, _odd in reads for span in one.spans),
        union(span for _path, one, _odd in reads for span in one.covered),
        [side for _path, one, _odd in reads for side in one.sides],
    )
    return recording, [f"{path.name}: {problem}" for path, _recording, odd in reads for problem in odd]


def has_sums(files: Sequence[tuple[Path, Found]]) -> bool:
    """Whether days are known in these by their sums alone."""
    return any(isinstance(found, Import) and found.sums for _path, found in files)


def run(files: Sequence[tuple[Path, Found]], s: Settings, answer: str = "ignore", seed: int = 0) -> dict[str, Any]:
    """Replay several files as one history. The result is plain values, as --json prints them."""
    recording, problems = as_one(files)
    player = Player(s, answer=answer, seed=seed)
    player.play(recording)
    return report(player.facts.values(), s, problems, player.lived)


def report(
    facts: Iterable[Fact], s: Settings, problems: Sequence[str] = (), pieces: Sequence[Lived] | None = None
) -> dict[str, Any]:
    """Day by day: sitting, stretches, prompts and what held them; and the sums.

    `pieces`: what the facts say about the days, where that is known already.
    """
    facts = list(facts)
    totals = day_totals(lived(facts, s) if pieces is None else pieces, s)
    due: dict[str, float] = {}
    days: dict[str, dict[str, Any]] = {
        name: _day(name, found, s) for name, found in sorted(totals.items()) if found.day.best
    }
    waits: list[float] = []
    last_due = 0.0
    for fact in facts:
        if fact.kind is Kind.DUE:
            last_due = due[fact.key] = fact.wall
        elif fact.kind is Kind.SHOWN and fact.day in days:
            said = read(Shown, fact.body)
            days[fact.day]["prompts"].append(
                {
                    "at": iso(fact.wall, fact.utc_offset),
                    "kind": str(said.what),
                    "step": said.step,
                    "reason": said.reason,
                    "pause_s": said.pause_s,
                }
            )
            if said.what is What.SESSION and said.step == 1 and not said.free:
                waits.append(fact.wall - last_due)
        elif fact.kind is Kind.HELD and fact.length > 0 and fact.day in days:
            held = {
                "from": iso(fact.wall, fact.utc_offset),
                "to": iso(fact.end, fact.utc_offset),
                "why": read(Held, fact.body).why,
            }
            days[fact.day]["held"].append(held)
    return {
        "days": list(days.values()),
        "totals": {
            **_totals(list(days.values()), facts, waits),
            "moments": moments(facts),
            "thresholds": thresholds(s),
        },
        "problems": list(problems),
    }


def moments(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """How each kind of notice found its moment, a session's by step: at a pause, into activity, or let go.

    Waits are seconds for which it could have been shown, those of what comes back after a snooze left out.
    """
    rows: dict[tuple[What, int], dict[str, Any]] = {}
    waits: dict[tuple[What, int], list[float]] = {}
    for fact in facts:
        said = told(fact)
        if not isinstance(said, Shown | LetGo):
            continue
        what = What.SESSION if said.about == About.LESS else said.what
        step = said.step if isinstance(said, Shown) and what is What.SESSION else 0
        row = rows.setdefault((what, step), {"at_a_pause": 0, "into_activity": 0, "let_go": 0})
        if isinstance(said, LetGo):
            row["let_go"] += 1
            continue
        row["at_a_pause" if said.reason in PAUSES else "into_activity"] += 1
        if not said.free and said.waited_s is not None:
            waits.setdefault((what, step), []).append(said.waited_s)
    return [
        {"kind": str(which[0]), "step": which[1], **row, "waited_s": _spread(waits.get(which, []))}
        for which, row in sorted(rows.items())
    ]


def _spread(seconds: Sequence[float]) -> dict[str, float] | None:
    return {"median": round(median(seconds), 1), "p90": round(percentile(seconds, 0.9), 1)} if seconds else None


def _day(name: str, totals: DayTotals, s: Settings) -> dict[str, Any]:
    return {
        "date": name,
        "sitting_min": {
            "low": round(totals.day.low / 60, 1),
            "best": round(totals.day.best / 60, 1),
            "high": round(totals.day.high(s) / 60, 1),
        },
        "stretches": [
            {
                "start": _iso(lot.runs[0], lot.start),
                "end": _iso(lot.runs[-1], lot.end),
                "min": round(lot.seconds / 60, 1),
            }
            for lot in totals.stretches
        ],
        "prompts": [],
        "held": [],
    }


def _iso(run: Run, wall: float) -> str:
    return iso(wall, run.utc_offset)


def _totals(days: Sequence[dict[str, Any]], facts: Sequence[Fact], waits: Sequence[float]) -> dict[str, Any]:
    prompts = [p for day in days for p in day["prompts"]]
    sessions = [p for p in prompts if p["kind"] == What.SESSION]
    natural = [p for p in prompts if p["reason"] in PAUSES]
    held: dict[str, int] = {}
    for day in days:
        for hold in day["held"]:
            held[hold["why"]] = held.get(hold["why"], 0) + 1
    lapsed = [read(Lapsed, f.body).as_ for f in facts if f.kind is Kind.LAPSED]
    return {
        "days": len(days),
        "sitting_min": {k: round(sum(d["sitting_min"][k] for d in days), 1) for k in ("low", "best", "high")},
        "prompts": len(prompts),
        "by_kind": {kind: sum(p["kind"] == kind for p in prompts) for kind in map(str, What)},
        "by_step": {str(step): sum(p["step"] == step for p in sessions) for step in (1, 2, 3)},
        "at_a_natural_pause": len(natural),
        "at_a_pause_of_10_to_60_s": sum(10 <= p["pause_s"] <= 60 for p in prompts),
        "to_nobody": sum(p["pause_s"] > 60 for p in prompts),
        "after_due_s": {"median": round(median(waits), 1), "longest": round(max(waits), 1)} if waits else None,
        "sessions_due": sum(f.kind is Kind.DUE for f in facts),
        "sessions_done": sum(f.kind is Kind.SESSION and read(Session, f.body).status == Status.DONE for f in facts),
        "missed": lapsed.count(Lapse.MISSED),
        "not_asked": lapsed.count(Lapse.NOT_ASKED),
        "held": held,
    }


KINDS = {"session": N_("session"), "nudge": N_("stand up"), "week": N_("summary"), "ask": N_("question")}
"""What a notice is about."""


def text(result: dict[str, Any]) -> str:
    """The result for a person: a line a day, then the sums."""
    lines = []
    for day in result["days"]:
        sitting, count = day["sitting_min"], len(day["stretches"])
        said = ", ".join(_prompt(p) for p in day["prompts"]) or _("nothing asked")
        best, low, high = (formats.duration(sitting[name]) for name in ("best", "low", "high"))
        hours = f"{best} ({low}-{high})"
        stretches = ngettext("{count} stretch", "{count} stretches", count).format(count=count)
        lines.append(f"{day['date']}  {hours}  {stretches}  {said}")
    totals = result["totals"]
    days = ngettext(
        "{count} day, {hours} at the desk, an estimate.",
        "{count} days, {hours} at the desk, an estimate.",
        totals["days"],
    )
    lines += ["", days.format(count=formats.whole(totals["days"]), hours=formats.hours(totals["sitting_min"]["best"]))]
    n = totals["prompts"]
    if n:
        share = formats.percent(totals["at_a_natural_pause"] / n)
        notices = ngettext(
            "{count} notice, {share} at a natural pause, {nobody} to nobody.",
            "{count} notices, {share} at a natural pause, {nobody} to nobody.",
            n,
        )
        steps = ", ".join(_("{count} as notice {step}").format(count=v, step=k) for k, v in totals["by_step"].items())
        lines.append(
            notices.format(count=n, share=share, nobody=totals["to_nobody"])
            + " "
            + _("Sessions: {steps}.").format(steps=steps)
        )
    lines += [_moment(row) for row in totals["moments"]]
    if totals["after_due_s"]:
        late = formats.number(totals["after_due_s"]["median"] / 60)
        lines.append(_("A session was first asked for {minutes} min after it was due.").format(minutes=late))
    if totals["held"]:
        held = ", ".join(f"{_(HOLDS[why])} ({count})" for why, count in totals["held"].items())
        lines.append(_("Held back, so many times: {holds}.").format(holds=held))
    lines += [_("Note: {problem}").format(problem=problem) for problem in result["problems"]]
    return "\n".join(lines)


def _moment(row: dict[str, Any]) -> str:
    """How one kind of notice found its moment: "session 1: 40 at a pause, 1 into activity, 0 let go; waited ..."."""
    kind = KINDS[row["kind"]]
    step = f" {row['step']}" if row["step"] else ""
    told = _("{kind}: {pause} at a pause, {activity} into activity, {gone} let go.").format(
        kind=f"{_(kind)}{step}", pause=row["at_a_pause"], activity=row["into_activity"], gone=row["let_go"]
    )
    if row["waited_s"]:
        waited = _("Half waited {median} s at most, nine in ten {most} s.")
        seconds = {name: formats.number(round(value)) for name, value in row["waited_s"].items()}
        told += " " + waited.format(median=seconds["median"], most=seconds["p90"])
    return "  " + told


def _prompt(prompt: dict[str, Any]) -> str:
    """A notice with its local time: "14:10 session 2"."""
    at = formats.clock(datetime.fromisoformat(prompt["at"]))
    step = f" {prompt['step']}" if prompt["kind"] == "session" else ""
    kind = KINDS[prompt["kind"]]
    return f"{at} {_(kind)}{step}"


def command(
    files: Sequence[Path], *, answer: str = "ignore", seed: int = 0, host: str = "", as_json: bool = False
) -> int:
    """`unhunch replay`. What can be read is replayed; then UserError is raised for the rest. Also ConfigError."""
    # It would walk through a year of events over and over, and a short command leaves nothing behind.
    gc.disable()
    try:
        good, failed = read_all(files, _("Nothing of it was replayed."), host)
        result = run(good, config.load(Paths.find().config_file), answer, seed)
    finally:
        gc.enable()
    if not result["days"] and not has_sums(good):
        result["problems"].append(_("There was no activity in it."))
    result["failed"] = failed.plain() if failed else []
    sys.stdout.write((json.dumps(result, indent=2) if as_json else text(result)) + "\n")
    if failed:
        sys.stdout.flush()
        raise failed
    return Exit.DONE
