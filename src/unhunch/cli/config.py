"""unhunch config: where the configuration lies, what it says, and changing it without breaking it."""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from unhunch.cli.command import Command, json_option, wrong
from unhunch.cli.to_daemon import ask_if_running, show_json
from unhunch.config import ConfigError, load, nearest, of_before, parse, read_text
from unhunch.config.values import Refused, allowed, literal, plain
from unhunch.core.settings import Option, Settings, options
from unhunch.errors import UserError
from unhunch.line import read_line
from unhunch.paths import Paths
from unhunch.said.option import meant
from unhunch.said.typed import is_yes
from unhunch.words.translate import N_, _, ngettext

EDITORS = ("sensible-editor", "nano", "vim", "vi", "notepad")
"""Tried in this order where neither VISUAL nor EDITOR is set."""


def path(_args: argparse.Namespace) -> None:
    """Print where the configuration lies (the file need not exist)."""
    print(Paths.find().config_file)


def show(args: argparse.Namespace) -> None:
    """Print what is in force: the file's settings, and the defaults of all others."""
    file = Paths.find().config_file
    settings = load(file)
    if args.json:
        table = {
            item.key: {
                "value": plain(item, getattr(settings, item.name)),
                "default": plain(item, item.default),
                "allowed": allowed(item),
                "help": _(item.help),
                "advanced": item.advanced,
            }
            for item in options()
        }
        show_json({"file": str(file), "exists": file.exists(), "options": table})
        return
    if args.key:
        item = _option(args.key)
        print(f"{_line(item, getattr(settings, item.name))}  # {_(item.help)}")
        return
    print("# " + (str(file) if file.exists() else _("{file} (not there: all defaults)").format(file=file)))
    everyday = [item for item in options() if not item.advanced]
    advanced = [item for item in options() if item.advanced]
    _print_options(settings, everyday, all_of_them=True)
    if args.all or any(getattr(settings, item.name) != item.default for item in advanced):
        print("\n# " + _("Advanced: the numbers of the model."))
        _print_options(settings, advanced, all_of_them=args.all)
    else:
        said = _("Advanced: {count} numbers of the model, at their defaults; 'unhunch config show --all' lists them.")
        print("\n# " + said.format(count=len(advanced)))


def _print_options(settings: Settings, items: list[Option], *, all_of_them: bool) -> None:
    for item in items:
        value = getattr(settings, item.name)
        if value != item.default:
            default = _("default: {value}").format(value=literal(plain(item, item.default)))
            print(f"{_line(item, value)}  # {default}")
        elif all_of_them:
            print(_line(item, value))


def _line(item: Option, value: Any) -> str:
    return f"{item.key} = {literal(plain(item, value))}"


def check(args: argparse.Namespace) -> None:
    """Find every mistake in the configuration (or in FILE) at once."""
    chosen = args.file or Paths.find().config_file
    if args.file and not chosen.exists():
        raise wrong(
            _("There is no file {file}.").format(file=chosen),
            _("Name a file that exists, or none for your own configuration."),
        )
    settings = load(chosen)
    if not chosen.exists():
        print(
            _("There is no {file}: all options have their defaults. 'unhunch config edit' makes one.").format(
                file=chosen
            )
        )
        return
    count = sum(getattr(settings, item.name) != item.default for item in options())
    said = (
        ngettext(
            "{file} is all right; of {total} options {count} differs from the default.",
            "{file} is all right; of {total} options {count} differ from the default.",
            count,
        )
        if count
        else _("{file} is all right; of {total} options all are defaults.")
    )
    print(said.format(file=chosen, total=len(list(options())), count=count))
    for sentence in of_before(chosen):
        print(_("Note: {problem}").format(problem=sentence))


def set_(args: argparse.Namespace) -> None:
    """Set one option, or take it back to its default."""
    key, value = args.key, tuple(args.value)
    item = _option(key)
    if bool(value) == args.default:
        raise wrong(
            _("{key} needs a value or --default, one of the two.").format(key=key),
            _("{key} takes {allowed}: for example 'unhunch config set {key} {value}'.").format(
                key=key, allowed=allowed(item), value=_words(item)
            ),
        )
    _write({item: None if args.default else _meant(item, value)})


