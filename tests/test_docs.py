"""What docs/ says of the code is so: words, files and links that it names are there."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools import desktops

from unhunch.cli.index import COMMANDS
from unhunch.core.session.timeline import timeline
from unhunch.core.settings import Settings, Type, duration_text, options
from unhunch.core.vocabulary import Size
from unhunch.session.routines import builtin

ROOT = Path(__file__).parent.parent
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [*DOCS, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
SOURCE = ROOT / "src" / "unhunch"


def defined(path: Path) -> Iterator[str]:
    """Names that a file defines: `Class`, `Class.member`, `function`, `CONSTANT`."""

    def within(body: list[ast.stmt], prefix: str) -> Iterator[str]:
        for node in body:
            match node:
                case ast.ClassDef(name=name, body=inner):
                    yield prefix + name
                    yield from within(inner, f"{name}.")
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    yield prefix + name
                case ast.AnnAssign(target=ast.Name(id=name)):
                    yield prefix + name
                case ast.Assign(targets=targets):
                    yield from (prefix + t.id for t in targets if isinstance(t, ast.Name))

    yield from within(ast.parse(path.read_text(encoding="utf-8")).body, "")


@pytest.fixture(scope="module")
def names() -> set[str]:
    return {name for path in SOURCE.rglob("*.py") for name in defined(path)}


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of a page's tables, without heads and rules."""
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not line.startswith("|-") and not following.startswith("|-"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def anchors(text: str) -> set[str]:
    """Where a link into a page can lead, as GitHub makes it from the headings."""
    heads = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name} links to {target}, which is not there"
        if anchor:
            assert anchor in anchors(there.read_text(encoding="utf-8")), f"{page.name}: no heading {target}"


@pytest.mark.parametrize("page", DOCS, ids=lambda p: p.name)
def test_a_page_fits_its_lines(page: Path) -> None:
    """A table's row may be long; a sentence is wrapped."""
    long = [line for line in page.read_text(encoding="utf-8").splitlines() if len(line) > 128 and line[0] != "|"]
    assert not long


def test_the_glossary_says_each_word_once_and_names_it_in_the_code(names: set[str]) -> None:
    said: set[str] = set()
    for word, meaning, code in rows((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")):
        assert word not in said, f"{word!r} has two meanings"
        assert meaning
        said.add(word)
        named = re.findall(r"`([^`]+)`", code)
        assert named, f"{word!r} names nothing in the code"
        missing = [name for name in named if name not in names]
        assert not missing, f"{word!r} is called {missing} in docs/glossary.md, and nothing in the code is"
    assert len(said) > 50


def test_facts_about_platforms_say_how_they_are_known() -> None:
    text = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    marks = set(re.findall(r"\[([a-z?]+)\](?!\()", text))
    assert marks <= {"ran", "read", "doc", "?"}
    table = text.partition("<!-- desktops:begin -->")[2].partition("<!-- desktops:end -->")[0]
    widths = {len(row) for row in rows(table)}
    assert len(widths) == 1, "a row of the table of desktops lacks a cell"


def test_the_table_of_desktops_is_as_a_run_writes_it() -> None:
    """By hand nothing is put there; what was seen by hand has a table of its own."""
    page = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    there = desktops.rows_on_page()
    assert page.partition(desktops.BEGIN)[2].partition(desktops.END)[0] == desktops.drawn(there)
    names = [kind.desktop for kind in (*desktops.USUAL, *desktops.SMALLER)]
    assert len(set(names)) == len(names)
    assert {row["desktop"] for row in there} <= set(names)
    assert {kind.desktop for kind in desktops.USUAL} <= {row["desktop"] for row in there}


# The model ------------------------------------------------------------------------------------------------------------

VALUE = r"\d{1,2}:\d\d|\d+(?:\.\d+)?(?: (?:s|min|h|%))?"
KEYED = re.compile(rf"((?:{VALUE})(?:, (?:{VALUE}))*) \(`([\w.]+)`\)")
OPTIONS = {item.key: item for item in options() if item.type in (Type.DURATION, Type.INTEGER, Type.NUMBER)}
UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "%": 0.01, "": 1.0}


def number(text: str) -> float:
    """A number as the model writes it: seconds of a duration, a share of a percentage, a time of day in seconds."""
    if ":" in text:
        hours, minutes = text.split(":")
        return 3600.0 * int(hours) + 60.0 * int(minutes)
    value, _, unit = text.partition(" ")
    return round(float(value) * UNITS[unit], 6)


def constants() -> dict[str, float]:
    """Numbers that the core names and nobody can set."""
    found = {}
    for path in (SOURCE / "core").rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() | float() as value)):
                    found[name] = float(value)
    return found


