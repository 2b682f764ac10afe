"""Routine files as they may lie in anybody's folder: refused in words or used, and never more than text on the page."""

import tomllib
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.web.pages import serving
from unhunch import language
from unhunch.core.session.routine import Routine
from unhunch.session.routine_file import RoutineError, parse
from unhunch.session.routines import RoutineFileError, builtin, choose, load, written

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


@pytest.fixture(params=["en", "de", "es"])
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    language.set_up({"LANG": f"{request.param}_XX.UTF-8"})
    yield request.param
    language.set_up({})


def test_what_is_written_to_start_from_passes_and_speaks_one_language_comments_too(tmp_path: Path, spoken: str) -> None:
    text = written()
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    routine, trouble = choose("mine", tmp_path)
    assert (trouble, routine.language) == ("", spoken)
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert len(comments) >= 15
    assert max(map(len, comments)) <= 120
    assert (set(comments) & {line for line in LINES if line.startswith("# ")} == set()) is (spoken != "en")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda raw: raw["rules"].pop("tingling"), "rules.tingling"),
        (lambda raw: raw["rules"]["pain"].update(say=""), "rules.pain.say"),
        (lambda raw: raw["rules"]["pain"].update(say=" ".join([raw["rules"]["pain"]["say"]] * 4)), "rules.pain.say"),
        (lambda raw: raw["rules"]["place"].update(seconds=2.0), "rules.place.say"),
    ],
    ids=["no rule", "not spoken", "too long", "too short a time"],
)
def test_a_rule_that_is_not_spoken_or_does_not_fit_is_refused_with_its_key_in_every_language(
    tmp_path: Path, spoken: str, change: Callable[[dict[str, Any]], object], key: str
) -> None:
    raw = tomllib.loads(written())
    change(raw)
    (tmp_path / "mine.toml").write_text(tomlkit.dumps(raw), encoding="utf-8")
    with pytest.raises(RoutineFileError) as refused:
        load(tmp_path / "mine.toml")
    assert key in [problem.key for problem in refused.value.problems]


def numbers(raw: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a number stands in a routine's file."""
    if isinstance(raw, dict | list):
        for key, value in raw.items() if isinstance(raw, dict) else enumerate(raw):
            yield from numbers(value, (*path, key))
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        yield path


@pytest.mark.parametrize("wrong", [0.5, 3, 900, "x", True])
def test_one_wrong_number_is_one_mistake_that_names_its_place(wrong: object) -> None:
    """However many sentences hang on it."""
    raw = tomllib.loads(BUILT_IN)
    refused = 0
    for path in list(numbers(raw)):
        table = raw
        for key in path[:-1]:
            table = table[key]  # type: ignore[index]  # of tables and lists in turn
        right, table[path[-1]] = table[path[-1]], wrong  # type: ignore[index]  # the same
        try:
            parse(raw)
        except RoutineError as error:
            refused += 1
            (problem,) = error.problems
            named = [str(part + 1) if isinstance(part, int) else str(part) for part in path]
            assert problem.key.replace("[", ".").replace("]", "").split(".")[: len(named) - 1] == named[:-1]
        finally:
            table[path[-1]] = right  # type: ignore[index]  # the same
    assert refused > 20


def test_a_length_that_many_sentences_do_not_fit_is_told_with_the_longest() -> None:
    raw = tomllib.loads(BUILT_IN)
    raw["travel_seconds"] = 3
    with pytest.raises(RoutineError) as refused:
        parse(raw)
    (said,) = map(str, refused.value.problems)
    assert said == (
        "travel_seconds: found 3.0, allowed is one that each sentence fits; "
        "7 do not, of which stiff.say takes longest: about 9.5 s"
    )