def unset(args: argparse.Namespace) -> None:
    """Take options back to their defaults: all of them, or none where one is not known."""
    _write(dict.fromkeys(map(_option, args.keys)))


def _write(changes: dict[Option, Any]) -> None:
    """Into the file, said, and to the daemon. None is the default, for which no file is made."""
    from unhunch.config.edit import write

    file = Paths.find().config_file
    if not file.exists() and not any(setting is not None for setting in changes.values()):
        settings = load(file)
    else:
        settings = write(file, {item.key: setting for item, setting in changes.items()})
    for item, setting in changes.items():
        where = _("the default") if setting is None else _("in {file}").format(file=file)
        print(f"{_line(item, getattr(settings, item.name))}  # {where}")
    _tell_daemon()


def _option(key: str) -> Option:
    """Raises UserError when there is none of that name."""
    item = next((item for item in options() if item.key == key), None)
    if item is None:
        near = nearest(key)
        raise wrong(
            _("There is no option {key}. Did you mean {near}?").format(key=key, near=near)
            if near
            else _("There is no option {key}.").format(key=key),
            _("'unhunch config show --all' lists every option."),
        )
    return item


def _words(item: Option) -> str:
    default = plain(item, item.default)
    return " ".join(default) if isinstance(default, list) else literal(default).strip('"')


def _meant(item: Option, words: tuple[str, ...]) -> Any:
    """The setting that words of the command line stand for. Raises UserError."""
    try:
        return meant(item, words)
    except Refused as refused:
        what = _("{key} cannot be {value}.").format(key=item.key, value=repr(" ".join(words)))
        raise wrong(
            f"{what} {refused.reason}".strip(), _("It takes {allowed}.").format(allowed=allowed(item))
        ) from None


def edit(_args: argparse.Namespace) -> None:
    """Open the configuration in your editor ($VISUAL, $EDITOR); only what is all right is saved."""
    from unhunch.config.edit import replace
    from unhunch.config.example import example

    file = Paths.find().config_file
    before = read_text(file)
    draft = Path(tempfile.mkdtemp(prefix="unhunch-"), "config.toml")
    draft.write_text(before if before is not None else example(), encoding="utf-8")
    text = _edited(draft, file)
    if text == (before if before is not None else example()):
        print(_("Nothing was changed."))
    elif read_text(file) != before:
        raise UserError(
            _("{file} was changed by somebody else while you edited.").format(file=file),
            _("It was left as it is now."),
            _("Your version is in {draft}: compare the two and keep what you want.").format(draft=draft),
        )
    else:
        replace(file, text)
        print(_("Saved {file}.").format(file=file))
        _tell_daemon()
    _drop(draft)


def open_(args: argparse.Namespace) -> None:
    """Open the file in the desktop's editor; a running daemon takes over what is saved, and says what is wrong."""
    from unhunch.adapters.browser import open_file
    from unhunch.config.edit import replace
    from unhunch.config.example import example

    file = Paths.find().config_file
    if not file.exists():  # every option of the example has its default: it changes nothing
        replace(file, example())
        print(_("Wrote {file}, with an explanation of each option.").format(file=file))
    if open_file(str(file)):
        return
    if sys.stdin.isatty():
        edit(args)
        return
    from unhunch.cli.notice import show_notice
    from unhunch.ports import Notice

    text = _("The settings are a text file: {file}").format(file=file)
    show_notice(Notice("setup", _("No editor could be opened"), text, transient=True))
    raise UserError(
        _("The desktop knows no program that opens the configuration."),
        _("It is a text file: {file}").format(file=file),
        _("Edit it in a terminal: unhunch config edit"),
    )


def _edited(draft: Path, file: Path) -> str:
    """What the user made of the draft, once it is a configuration. Raises ConfigError, the draft kept."""
    while True:
        _open_editor(draft, file)
        text = read_text(draft) or ""
        try:
            parse(text, str(draft))
        except ConfigError as error:
            if sys.stdin.isatty():
                print(error, file=sys.stderr)
                answer = read_line(_("Open the editor again? [Y/n] ")).strip()
                if not answer or is_yes(answer):
                    continue
            raise ConfigError(
                error.heading,
                _("Your configuration was left as it was."),
                _("What you wrote is kept in {draft}.").format(draft=draft),
                error.problems,
            ) from error
        return text


