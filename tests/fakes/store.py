"""A store that keeps nothing beyond its own life, for tests that need no file. Same contract as the real one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unhunch.adapters.store.row import body_of, body_text, from_rows, to_row
from unhunch.core.facts import Fact, Kind
from unhunch.ports import KeptWeek


class MemoryStore:
    """Facts in a dict, in the order of writing. `device` is this machine's name."""

    def __init__(self, device: str = "memory") -> None:
        self.device = device
        self._facts: dict[str, Fact] = {}

    def append(self, facts: Sequence[Fact]) -> None:
        self.write(facts, {})

    def extend(self, lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]]) -> None:
        self.write((), lengths)

    def write(self, new: Sequence[Fact], lengths: Mapping[str, tuple[float, Mapping[str, Any] | None]]) -> None:
        # There and back as rows: what the real store would refuse or change is refused or changed here too.
        facts = from_rows([to_row(fact, self.device) for fact in new], self.device)
        longer = [(key, float(s), None if body is None else body_text(body)) for key, (s, body) in lengths.items()]
        for fact in facts:
            self._facts.setdefault(fact.key, fact)
        for key, seconds, body in longer:
            if key in self._facts:
                fact = self._facts[key]._replace(length=seconds)
                self._facts[key] = fact if body is None else fact._replace(body=body_of(body))
        own = [key for key, fact in self._facts.items() if fact.kind is Kind.CHECKPOINT and not fact.device]
        for outdated in own[:-1]:
            del self._facts[outdated]

    def read(
        self,
        since: float | None = None,
        until: float | None = None,
        kinds: Iterable[str] | None = None,
        device: str | None = None,
    ) -> list[Fact]:
        wanted = None if kinds is None else {str(kind) for kind in kinds}
        machine = "" if device == self.device else device
        return [
            fact
            for fact in self._facts.values()
            if (since is None or fact.wall >= since or fact.end > since)
            and (until is None or fact.wall < until)
            and (wanted is None or fact.kind in wanted)
            and (machine is None or fact.device == machine)
        ]

    def since_checkpoint(self) -> list[Fact]:
        own = [fact for fact in self._facts.values() if not fact.device]
        last = max((place for place, fact in enumerate(own) if fact.kind is Kind.CHECKPOINT), default=0)
        return own[last:]

    def others(self, _since: float) -> list[Fact]:
        return []  # nobody shares it

    def names(self) -> dict[str, str]:
        return {}

    def written(self) -> int:
        return 0  # nobody else has it

    def kept_weeks(self, _what: str, _firsts: Iterable[str], _rules: str) -> dict[str, Any]:
        return {}  # counted anew each time

    def keep_weeks(self, weeks: Iterable[KeptWeek], written: int) -> None:
        """Nothing is kept."""

    def forget(self, before: float | None = None) -> int:
        kept = {} if before is None else {key: fact for key, fact in self._facts.items() if fact.end >= before}
        gone = len(self._facts) - len(kept)
        self._facts = kept
        return gone

    def close(self) -> None:
        """Nothing to let go."""
