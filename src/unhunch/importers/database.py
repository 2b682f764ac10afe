"""Other programs' SQLite databases, looked at beside the program that writes them: nothing in their folder changes."""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from unhunch.importers import activitywatch, workrave_days
from unhunch.importers.activitywatch import AFK, Bucket, Host
from unhunch.importers.recording import EARLIEST, LATEST, BadRecording, Import, Progress
from unhunch.words.translate import _

BEGINS = b"SQLite format 3\0"
_BUSY_SECONDS = 5.0
_LOG_MODE = 2
"""What byte 18 says of a database with a write-ahead log."""
_NANOSECONDS = 1e9


def parse(path: Path, progress: Progress | None, host: Host) -> Import:
    """What a database of a known program holds. Raises BadRecording, OSError."""
    try:
        with _opened(path) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for needed, read in _READERS:
                if needed <= tables:
                    return read(connection, progress, host)
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) and "busy" not in str(error):
            raise _damaged(error) from error
        raise BadRecording(
            _("This database is locked by the program that writes it."),
            _("End that program, or try again in a minute."),
        ) from error
    except (sqlite3.Error, OverflowError) as error:
        raise _damaged(error) from error
    if {"fact", "meta"} <= tables:
        raise BadRecording(
            _("This is the history of another Unhunch itself."), _("Export it where it is used: unhunch export FILE")
        )
    if {"spans", "events"} <= tables:
        raise BadRecording(
            _("This is a database of Sane Break, which does not say when somebody was there."),
            _("Name a record of Workrave, ActivityWatch, GNOME or Unhunch."),
        )
    raise BadRecording(
        _("This is an SQLite database, of a program that is not known here."),
        _("Name a record of Workrave, ActivityWatch, GNOME or Unhunch."),
    )


def _damaged(error: Exception) -> BadRecording:
    return BadRecording(
        _("This is an SQLite database, and damaged or cut off: {error}.").format(error=error),
        _("Copy it again, with the files beside it that begin with its name (-wal, -shm)."),
    )


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot change it.

    With a write-ahead log beside it, it is read with that log, so that what a running program wrote last is there.
    """
    with path.open("rb") as file:
        logged = _LOG_MODE in file.read(20)[18:20]
    log, shared = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    if logged and log.exists() and not shared.exists():
        # Its program died. SQLite would mend it in place, and that is not for us to do.
        with tempfile.TemporaryDirectory(prefix="unhunch-") as folder:
            copy = Path(folder) / path.name
            shutil.copyfile(path, copy)
            shutil.copyfile(log, copy.with_name(log.name))
            with _connected(copy, "mode=rw") as connection:
                yield connection
        return
    with _connected(path, "mode=ro" if not logged or log.exists() else "mode=ro&immutable=1") as connection:
        yield connection


@contextmanager
def _connected(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    uri = f"file:{quote(str(path.absolute()))}?{how}"
    with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)) as connection:
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        connection.execute("PRAGMA query_only = ON")
        yield connection


# ActivityWatch --------------------------------------------------------------------------------------------------------


def _peewee(connection: sqlite3.Connection, progress: Progress | None, host: Host) -> Import:
    """The server that is written in Python: times as text, lengths in seconds."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(bucketmodel)")}
    key = "key" if "key" in columns else "id"
    return _of_server(
        connection, progress, host,
        f"SELECT {key}, hostname, type FROM bucketmodel ORDER BY {key}",  # noqa: S608 - one of two constants
        "SELECT timestamp, duration, datastr FROM eventmodel WHERE bucket_id = ? ORDER BY timestamp",
        lambda at, length, text: activitywatch.sound(at, length, _status(text)),
    )  # fmt: skip


def _rust(connection: sqlite3.Connection, progress: Progress | None, host: Host) -> Import:
    """The server that is written in Rust: begin and end in nanoseconds."""
    return _of_server(
        connection, progress, host,
        "SELECT id, hostname, type FROM buckets ORDER BY id",
        "SELECT starttime, endtime, data FROM events WHERE bucketrow = ? ORDER BY starttime",
        _nanoseconds,
    )  # fmt: skip


def _of_server(
    connection: sqlite3.Connection,
    progress: Progress | None,
    host: Host,
    buckets: str,
    events: str,
    sound: Callable[[Any, Any, Any], tuple[float, float, str] | None],
) -> Import:
    known = connection.execute(buckets).fetchall()
    found = [
        Bucket(activitywatch.host_name(name), [sound(*row) for row in connection.execute(events, (key,))])
        for key, name, kind in known
        if kind == AFK
    ]
    if not found:
        raise activitywatch.none_of_presence(sorted({str(kind) for _key, _name, kind in known}))
    return activitywatch.of_buckets(found, progress, host)


def _nanoseconds(start: object, end: object, text: object) -> tuple[float, float, str] | None:
    if not isinstance(start, int) or not isinstance(end, int):
        return None
    wall, until = start / _NANOSECONDS, end / _NANOSECONDS
    status = _status(text)
    if not (EARLIEST <= wall <= until < LATEST) or status not in activitywatch.THERE:
        return None
    return wall, until - wall, status


def _status(text: object) -> str:
    try:
        data = json.loads(text) if isinstance(text, str | bytes) else None
    except (ValueError, RecursionError):
        return ""
    found = data.get("status") if isinstance(data, dict) else ""
    return found if isinstance(found, str) else ""


# Workrave -------------------------------------------------------------------------------------------------------------


def _workrave(connection: sqlite3.Connection, progress: Progress | None, _host: Host) -> Import:
    """Workrave 1.12: a day with its begin and end in seconds after local midnight, and its counters by number."""
    days = connection.execute("SELECT day, start_time, stop_day, stop_time FROM stats_day ORDER BY day").fetchall()
    misc = _counters(connection.execute("SELECT day, counter, value FROM stats_misc"))
    rest = "SELECT day, counter, value FROM stats_break WHERE break_id = ?"
    breaks = _counters(connection.execute(rest, (workrave_days.REST_BREAK,)))
    return workrave_days.of_days(
        [
            workrave_days.Day(
                workrave_days.at(day, start), workrave_days.at(stop_day, stop), misc.get(day), breaks.get(day) or []
            )
            for day, start, stop_day, stop in days
        ],
        progress,
    )


def _counters(rows: Sequence[Any] | sqlite3.Cursor) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = {}
    for day, counter, value in rows:
        if isinstance(counter, int) and 0 <= counter < workrave_days.MOST_COUNTERS and isinstance(value, int):
            values = found.setdefault(day, [])
            values += [0] * (counter + 1 - len(values))
            values[counter] = value
    return found


_READERS: Sequence[tuple[set[str], Callable[[sqlite3.Connection, Progress | None, Host], Import]]] = (
    ({"bucketmodel", "eventmodel"}, _peewee),
    ({"buckets", "events"}, _rust),
    ({"stats_day", "stats_break", "stats_misc"}, _workrave),
)
