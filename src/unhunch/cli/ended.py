"""How a command line ended: its exit code, and what a person sees when it failed."""

import errno
import os
import sys

from unhunch.errors import Exit, UserError
from unhunch.words.translate import N_, _

REASONS = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File name too long"),
    N_("Read-only file system"),
    N_("No space left on device"),
    N_("Input/output error"),
    N_("Too many levels of symbolic links"),
    N_("Disk quota exceeded"),
    N_("Operation not permitted"),
    N_("Address already in use"),
)
"""What the system says went wrong with a file, in its own words: those that are met."""

BY_SIGNAL = 128
SIGINT, SIGPIPE = 2, 13
WIDTH = 80


def ended(error: BaseException) -> int:
    """The exit code of a command that ended so; says what a person has to know."""
    match error:
        case BrokenPipeError():  # `unhunch events | head`: nobody reads any more
            _silence()
            return BY_SIGNAL + SIGPIPE
        case KeyboardInterrupt() | EOFError():  # Ctrl-C, or Ctrl-D at a question
            print(file=sys.stderr)
            return BY_SIGNAL + SIGINT
        case SystemExit(code=code):  # --help has been printed
            return code if isinstance(code, int) else Exit.DONE
        case Exception():  # the last resort: a person never meets a traceback unasked
            return _failed(error)
        case _:
            raise error


def _silence() -> None:
    """Python would complain once more when it closes a stdout that refused."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(error: Exception) -> int:
    if os.environ.get("UNHUNCH_DEBUG"):
        import traceback

        traceback.print_exception(error)
    told = three_parts(error)
    if told is None:
        broken = f"{type(error).__name__}: {error}"[:270].rstrip(".")
        told = UserError(
            _("Something broke inside Unhunch: {error}.").format(error=broken),
            _("That is a bug, not a mistake of yours. Your history is safe: it is written whole or not at all."),
            _("Run the same command again with UNHUNCH_DEBUG=1 before it, and report what it prints."),
        )
    print(*map(_fitting, (told.what, told.means, told.remedy)), sep="\n", file=sys.stderr)
    return told.code


def _fitting(text: str) -> str:
    """In a terminal no word is broken at the edge; a program gets each part in a line."""
    if not sys.stderr.isatty():
        return text
    from textwrap import wrap

    columns = os.get_terminal_size(sys.stderr.fileno()).columns or WIDTH
    lines = (wrap(line, columns, break_long_words=False, break_on_hyphens=False) or [""] for line in text.splitlines())
    return "\n".join(part for parts in lines for part in parts)


def three_parts(error: Exception) -> UserError | None:
    """The error in words for people, or None: then it is a bug."""
    if isinstance(error, UserError):
        return error
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        _silence()
        return UserError(
            _("There is no space left where the output goes."),
            _("What was written there is cut off."),
            _("Make room (df -h), or send it somewhere else."),
        )
    if isinstance(error, OSError) and error.filename is not None:
        return UserError(
            f"{error.filename}: {_(error.strerror or str(error))}.",
            _("It could not be read or written, so the command stopped there."),
            _("Look at its name, owner and mode: {command}").format(command=f"ls -l {error.filename}"),
        )
    return None
