"""unhunch config: where the configuration lies, what it says, and changing it without breaking it."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click

from unhunch.config import ConfigError, load, nearest, parse, read_text
from unhunch.config.values import Refused, literal, plain, read
from unhunch.core.settings import Option, Type, allowed, options
from unhunch.paths import Paths

WRONG = 2
"""Exit code for wrong words or a wrong configuration."""

AFTERWARDS = "A running daemon goes on with the old settings until it is started again."


P = ParamSpec("P")


def _explained(command: Callable[P, None]) -> Callable[P, None]:
    """A ConfigError becomes its three parts on stderr and exit code 2."""

    @wraps(command)
    def inner(*words: P.args, **named: P.kwargs) -> None:
        try:
            command(*words, **named)
        except ConfigError as error:
            click.echo(error, err=True)
            sys.exit(WRONG)

    return inner


@click.group()
def config() -> None:
    """Show, check and change the configuration."""


@config.command()
def path() -> None:
    """Print where the configuration lies (the file need not exist)."""
    click.echo(Paths.find().config_file)


@config.command()
@click.option("--all", "every", is_flag=True, help="The advanced options, too.")
@click.option("--json", "as_json", is_flag=True, help="Every option with its default, as JSON.")
@_explained
def show(*, every: bool, as_json: bool) -> None:
    """Print what is in force: the file's settings, and the defaults of all others."""
    file = Paths.find().config_file
    settings = load(file)
    if as_json:
        table = {
            item.key: {
                "value": plain(item, getattr(settings, item.name)),
                "default": plain(item, item.default),
                "allowed": allowed(item),
                "help": item.help,
                "advanced": item.advanced,
            }
            for item in options()
        }
        click.echo(json.dumps({"file": str(file), "exists": file.exists(), "options": table}, indent=2))
        return
    click.echo(f"# {file}{'' if file.exists() else ' (not there: all defaults)'}")
    for item in options():
        value = getattr(settings, item.name)
        if value != item.default:
            click.echo(f"{_line(item, value)}  # default: {literal(plain(item, item.default))}")
        elif every or not item.advanced:
            click.echo(_line(item, value))


def _line(item: Option, value: Any) -> str:
    return f"{item.key} = {literal(plain(item, value))}"


@config.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@_explained
def check(file: Path | None) -> None:
    """Find every mistake in the configuration (or in FILE) at once."""
    chosen = file or Paths.find().config_file
    if file and not file.exists():
        raise ConfigError(f"There is no file {file}.", "Nothing was checked.", "Name a file that exists, or none.")
    settings = load(chosen)
    if not chosen.exists():
        click.echo(f"There is no {chosen}: all options have their defaults. 'unhunch config edit' makes one.")
        return
    count = sum(getattr(settings, item.name) != item.default for item in options())
    differ = "all are defaults" if not count else f"{count} {'differs' if count == 1 else 'differ'} from the default"
    click.echo(f"{chosen} is all right; of {sum(1 for _ in options())} options {differ}.")


@config.command("set")
@click.argument("key")
@click.argument("value", nargs=-1)
@click.option("--default", "unset", is_flag=True, help="Go back to the default.")
@_explained
def set_(key: str, value: tuple[str, ...], *, unset: bool) -> None:
    """Set one option: 'set snooze.length 15 min', 'set hours.fri 08:00-14:00', 'set goal --default'."""
    from unhunch.config.edit import write

    item = next((item for item in options() if item.key == key), None)
    if item is None:
        near = nearest(key)
        raise ConfigError(
            f"There is no option {key}.",
            f"Did you mean {near}?" if near else "Nothing was changed.",
            "'unhunch config show --all' lists every option.",
        )
    if bool(value) == unset:
        raise ConfigError(
            f"{key} needs a value or --default, one of the two.",
            "Nothing was changed.",
            f"{key} takes {allowed(item)}: for example 'unhunch config set {key} {_words(item)}'.",
        )
    file = Paths.find().config_file
    settings = write(file, {key: None if unset else _meant(item, value)})
    click.echo(f"{_line(item, getattr(settings, item.name))}  # in {file}")
    click.echo(AFTERWARDS)


def _words(item: Option) -> str:
    default = plain(item, item.default)
    return " ".join(default) if isinstance(default, list) else literal(default).strip('"')


def _meant(item: Option, words: tuple[str, ...]) -> Any:
    """The setting that words of the command line stand for. Raises ConfigError."""
    import tomllib

    joined = " ".join(words)
    written: Any = joined
    try:
        if item.type is Type.WORDS:
            written = list(words)
        elif item.type in (Type.INTEGER, Type.NUMBER, Type.FLAG):
            written = tomllib.loads(f"value = {' '.join(joined.split())}")["value"]
        return read(item, written)
    except ValueError as error:  # Refused, or TOML's syntax
        raise ConfigError(
            f"{item.key} cannot be {joined!r}.", "Nothing was changed.", f"It takes {allowed(item)}."
        ) from (None if isinstance(error, Refused) else error)


@config.command()
@_explained
def edit() -> None:
    """Open the configuration in your editor ($VISUAL, $EDITOR); only what is all right is saved."""
    from unhunch.config.edit import replace
    from unhunch.config.example import example

    file = Paths.find().config_file
    before = read_text(file)
    draft = Path(tempfile.mkdtemp(prefix="unhunch-"), "config.toml")
    draft.write_text(before if before is not None else example(), encoding="utf-8")
    try:
        text = _edited(draft)
    except click.ClickException as error:  # the editor is missing, or said that it failed
        _drop(draft)
        raise ConfigError(
            f"The editor did not work: {error.format_message()}.",
            "Nothing was changed.",
            f"Set EDITOR to one that works (EDITOR=nano unhunch config edit), or edit {file} yourself.",
        ) from error
    if text == (before if before is not None else example()):
        click.echo("Nothing was changed.")
    elif read_text(file) != before:
        raise ConfigError(
            f"{file} was changed by somebody else while you edited.",
            "It was left as it is now.",
            f"Your version is in {draft}: compare the two and keep what you want.",
        )
    else:
        replace(file, text)
        click.echo(f"Saved {file}. {AFTERWARDS}")
    _drop(draft)


def _edited(draft: Path) -> str:
    """What the user made of the draft, once it is a configuration. Raises ConfigError, the draft kept."""
    while True:
        click.edit(filename=str(draft))
        text = read_text(draft) or ""
        try:
            parse(text, str(draft))
        except ConfigError as error:
            if sys.stdin.isatty():
                click.echo(error, err=True)
                if click.confirm("Open the editor again?", default=True):
                    continue
            raise ConfigError(
                error.what,
                "Your configuration was left as it was.",
                f"What you wrote is kept in {draft}.",
                error.problems,
            ) from error
        return text


def _drop(draft: Path) -> None:
    shutil.rmtree(draft.parent, ignore_errors=True)  # with what the editor left beside it
