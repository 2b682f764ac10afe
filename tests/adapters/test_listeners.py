"""Who listens to the microphone, while the sound server moves its streams."""

from unhunch.adapters.protocols.pulse import NOBODY, Recording
from unhunch.adapters.surroundings.calls import Listeners

MICROPHONE, MONITOR, SINK = 3, 1, 7
BOTH = {MICROPHONE: NOBODY, MONITOR: SINK}
PULLED_OUT = {MONITOR: SINK}


def heard(listeners: Listeners, source: int, sources: dict[int, int], *, corked: bool = False) -> bool:
    stream = Recording(20, NOBODY, 5, source, corked, "", {"application.name": "Meeting"})
    return listeners.call(listeners.suspects([stream]), [stream], [], sources)


def test_a_stream_that_is_held_while_it_is_moved_is_the_same_call() -> None:
    """PipeWire stops a stream whose microphone is pulled out, links it to what there is, and lets it go on."""
    listeners = Listeners()
    assert heard(listeners, MICROPHONE, BOTH)
    assert not heard(listeners, MICROPHONE, PULLED_OUT, corked=True)
    assert heard(listeners, MONITOR, PULLED_OUT)


def test_who_takes_what_is_played_is_no_call_while_the_microphone_is_there() -> None:
    listeners = Listeners()
    assert heard(listeners, MICROPHONE, BOTH)
    assert not heard(listeners, MONITOR, BOTH)
    assert not heard(Listeners(), MONITOR, PULLED_OUT), "nor who never listened"
