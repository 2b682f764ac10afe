"""The engine as the store left it, whatever stands in the store.

A row that makes no sense by itself is left out when it is read (core/codec.py). A checkpoint that does not fit, or
rows that make no sense together, must not keep the daemon from starting either. Nothing is deleted here.
"""

import json
import logging
from collections.abc import Sequence

from unhunch.core import messages as m
from unhunch.core.bodies import Checkpoint
from unhunch.core.codec import read
from unhunch.core.engine import step
from unhunch.core.engine.step import Live
from unhunch.core.facts import Fact, Kind
from unhunch.core.moment import DAY
from unhunch.core.programme import stops
from unhunch.core.settings import Settings
from unhunch.core.state import desks, state
from unhunch.core.state.checkpoint import checkpoint_fits
from unhunch.core.state.fold import reaches_back
from unhunch.ports import Clock, Store, StoreError
from unhunch.words.translate import N_, _

log = logging.getLogger(__name__)

FROM_THE_BEGINNING = N_("The last checkpoint in the history cannot be used; everything before it was read instead.")
BEGUN_ANEW = N_(
    "The stored history makes no sense to this version; counting began anew and nothing was deleted. The "
    "log says where it fails; 'unhunch export history.json' saves what can be read."
)


def recall(store: Store, settings: Settings, clock: Clock) -> tuple[Live, str]:
    """The engine to go on with, and what the user is to be told about it, if anything. Raises StoreError."""
    try:
        facts = store.since_checkpoint()
        return _with_days(_tried(facts, settings, clock, store), facts, store, settings), ""
    except StoreError:
        raise
    except Exception:
        log.exception("The last checkpoint cannot be used")
    try:
        return _tried(_whole(store), settings, clock, store), _(FROM_THE_BEGINNING)
    except StoreError:
        raise
    except Exception:
        log.exception("The history cannot be read")
    return step.begin((), settings), _(BEGUN_ANEW)


def corrected(live: Live, store: Store, settings: Settings) -> Live:
    """The engine after history was corrected, or something taken back: the stored facts read anew. Raises StoreError.

    A checkpoint has summed up the days before it. Where a correction reaches behind it, or an earlier version counted
    them, the days come out of all the facts; the rest stays as the checkpoint has it, which alone knows what was felt
    on days that were forgotten.
    """
    facts = store.since_checkpoint()
    return _with_days(step.refold(live, facts, settings, *_others(store, facts)), facts, store, settings)


def _with_days(live: Live, facts: Sequence[Fact], store: Store, settings: Settings) -> Live:
    checkpoint = read(Checkpoint, facts[0].body) if facts and facts[0].kind is Kind.CHECKPOINT else None
    counted_otherwise = checkpoint is not None and state.outdated(checkpoint.state)
    if not counted_otherwise and not reaches_back(facts):
        return live
    every = _whole(store)
    whole, st = step.refold(live, every, settings, *_others(store, every)).state, live.state
    if counted_otherwise:
        st = st._replace(programme=stops.careful(st.programme, whole.programme))
    return live._replace(
        state=st._replace(
            past=whole.past,
            today=whole.today,
            watch=st.watch._replace(reading=whole.reading),
            rhythm=whole.rhythm,
            bout=whole.bout,
            tally=whole.tally,
        )
    )


def _others(store: Store, facts: Sequence[Fact]) -> tuple[list[Fact], str]:
    """What other desks wrote that belongs to these facts, and the name of this machine."""
    return store.others(desks.before(facts)), store.device


def _whole(store: Store) -> list[Fact]:
    """All facts of this machine, as if there had never been a checkpoint."""
    return [fact for fact in store.read(device="") if fact.kind is not Kind.CHECKPOINT]


def _tried(facts: Sequence[Fact], settings: Settings, clock: Clock, store: Store) -> Live:
    """The engine on these facts, after a look now and one a day later have been tried on a copy of it."""
    if facts and facts[0].kind is Kind.CHECKPOINT:
        fresh = json.loads(json.dumps(state.dump(state.fresh(settings))))
        if not checkpoint_fits(state.renewed(read(Checkpoint, facts[0].body).state), fresh):
            raise ValueError("the checkpoint has another shape than this version gives it")
    live = step.begin(facts, settings, *_others(store, facts))
    at = clock.now()
    later = at._replace(wall=at.wall + DAY, boot=at.boot + DAY, awake=at.awake + DAY)
    trial = live
    for event in (m.Started(at, clock.boot_id, "trial"), m.Look(at, (0.0, 0.0)), m.Look(later, (0.0, 0.0))):
        trial, _effects = step.step(trial, event, settings)
    step.scene(trial, later, settings)
    return live