def in_the_code(key: str) -> list[float] | None:
    """The numbers behind a key of the model: an option's default, a field of Settings, a constant."""
    if key in OPTIONS:
        return [float(OPTIONS[key].default)]
    if key.startswith("Settings."):
        value = getattr(Settings(), key.removeprefix("Settings."))
        return [float(v) for v in value] if isinstance(value, tuple) else [float(value)]
    return [constants()[key]] if key in constants() else None


def model() -> tuple[str, str]:
    """The model on long lines, and its table of what the code does not do yet."""
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    text = re.sub(r"\n +(?=\S)|(?<=[^\n|])\n(?=[^\n|*#])", " ", text)
    said, _, rest = text.partition("\n## Not yet\n")
    return said, rest.partition("<!-- not-yet:begin -->")[2].partition("<!-- not-yet:end -->")[0]


def not_yet() -> dict[str, tuple[float, float]]:
    """Options whose number differs: key -> (the model's, the code's)."""
    _, table = model()
    found = {}
    for where, above, now in rows(table):
        if key := re.fullmatch(r"`([\w.]+)`", where):
            found[key[1]] = (number(above), number(now))
    return found


def test_each_number_of_the_model_is_that_of_the_code() -> None:
    said, table = model()
    late = not_yet()
    wrong = []
    for values, key in KEYED.findall(said + table):
        told = [number(value) for value in values.split(", ")]
        expected = [late[key][0]] if key in late else in_the_code(key)
        if told != expected:
            wrong.append(f"{values} (`{key}`): the code has {expected}")
    assert not wrong, "docs/model.md and the code differ:\n" + "\n".join(wrong)


def test_what_is_not_yet_is_still_not() -> None:
    """A row that the code has caught up with is to be taken out of the table."""
    for key, (above, now) in not_yet().items():
        code = in_the_code(key)
        assert code != [above], f"The code does it now: take the row `{key}` out of 'Not yet' in docs/model.md"
        assert code == [now], f"`{key}` is {code} in the code, and docs/model.md says {now} in 'Not yet'"


def test_the_model_names_every_number_that_can_be_set() -> None:
    said, table = model()
    named = {key for _, key in KEYED.findall(said + table)}
    missing = [f"{duration_text(item.default)} (`{key}`)" for key, item in OPTIONS.items() if key not in named]
    assert not missing, "docs/model.md needs a sentence with each of: " + ", ".join(missing)


def test_the_model_names_the_key_of_every_number() -> None:
    """Left over may be: figures of others and measurements, examples, rows, steps, and the table of sizes."""
    said, _ = model()
    said = re.sub(r"\n## 8\. (.*\n)+?(?=## 9\. )", "\n", said.partition("\n## 1. ")[2])
    said = re.sub(r"\n\| \| short \|(.*\n)+?\n|\n#+ .*|\nExample: .*", "\n", said)
    said = re.sub(r"\[lit[^\]]*\]", "[lit]", KEYED.sub("", said))
    said = re.sub(rf"(?:{VALUE}) \(not yet\)|`[^`]+`|\n\| \d+a? \|", "", said)
    said = re.sub(r"\b(?:row|rows|step|section|steps) \d(?:a| to \d)?\b(?:'s)?", "", said)
    loose = [
        sentence.strip()
        for sentence in re.split(r"(?<=[.;])\s|\n|\|", said)
        if re.search(r"\d", sentence) and "[lit" not in sentence and "[measured]" not in sentence
    ]
    assert not loose