def _open_editor(draft: Path, file: Path) -> None:
    """Wait until the user has closed the editor. Raises UserError, the draft dropped."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not named and not sys.stdin.isatty():
        _drop(draft)
        raise wrong(
            _("There is no terminal here for an editor to work in."),
            _("'unhunch config open' uses the desktop's editor; 'unhunch config set KEY VALUE' needs none."),
        )
    trouble = ""
    try:
        command = shlex.split(named) if named else [next(filter(shutil.which, EDITORS))]
        code = subprocess.run([*command, str(draft)], check=False).returncode
        if code:
            trouble = _("{program} ended with exit code {code}").format(program=command[0], code=code)
    except StopIteration:
        trouble = _("there is none of {programs}").format(programs=", ".join(EDITORS))
    except (OSError, ValueError) as error:  # ValueError: quotes that do not close
        trouble = f"{named}: {getattr(error, 'strerror', None) or error}"
    if trouble:
        _drop(draft)
        raise wrong(
            _("The editor did not work: {trouble}.").format(trouble=trouble),
            _("Set EDITOR to one that works (EDITOR=nano unhunch config edit), or edit {file} yourself.").format(
                file=file
            ),
        )


def _drop(draft: Path) -> None:
    shutil.rmtree(draft.parent, ignore_errors=True)  # with what the editor left beside it


def _tell_daemon() -> None:
    try:
        told = ask_if_running("reload")
    except UserError as error:
        print(_("The daemon did not take it over: {what} {remedy}").format(what=error.what, remedy=error.remedy))
    else:
        if told is not None:
            print(_("The daemon uses it from now on."))


def _nothing_said(_args: argparse.Namespace) -> None:
    raise wrong(
        _("unhunch config: what is to be done with it?"),
        _("'unhunch config show' prints it, 'unhunch config edit' opens it; for the rest, 'unhunch config --help'."),
    )


def _arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(metavar="ACTION")
    parser.set_defaults(act=_nothing_said)

    def part(name: str, act: Callable[[argparse.Namespace], None], about: str) -> argparse.ArgumentParser:
        sentence = f"{about[0].upper()}{about[1:]}."
        made = parts.add_parser(name, help=about, description=sentence, allow_abbrev=False)
        made.set_defaults(act=act)
        return made

    part("path", path, _("print where the configuration lies (the file need not exist)"))
    showing = part("show", show, _("print what is in force: the file's settings, and the defaults of all others"))
    showing.add_argument("key", nargs="?", metavar="KEY", help=_("only this option"))
    showing.add_argument("--all", action="store_true", help=_("the advanced options, too"))
    json_option(showing)
    checking = part("check", check, _("find every mistake in the configuration (or in FILE) at once"))
    checking.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("another file"))
    setting = part("set", set_, _("set one option, or take it back to its default"))
    setting.add_argument("key", metavar="KEY", help=_("a dotted key, such as snooze.length"))
    setting.add_argument("value", nargs="*", metavar="VALUE", help=_("its value, without quotes"))
    setting.add_argument("--default", action="store_true", help=_("go back to the default"))
    unsetting = part("unset", unset, _("take options back to their defaults"))
    unsetting.add_argument("keys", nargs="+", metavar="KEY", help=_("a dotted key, such as snooze.length"))
    part(
        "edit",
        edit,
        _("open the configuration in your editor ($VISUAL, $EDITOR); only what is all right is saved"),
    )
    part(
        "open",
        open_,
        _("open the file in the desktop's editor; a running daemon takes over what is saved, and says what is wrong"),
    )


def _run(args: argparse.Namespace) -> None:
    args.act(args)


config = Command(
    _run,
    _arguments,
    (
        ("unhunch config set hours.fri 8-14", N_("no notices on Friday afternoons")),
        ("unhunch config set snooze.length 15 min", ""),
        ("unhunch config unset snooze.length", N_("back to its default")),
        ("unhunch config edit", N_("the whole file, with an explanation of each option")),
        ("unhunch config check", N_("every mistake at once")),
    ),
)
