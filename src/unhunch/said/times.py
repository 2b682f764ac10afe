"""Figures and times as a person says them."""

from datetime import datetime, timedelta

from unhunch.words import formats
from unhunch.words.translate import ngettext, pgettext


def clock(when: datetime, now: datetime) -> str:
    """A time of day, and the day unless it is today, to follow "until", "since" or "from" in a sentence.

    "14:10", "tomorrow 09:00", "Friday 04:00", "2 March 09:00". Spanish has an article there, and another one at one
    o'clock; hence the forms for one hour and for several.
    """
    hours = when.hour % 12 if "{h}" in formats.current().time else when.hour
    time = formats.clock(when)
    match _away(when, now):
        case 0:
            return ngettext("{time}", "{time}", hours).format(time=time)
        case 1:
            return ngettext("tomorrow {time}", "tomorrow {time}", hours).format(time=time)
        case -1:
            return ngettext("yesterday {time}", "yesterday {time}", hours).format(time=time)
        case days if 1 < days < 7:
            day = formats.weekday(when)
            return ngettext("{weekday} {time}", "{weekday} {time}", hours).format(weekday=day, time=time)
        case _other:
            return ngettext("{day} {time}", "{day} {time}", hours).format(day=_date(when, now), time=time)


def label(when: datetime, now: datetime) -> str:
    """The same on its own, after a colon or in a panel, without an article."""
    time = formats.clock(when)
    match _away(when, now):
        case 0:
            return time
        case 1:
            return pgettext("on its own", "tomorrow {time}").format(time=time)
        case -1:
            return pgettext("on its own", "yesterday {time}").format(time=time)
        case days if 1 < days < 7:
            return pgettext("on its own", "{weekday} {time}").format(weekday=formats.weekday(when), time=time)
        case _other:
            return pgettext("on its own", "{day} {time}").format(day=_date(when, now), time=time)


def _away(when: datetime, now: datetime) -> int:
    return (when.date() - now.date()).days


def _date(when: datetime, now: datetime) -> str:
    return formats.long_day(when, year=abs(when.date() - now.date()) >= timedelta(days=180))