def test_the_sizes_of_a_session_are_those_of_the_routine() -> None:
    plain = tomllib.loads((SOURCE / "routines" / "thoracic-foam-roller.toml").read_text(encoding="utf-8"))
    said, table = model()
    sizes = [plain["sizes"][size] for size in ("short", "standard", "long")]

    def clock(seconds: float) -> str:
        return f"{int(seconds // 60)}:{int(seconds % 60):02}"

    def seconds(steps: list[dict[str, float]]) -> str:
        return f"{sum(step['seconds'] for step in steps):g} s"

    right = {
        "landmark": [seconds(plain["landmark"])] * 3,
        "set-up": [seconds(size["setup"]) for size in sizes],
        "places": [str(len(size["positions"])) for size in sizes],
        "breaths a place": [str(len(size["breaths"])) for size in sizes],
        "moves between, each": [f"{plain['move_seconds']} s"] * 3,
        "stiff spots": [str(size["stiff_spots"]) for size in sizes],
        "half time: the branches in short": [f"{plain['half']['seconds']} s"] * 3,
        "to get there, each": [f"{plain['travel_seconds']} s"] * 3,
        "breaths a stiff spot": [str(len(size["stiff_breaths"])) for size in sizes],
        "roll to the side, sit up, rate": [seconds(size["closing"]) for size in sizes],
        "total": [clock(timeline(builtin(), Size(size)).length) for size in ("short", "standard", "long")],
    }
    late = {where for where, _, _ in rows(table)}
    told = {name: cells for name, *cells in rows(said) if name in right}
    assert set(told) == set(right)
    assert {n: c for n, c in told.items() if n not in late} == {n: c for n, c in right.items() if n not in late}
    same = [name for name in right if name in late and told[name] == right[name]]
    assert not same, f"The routine does it now: take {same} out of 'Not yet' in docs/model.md"


# The architecture -----------------------------------------------------------------------------------------------------


def test_the_architecture_names_what_is_there(names: set[str]) -> None:
    """Paths are below src/unhunch; other words in code marks are names. Commands and options are neither."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    missing = []
    for word in re.findall(r"`([^`\n]+)`", re.sub(r"```(.*\n)+?```", "", text)):
        if " " in word or word.startswith("-") or word in (*COMMANDS, "config.toml", "src/unhunch/", "ActionInvoked"):
            continue
        there = (SOURCE / word).exists() if "/" in word or word.endswith(".py") else word in names
        if not there:
            missing.append(word)
    assert not missing, f"docs/architecture.md names {missing}: not there any more, or under another name"


def test_a_name_is_in_the_file_beside_it() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    pairs = re.findall(r"`([\w.]+)`\s+in\s+`([\w/]+\.py)`", text)
    assert len(pairs) > 15
    wrong = [f"{name} in {path}" for name, path in pairs if name not in set(defined(SOURCE / path))]
    assert not wrong


def test_the_floors_are_those_that_the_linter_holds() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = [set(line.split(", ")) for line in text.partition("```floors\n")[2].partition("\n```")[0].splitlines()]
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    assert drawn == [set(re.split(r" [|:] ", layer)) for layer in layers]


def test_contributing_names_files_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:[\w.]+/)+[\w.]*)`|`(\w+\.py)`", text)
    named = [a or b for a, b in paths]
    assert len(named) > 20
    missing = [path for path in named if not any((root / path).exists() for root in (ROOT, SOURCE))]
    assert not missing, f"CONTRIBUTING.md names {missing}: not there any more, or under another name"
