"""Routine files as they may lie in anybody's folder: refused in words or used, and never more than text on the page."""

import tomllib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.web.pages import serving
from unhunch.core.session.routine import Routine
from unhunch.core.session.routine_file import parse
from unhunch.session.routines import builtin, choose

BUILT_IN = resources.files("unhunch").joinpath("routines", "thoracic-foam-roller.toml").read_text()
LINES = BUILT_IN.splitlines()
SCRIPT = '<img src=x onerror=alert(1)></script><script>alert(1)</script>"\\u0027 onload=x'


@settings(max_examples=examples(150))
@given(data=st.data())
def test_any_file_is_used_or_refused_in_words(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes, and the real file with lines left out, doubled, swapped for others, or cut."""
    kind = data.draw(st.sampled_from(["bytes", "text", "lines", "cut"]))
    match kind:
        case "bytes":
            content = data.draw(st.binary(max_size=200))
        case "text":
            content = data.draw(st.text(max_size=200)).encode("utf-8", "surrogatepass")
        case "cut":
            content = BUILT_IN.encode()[: data.draw(st.integers(0, len(BUILT_IN)))]
        case _:
            lines = list(LINES)
            for _ in range(data.draw(st.integers(1, 4))):
                at = data.draw(st.integers(0, len(lines) - 1))
                other = data.draw(st.sampled_from([*LINES, 'say = ""', "seconds = -1", "seconds = 1e308", "[x]", "]"]))
                lines[at : at + data.draw(st.integers(0, 2))] = [other]
            content = "\n".join(lines).encode()
    (tmp_path / "mine.toml").write_bytes(content)
    routine, trouble = choose("mine", tmp_path)
    assert isinstance(routine, Routine)
    assert trouble == "" or routine == builtin(), "a bad one is refused and the built-in one is used"
    if trouble:
        assert "mine" in trouble
        assert "Traceback" not in trouble


@pytest.mark.parametrize("size", [0, 2_000_000])
def test_a_file_of_no_size_or_too_much(tmp_path: Path, size: int) -> None:
    (tmp_path / "mine.toml").write_bytes(b"#" * size)
    routine, trouble = choose("mine", tmp_path)
    assert routine == builtin()
    assert trouble


async def test_its_words_are_text_on_the_page() -> None:
    plain = tomllib.loads(BUILT_IN)
    plain["title"] = plain["needs"] = SCRIPT
    plain["screening"][0] = SCRIPT
    plain["rules"]["place"]["line"] = plain["how"]["lying"] = SCRIPT
    async with serving(routine=parse(plain)) as page:
        shown = (await page.get("/", x_unhunch_token=None)).body.decode()
        assert "<img src=x" not in shown
        assert "alert(1)</script>" not in shown
        assert "&lt;img src=x onerror=alert(1)&gt;" in shown
        await page.open()
        state = await page.get("/api/state")
        assert state.headers["content-type"].startswith("application/json")
        assert state.headers["x-content-type-options"] == "nosniff"
