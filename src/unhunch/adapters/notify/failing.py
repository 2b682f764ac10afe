"""What a notification server did that is not what was asked of it, in words."""

from unhunch.adapters.protocols.dbus import NO_REPLY, BusError
from unhunch.ports import Lost
from unhunch.words.translate import _

FAILURES = (BusError, Lost, TimeoutError, LookupError, TypeError, ValueError)
"""What asking a server may raise: the last three where it answers nonsense."""


def told(error: Exception, *, within: float) -> str:
    """One of the failures, for `status` and `doctor`; `within`: the seconds that it was waited for."""
    match error:
        case BusError() if error.error.endswith((".ServiceUnknown", ".NameHasNoOwner")):
            return _("no notification server is running")
        case BusError() if error.error == NO_REPLY:  # the bus's own word for it, in English
            return _("the notification server ended before it answered")
        case BusError() | Lost():
            return str(error)
        case TimeoutError():
            late = _("the notification server did not answer within {seconds} s")
            return late.format(seconds=f"{within:g}")
    return _("the notification server answered nonsense ({error})").format(error=repr(error))
