"""A line that is cut, changed or wrong anywhere costs that line: by the function that reads, and by what is kept."""

import json
from binascii import crc32
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.adapters.machines import DEVICES, LINES, OWN, T0, A, at, fact, put
from tests.adapters.machines import made as made
from tests.days.world import World
from unhunch.adapters.store.row import to_row
from unhunch.core import bodies
from unhunch.core import messages as m
from unhunch.core.facts import Fact, Kind
from unhunch.core.settings import Settings
from unhunch.core.state.fold import fold
from unhunch.core.vocabulary import Feels, Verdict
from unhunch.sync import known
from unhunch.sync.folder import begins
from unhunch.sync.lines import line, of_fact, parse

B, C = DEVICES["b"], DEVICES["c"]
NOTES: tuple[Mapping[str, Any], ...] = (
    {"desk": {"name": "work", "version": "1"}},
    {"seen": {B: 417, C: 3}},
    {"forget": {"before": T0, "all": True}},
    {"forget": {"desk": B, "at": T0}},
    {"gone": [[3, 9], [12, 12]]},
    {},
)
EVERY = (LINES[3], *(line(A, 4, says) for says in NOTES))


@pytest.mark.parametrize("last", EVERY)
def test_a_line_cut_at_any_byte_costs_that_line(last: bytes) -> None:
    for cut in range(len(last) - 1):
        for end in (b"", b"\n", b"\n" + LINES[0]):
            found = parse(LINES[1] + last[:cut] + end + LINES[2])
            assert {2} <= {one.n for one in found.lines} <= {1, 2, 3}
            assert {3} <= {one.n for one in found.lines} or (not end and cut), cut
    for cut in range(len(last)):
        assert parse(LINES[1] + last[:cut]).read == len(LINES[1]), "what has no end waits for it"


@pytest.mark.parametrize("last", EVERY)
def test_any_byte_that_is_another_costs_that_line(last: bytes) -> None:
    """But for white space at its ends, which synchronizers and version control change."""
    (whole,) = parse(last).lines
    for n, was in enumerate(last[:-1]):
        for byte in {0, 9, 10, 13, 34, 125, 255, was ^ 1, was ^ 32} - {was}:
            harmed = last[:n] + bytes([byte]) + last[n + 1 :]
            found = parse(LINES[1] + harmed + LINES[2])
            assert [one.n for one in found.lines if one != whole] == [2, 3], (n, byte)


def test_each_cut_waits_in_its_file_and_is_read_once_it_is_whole(made) -> None:
    """A file a cut, all in one folder: three facts of each while it is cut, four after."""
    b = made("b")
    machines = {cut: f"{cut:08x}-0000-4000-8000-000000000000" for cut in range(len(LINES[3]))}
    for cut, device in machines.items():
        lines = [line(device, n, of_fact(fact(n, owner=f"{cut}-"))) for n in range(1, 5)]
        put(b.folder, f"{begins(device)}-2026-09.jsonl", *lines[:3], lines[3][:cut])
    b.exchange.receive(at(100))
    assert {b.of(device) for device in machines.values()} == {3}
    for cut, device in machines.items():
        whole = line(device, 4, of_fact(fact(4, owner=f"{cut}-")))
        with (b.folder / f"{begins(device)}-2026-09.jsonl").open("ab") as file:
            file.write(whole[cut:])
    b.exchange.receive(at(200))
    kept = [f.device for f in b.store.read()]
    assert sorted(kept) == sorted([*machines.values()] * 4)
    assert b.exchange.odd == 0


# Fields ---------------------------------------------------------------------------------------------------------------


WRONG = (
    None, True, -1, 0, 7, 2**53, 10**400, 0.5, -1e300, 1e300, "", "x", "later", "\0", "\ud800", "x" * 70_000,
    [], [[]], [[2, 1]], {}, {"\ud800": 1}, {"a": {}},
)  # fmt: skip


def lived() -> list[Fact]:
    """A day and a half with most of what is ever told."""
    world = World()
    for said in (bodies.Screening(Verdict.PASS), bodies.Morning(Feels.BETTER)):
        world.do(m.Told(world.moment(), said))
    world.work(100)
    world.answer("snooze")
    world.session(3, stiffness_before=4, discomfort=1)
    world.idle(10)
    world.do(m.Paused(world.moment(), seconds=600.0))
    world.do(m.Resumed(world.moment()))
    world.do(m.Stood(world.moment()))
    world.do(m.Undone(world.moment()))
    world.until("09:00", working=False)
    world.work(90)
    return list(world.facts.values())


def told(says: Mapping[str, Any], n: object = 4, machine: object = A, version: object = 1) -> bytes:
    """A line with its check, whatever stands in it."""
    text = json.dumps({"v": version, "m": machine, "n": n, **says}, separators=(",", ":")).encode()[:-1]
    return b'%s,"c":"%08x"}\n' % (text, crc32(text))


def wrong_lines() -> Iterator[bytes]:
    """Every field of every kind of line with everything that it may not, or may oddly, be."""
    kinds = {one.kind: one for one in lived()}
    assert len(kinds) > 12
    facts = [of_fact(one)["fact"] for kind, one in sorted(kinds.items())]
    for wrong in WRONG:
        for name in ("n", "machine", "version"):
            yield told(of_fact(fact(4)), **{name: wrong})
        for entry in facts:
            yield from (told({"fact": {**entry, name: wrong}}) for name in (*entry, "length", "day", "body"))
            body = entry.get("body", {})
            yield from (told({"fact": {**entry, "body": {**body, name: wrong}}}) for name in body)
        for says in NOTES:
            yield from (told({name: wrong}) for name in says)
            for name, inner in says.items():
                if isinstance(inner, dict):
                    yield from (told({name: {**inner, key: wrong}}) for key in (*inner, "before", "desk", "at", "all"))
    for entry in facts:
        yield from (told({"fact": {key: value for key, value in entry.items() if key != name}}) for name in entry)


def test_any_field_wrong_costs_that_line(made) -> None:
    """It is left out, or everything can go on with it: it is stored, told again, and counted."""
    b, settings, taken = made("b"), Settings(), 0
    for n, harmed in enumerate(wrong_lines()):
        found = parse(b"".join((*LINES[:3], harmed)))
        assert [one.n for one in found.lines[:3]] == [1, 2, 3]
        for one in found.lines[3:]:
            taken += 1
            if one.fact:
                assert one.fact.kind not in (Kind.CHECKPOINT, Kind.IMPORTED)
                to_row(one.fact, "here")
                line(A, n + 1, of_fact(one.fact))
                fold((), settings, others=(fact(1, device=A), one.fact), device="here")
    assert taken > 100, "some do fit"
    # All of them at once, in a real folder: what fits is stored, the rest is counted, and nothing breaks.
    lines = [harmed for harmed in wrong_lines() if len(harmed) < 1000]
    put(b.folder, f"{OWN}.jsonl", *LINES[:3], *lines)
    for later in (100, 200):
        b.exchange.receive(at(later))
    b.exchange.send(at(300))
    assert b.of(A) >= 3
    assert b.exchange.odd > 100
    assert all(isinstance(note, str) and note for note in known(b.exchange, at(300))["notes"])


def test_what_a_machine_says_of_itself_alone_is_taken_from_no_line() -> None:
    for kind in (Kind.CHECKPOINT, Kind.IMPORTED):
        found = parse(told({"fact": {**of_fact(fact(4))["fact"], "kind": str(kind)}}))
        assert (found.lines, found.odd, found.newer) == ([], 1, 0)
