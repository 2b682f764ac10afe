"""The words in which people type times: English everywhere, and beside it the user's own language. Pure."""

import re
from functools import cache

from unhunch.core.settings import WEEKDAYS
from unhunch.language import plain
from unhunch.words import formats
from unhunch.words.translate import N_, _, pgettext

TYPED = N_("""\
now: now
today: today
tomorrow: tomorrow
yesterday: yesterday
overmorrow: day after tomorrow
ereyesterday: day before yesterday
rest of today: rest of today, rest of the day
until: until, till, to
from: from
at: at
for: for
ago: ago
the: the, on
s: s, sec, secs, second, seconds
m: m, min, mins, minute, minutes
h: h, hr, hrs, hour, hours
d: d, day, days
w: w, week, weeks
""")
"""What may be typed for a word or a unit. Translations keep what stands before the colon; accents may be left out."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
LEFT_OUT = "the"

_HALF_OF_DAY = re.compile(r"(?<=\d)\s*([ap])\.?\s?m\b\.?", re.ASCII)


@cache
def _understood(table: str) -> dict[str, str]:
    """Phrases of a table such as TYPED, and what stands before their colons."""
    rows = (line.partition(":") for line in table.splitlines())
    return {plain(phrase): meant for meant, _colon, phrases in rows for phrase in phrases.split(",")}


def units() -> dict[str, int]:
    known = _understood(TYPED) | _understood(_(TYPED))
    return {phrase: SECONDS[meant] for phrase, meant in known.items() if meant in SECONDS}


def english(typed: str) -> str:
    """What was typed, in the English words that when.py looks for. Durations and weekdays stay as they are."""
    known = {
        phrase: "" if meant == LEFT_OUT else meant
        for phrase, meant in (_understood(TYPED) | _understood(_(TYPED))).items()
        if meant not in SECONDS
    }
    longest_first = sorted(known, key=len, reverse=True)
    phrases = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    text = _HALF_OF_DAY.sub(r"\1m", plain(typed))
    return " ".join(phrases.sub(lambda found: known[found[0]], text).split())


def weekday(name: str) -> int | None:
    """The number of a weekday, Monday is 0: its name or a beginning of three letters, or the user's short form."""
    own = formats.current()
    for number, usual in enumerate(formats.Formats().weekdays):
        if name == plain(own.short_weekdays[number]):
            return number
        if len(name) >= 3 and any(plain(long).startswith(name) for long in (usual, own.weekdays[number])):
            return number
    return None


EVERY_DAY = N_("every day | all | all days | daily")
"""What may be typed for all seven days."""
WORKDAYS = N_("workdays | weekdays | working days")
"""... and for Monday to Friday."""


def days(words: str) -> str:
    """Days as the configuration takes them, of what was typed: "Mo-Fr", "every day", "mon, wed". Others stay."""
    text = plain(words)
    if text in (plain(part) for table in (EVERY_DAY, _(EVERY_DAY)) for part in table.split(" | ")):
        return "mon-sun"
    if text in (plain(part) for table in (WORKDAYS, _(WORKDAYS)) for part in table.split(" | ")):
        return "mon-fri"
    text = re.sub(r"\s*([-\u2013])\s*", r"\1", re.sub(r"\s+(?:to|until|till)\s+", "-", english(text)))

    def name(found: "re.Match[str]") -> str:
        number = weekday(found[0].rstrip("."))
        return found[0] if number is None else WEEKDAYS[number]

    return " ".join(re.sub(r"[^\W\d_]+\.?", name, text).replace(",", " ").split())


def hours(words: str) -> str:
    """Hours as the configuration takes them, of what was typed in the user's language."""
    for known in (N_("all day"), N_("never")):
        if plain(words) in (known, plain(_(known))):
            return known
    return ", ".join(english(part) for part in words.split(","))


def is_yes(answer: str) -> bool:
    return answer.strip().lower() in ("y", "yes", *pgettext("typed for yes, with commas", "y,yes").split(","))


def is_no(answer: str) -> bool:
    return answer.strip().lower() in ("n", "no", *pgettext("typed for no, with commas", "n,no").split(","))
