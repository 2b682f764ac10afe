"""Each kind of file cut at each byte: it is refused in words, or tells nothing that the whole file does not."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.adapters.test_history_gnome import DAY_OF_ONE, changes
from tests.adapters.test_history_workrave import MORNING
from tests.adapters.test_history_workrave_days import TEXT, statistics
from tests.cli.test_import_formats import BUCKET, python_server, rust_server
from unhunch.core.intervals import without
from unhunch.importers.recognise import read
from unhunch.importers.recording import BadRecording, Import

WHOLE: dict[str, Callable[[Path], object]] = {
    "export": lambda path: path.write_text(json.dumps({"buckets": {"x": BUCKET}})),
    "in UTF-16": lambda path: path.write_text(json.dumps(BUCKET), "utf-16"),
    "packed": lambda path: path.write_bytes(gzip.compress(json.dumps(BUCKET).encode())),
    "screen time": lambda path: path.write_text(json.dumps(changes(*DAY_OF_ONE))),
    "idle log": lambda path: path.write_bytes(MORNING),
    "days": lambda path: path.write_text(TEXT),
    "days in a database": statistics,
    "Python server": python_server,
    "Rust server": rust_server,
}
CLOSELY = 2000
"""Bytes. A database is larger, and cut at every page and around its edges."""


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_cut_anywhere_is_refused_or_tells_a_part(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "record"
    WHOLE[kind](file)
    whole = read(file)
    assert isinstance(whole, Import)
    data = file.read_bytes()
    places = range(len(data)) if len(data) < CLOSELY else [*range(0, len(data), 509), *range(90, 120)]
    refused = 0
    for cut in places:
        file.write_bytes(data[:cut])
        try:
            found = read(file)
        except BadRecording as error:
            refused += 1
            assert error.what
            assert error.remedy
            continue
        assert isinstance(found, Import)
        assert without(found.spans, whole.spans) == [], cut
        assert without(found.covered, whole.covered) == [], cut
        assert {one._replace(running=False, asked=0, taken=0) for one in found.sums} <= {
            one._replace(asked=0, taken=0) for one in whole.sums
        }, cut
    assert refused
