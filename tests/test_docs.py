"""What docs/ says of the code is so: words, files and links that it names are there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

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
