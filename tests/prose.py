"""Finds texts that people read and that no catalogue can translate, in the source itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from unhunch.cli.index import COMMANDS

SOURCE = Path(__file__).parents[1] / "src/unhunch"
MARKS = {"_", "N_", "ngettext", "pgettext"}
"""Their arguments are found by `make words`."""
INSIDE = {"log", "logging", "logger", "re", "warnings"}
"""What is called on these is for developers, or no text."""
BUGS = {"ValueError", "TypeError", "RuntimeError", "AssertionError", "LookupError", "KeyError", "NotImplementedError"}
"""What is raised with these is caught by callers, or a bug; either way nobody reads it."""
PROSE = re.compile(r"[^\W\d_]{2,}[,.:;?!]? [\w{'\"(]*[^\W\d_]{2,}|^[A-Z][a-z]{2,}[.:?!…]?$")
"""Two words side by side, or one that begins as a sentence does."""
DATA = re.compile(
    r"^(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN|DROP|ALTER|WITH)\b|^[a-z]+(\.[a-z]+)+$|^<|^[A-Z_]+$"
    rf"|^Unhunch$|^unhunch ({'|'.join(COMMANDS)})\b"
)
"""SQL, dotted names, markup, constants, the name, examples of commands."""


class Found(NamedTuple):
    """A text, and where."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text!r}"


def _called(node: ast.Call) -> str:
    """The name of what is called; of what it is called on, for what developers read."""
    match node.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=owner)) if owner in INSIDE:
            return "log"
        case ast.Attribute(attr=name):
            return name
    return ""


class _Reader(ast.NodeVisitor):
    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Found] = []

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node)
        if name in MARKS:
            broken = [part for part in node.args if isinstance(part, ast.JoinedStr)]
            self.found += [Found(self.file, part.lineno, f"{name}(f-string)") for part in broken]
            for part in node.args[:2]:
                if not isinstance(part, ast.Constant):  # Babel would take a string deep in it for the text
                    strings = [s for s in ast.walk(part) if isinstance(s, ast.Constant) and isinstance(s.value, str)]
                    self.found += [Found(self.file, s.lineno, f"{name}(... {s.value!r} ...)") for s in strings]
            return
        if name == "log" or name in BUGS:
            return
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # else it is a docstring
            self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        pass

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in [*node.decorator_list, *node.args.defaults, *node.body]:
            self.visit(part)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and PROSE.search(node.value) and not DATA.search(node.value):
            self.found.append(Found(self.file, node.lineno, node.value))


def unmarked(path: Path) -> Iterator[Found]:
    """Texts of one file that look like prose and are not marked for translation."""
    reader = _Reader(path.relative_to(SOURCE).as_posix())
    reader.visit(ast.parse(path.read_text(encoding="utf-8")))
    yield from reader.found
