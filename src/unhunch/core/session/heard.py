"""Everything that can be heard in a session: what recordings are made of and what the tables of cues are drawn from."""

from collections.abc import Iterator

from unhunch.core.session.routine import Routine, Variation
from unhunch.core.session.timeline import Cue, Kind, Timeline, gentlest, relief, rest, shape, timeline
from unhunch.core.vocabulary import Size


def tracks(routine: Routine, breath_seconds: float = 8.0) -> Iterator[tuple[str, Timeline]]:
    """Everything that can be heard: each size in each way, each branch, and the pause, by name."""
    for size in Size:
        for variation in Variation:
            if gentlest(size, variation) is not variation:
                continue
            for hips in (False, True) if shape(routine, size).hips_raised else (False,):
                name = "-".join((size, variation, "hips") if hips else (size, variation))

                def line(
                    *marked: str, size: Size = size, hips: bool = hips, variation: Variation = variation
                ) -> Timeline:
                    options = {"landmark": True, "hips_raised": hips}
                    return timeline(routine, size, breath_seconds, variation=variation, marked=marked, **options)

                yield name, line()
                for place in routine.positions:
                    for before in range(shape(routine, size).stiff_spots):
                        others = [other for other in routine.positions if other != place]
                        yield f"{name}-{place}", line(*others[:before], place)
    for variation in (Variation.ELBOWS_IN, Variation.SUPPORTED):
        yield f"tingling-{variation}", relief(routine, Size.STANDARD, variation, "", breath_seconds)
    yield "pain", rest(routine, Size.STANDARD, routine.pain)
    yield "persisted", rest(routine, Size.STANDARD, routine.tingling.persisted)
    for name, step in (("pause", routine.pause), ("pause-over", routine.pause_over)):
        cue = Cue(Kind.REST, 0.0, step.seconds, *step.words, "side", "")
        yield name, Timeline(Size.STANDARD, Variation.OPEN, (cue,))


def sentences(routine: Routine) -> dict[str, float]:
    """Every sentence, with the least seconds that it has anywhere."""
    found: dict[str, float] = {}
    for _name, line in tracks(routine):
        for spoken in line.utterances():
            found[spoken.text] = min(spoken.seconds, found.get(spoken.text, spoken.seconds))
    return found
