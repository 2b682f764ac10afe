"""Options as configurations of before name them: they still load, and it is said what became of them."""

from collections.abc import Iterable

from unhunch.words.translate import N_, _

RENAMED = {
    "pause.first": "pause.gap",
    "pause.second": "pause.gap_waiting",
    "pause.third": "pause.gap_least",
    "pause.second_after": "pause.waiting",
    "ladder.wait_1": "pause.anyway",
}
"""What they say holds under the new name, unless that is set as well."""

RETIRED = {
    "pause.third_after": N_("a session takes pause.gap_least from pause.patience on"),
    "ladder.wait_later": N_("each notice waits as the first does, by pause.patience and pause.anyway"),
}
"""What is so now. What they say is not used."""


def became(keys: Iterable[str]) -> list[str]:
    """A sentence for each option of before among `keys`."""
    said = []
    for key in keys:
        if key in RENAMED:
            text = _("{old} is now called {new}, and holds for every notice.")
            if key in ("pause.third", "ladder.wait_1"):
                text = _("{old} is now called {new}, and holds for every notice of a session.")
            said.append(text.format(old=key, new=RENAMED[key]))
        elif key in RETIRED:
            said.append(_("{old} is not used any more: {why}.").format(old=key, why=_(RETIRED[key])))
    return said
