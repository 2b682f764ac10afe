"""`unhunch routine`: which routines there are, what one would say and when, and taking in a file of your own."""

import argparse
import shutil
import sys
from pathlib import Path

from unhunch.cli.command import Command, word, wrong
from unhunch.cli.own_history import settings
from unhunch.core.session.heard import sentences
from unhunch.core.session.pace import ROOM
from unhunch.core.session.routine import Routine
from unhunch.core.session.timeline import timeline
from unhunch.core.vocabulary import CHOICES, Size
from unhunch.errors import Exit, UserError
from unhunch.paths import Paths
from unhunch.session.routines import BUILT_IN, RoutineFileError, builtin, choose, load, written
from unhunch.words import formats
from unhunch.words.translate import N_, _, ngettext

ACTIONS = ("list", "preview", "check", "add", "new", "export", "print")
SHEET = "unhunch-routine.html"


def run(args: argparse.Namespace) -> None:
    """Each action has one file or name, or none; export may have a name and a file."""
    if args.out and args.action != "export":
        raise wrong(
            _("'{command}' has one file.").format(command=f"unhunch routine {args.action}"),
            _("See: unhunch routine --help"),
        )
    match args.action:
        case "preview":
            routine, size = _named(args.name), Size(args.size or settings().session_size)
            (_listen if args.listen else _preview)(routine, size)
        case "export":
            _export(args.name, args.out)
        case "check":
            found = _checked(_wanted(args.name, "check"))
            measured = _measured(args.name, found)
            print(_("{file} is all right.").format(file=args.name))
            print("\n".join([*lines(found), measured]))
        case "new":
            _new(Path(_wanted(args.name, "new")))
        case "print":
            _print(Path(args.name or SHEET))
        case "add":
            _add(Path(_wanted(args.name, "add")))
        case _other:
            _list()


def _wanted(name: str | None, action: str) -> str:
    if not name:
        command = f"unhunch routine {action}"
        raise wrong(
            _("'{command}' needs a file.").format(command=command),
            _("Name it: {command}").format(command=f"{command} mine.toml"),
        )
    return name


def _checked(name: str) -> Routine:
    """The routine in a file. Raises UserError with every mistake in it."""
    if not Path(name).exists():
        raise wrong(_("There is no file {file}.").format(file=name), _("See: unhunch routine --help"))
    try:
        return load(Path(name))
    except RoutineFileError as error:
        raise UserError(
            _("{file} cannot be used as a routine:").format(file=name),
            _("Nothing was done."),
            _("Correct it and check it again: {command}").format(command=f"unhunch routine check {name}"),
            Exit.WRONG,
            error.problems,
        ) from None


def _named(name: str | None) -> Routine:
    """A routine by its file or by its name; without either, the one in force."""
    if name and Path(name).is_file():
        return _checked(name)
    folder = Paths.find().routines
    routine, complaint = choose(name or settings().routine, folder)
    if name and complaint:
        raise _unknown(name)
    if complaint:
        print(complaint)
    return routine


def _unknown(name: str) -> UserError:
    return wrong(
        _("There is no routine {name} that could be used.").format(name=repr(name)),
        _("There are: {names}.").format(names=", ".join([BUILT_IN, *_own()])),
    )


def _own() -> list[str]:
    """Names of the user's own files, good or bad."""
    return sorted(path.stem for path in Paths.find().routines.glob("*.toml"))


def _list() -> None:
    """Every routine, the one in force marked."""
    used = settings().routine or BUILT_IN
    print("\n".join(lines(builtin(), used == BUILT_IN)))
    for name in _own():
        path = Paths.find().routines / f"{name}.toml"
        try:
            print("\n".join(lines(load(path), used == name, name)))
        except RoutineFileError as error:
            count = len(error.problems)
            said = ngettext(
                "{name}: cannot be used, {count} mistake; {command}",
                "{name}: cannot be used, {count} mistakes; {command}",
                count,
            )
            print("  " + said.format(name=name, count=count, command=f"unhunch routine check {path}"))
    print("\n" + _("* is used when a session starts. Another one: unhunch config set session.routine NAME"))


def lines(routine: Routine, used: bool = False, name: str = "") -> list[str]:
    """Its title, the name to type (a file's, for one's own), what it needs, and how long each size takes."""
    found = [f"{'*' if used else ' '} {routine.title} ({name or routine.name})", f"  {routine.needs}"]
    for size in CHOICES:
        line = timeline(routine, size)
        count = len(routine.plans[size].positions)
        consists = ngettext("{count} place, {time} on the roller", "{count} places, {time} on the roller", count)
        about = consists.format(count=count, time=formats.stopwatch(line.planned))
        found.append(f"    {size:<9} {formats.stopwatch(line.length):>5}  {about}")
    return found


def _preview(routine: Routine, size: Size) -> None:
    """What a session says and shows, second by second."""
    line = timeline(routine, size, settings().session_breath)
    length = _("{title}, {size}: {time}, {planned} of it on the roller.")
    print(
        length.format(
            title=routine.title,
            size=size,
            time=formats.stopwatch(line.length),
            planned=formats.stopwatch(line.planned),
        )
        + "\n"
    )
    print("\n".join([routine.doctor, *(f"- {rule}" for rule in routine.safety), ""]))
    for cue in line.cues:
        at = cue.at - line.begins
        print(f"{'-' if at < 0 else ''}{formats.stopwatch(abs(at))}".rjust(5) + f"  {cue.shown}")
        said = [cue.spoken, *(phase.say for phase in cue.phases)]
        for spoken in dict.fromkeys(text for text in said if text):
            print(f'         "{spoken}"')


def _listen(routine: Routine, size: Size) -> None:
    """The same heard, sentence after sentence, without the silences in which a session works. Ctrl-C ends it."""
    import asyncio

    from unhunch.core.session.timeline import Utterance
    from unhunch.session.speaking import listen, voice_of

    line = timeline(routine, size, settings().session_breath)
    voice = voice_of(routine, settings().session_pace)

    def tell(spoken: Utterance) -> None:
        at = spoken.at - line.begins
        clock = f"{'-' if at < 0 else ''}{formats.stopwatch(abs(at))}"
        print(f"{clock:>5}  {spoken.text}", flush=True)

    if voice.name:
        print(_("Voice: {name}").format(name=voice.name))
    if not voice.name or not asyncio.run(listen(line, voice, tell)):
        raise UserError(
            _("Nothing could be heard."),
            _("No player for the recordings, and no voice, works on this computer."),
            _("For a voice: sudo apt install espeak-ng"),
        )


def _measured(name: str, routine: Routine) -> str:
    """Whether espeak-ng says each sentence in its seconds. Raises UserError where it does not."""
    from unhunch.adapters.speech import spoken_seconds

    if spoken_seconds("", routine.language) is None:
        return _("Its sentences were not measured: that needs espeak-ng. By their length they fit.")
    late = []
    for text, room in sentences(routine).items():
        takes = spoken_seconds(text, routine.language) or 0.0
        if takes + ROOM > room + 0.005:
            said = _("{takes} s of {room} s, of which 0.8 s are to stay free: {text}")
            late.append(said.format(takes=f"{takes:.1f}", room=f"{room:.1f}", text=text))
    if late:
        raise wrong(
            _("{file} has sentences that do not fit their seconds:\n{problems}").format(
                file=name, problems="\n".join(f"  {one}" for one in late)
            ),
            _("Correct it and check it again: {command}").format(command=f"unhunch routine check {name}"),
        )
    return _("Each of its sentences fits its seconds, as espeak-ng says it.")


def _new(path: Path) -> None:
    """The built-in routine as a file to change, in the user's language."""
    _write_new(path, written(), "unhunch routine new other.toml")
    print(_("{file} is written. Change it, then: {command}").format(file=path, command=f"unhunch routine add {path}"))


def _export(name: str | None, out: str | None) -> None:
    """A routine as one file to hand to somebody, who adds it there; the one in force without a name."""
    if name and name.endswith(".toml") and not out:
        # A file's name alone is the file to write, unless it is that of a routine.
        name, out = (Path(name).stem, None) if Path(name).stem in _own() else (None, name)
    name = name or settings().routine or BUILT_IN
    if name not in (BUILT_IN, *_own()):
        raise _unknown(name)
    path = Path(out or ("mine.toml" if name == BUILT_IN else f"{name}.toml"))
    if name == BUILT_IN:
        text = written()
    else:
        own = Paths.find().routines / f"{name}.toml"
        _checked(str(own))
        text = own.read_text(encoding="utf-8")
    _write_new(path, text, f"unhunch routine export {name} other.toml")
    added = f"unhunch routine add {path.name}"
    print(_("{file} is written. Where it is to be used: {command}").format(file=path, command=added))


def _write_new(path: Path, text: str, otherwise: str) -> None:
    """What is there is never overwritten; `otherwise` is the command with another name."""
    if path.suffix != ".toml" or path.stem == BUILT_IN:
        raise wrong(
            _("A routine's file cannot be called {name}.").format(name=path.name),
            _("Give it a name of its own that ends in .toml"),
        )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise wrong(
            _("There is a file called {name} already.").format(name=path),
            _("Give yours another name: {command}").format(command=otherwise),
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from error


def _print(path: Path) -> None:
    """One A4 page to hand out, shown in the browser, which prints it."""
    from unhunch.adapters.browser import show
    from unhunch.session.sheet import rendered

    try:
        path.write_text(rendered(_named(None), settings().session_breath), encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from error
    print(_("{file} is one A4 page: print it from the browser.").format(file=path))
    if sys.stdout.isatty() and not show(path.resolve().as_uri()):
        print(_("No browser could be opened; the page is {file}.").format(file=path))


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError(
        _("{file} could not be written: {reason}.").format(file=path, reason=error.strerror or error),
        _("Nothing was changed."),
        _("Name a file in a folder of yours."),
    )


def _add(path: Path) -> None:
    """Copy a checked file beside the configuration; one of the same name is never overwritten."""
    _checked(str(path))
    folder = Paths.find().routines
    target = folder / path.name
    if target.suffix != ".toml" or target.stem == BUILT_IN:
        raise wrong(
            _("A routine's file cannot be called {name}.").format(name=path.name),
            _("Give it a name of its own that ends in .toml"),
        )
    if target.exists() and target.read_bytes() != path.read_bytes():
        raise wrong(
            _("There is another routine called {name} already.").format(name=target.stem),
            _("Give yours another name, or move the old one away: {command}").format(
                command=f"mv {target} {target}.old"
            ),
        )
    folder.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copyfile(path, target)
    use = f"unhunch config set session.routine {target.stem}"
    print(_("{name} is there now. To use it: {command}").format(name=target.stem, command=use))


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=ACTIONS,
        default="list",
        metavar="ACTION",
        help=_("list (default), preview, check, add, new, export or print"),
    )
    parser.add_argument(
        "name", nargs="?", metavar="FILE", help=_("a file, or for preview and export the name of a routine")
    )
    parser.add_argument("out", nargs="?", metavar="OUT", help=_("for export: the file to write"))
    parser.add_argument("--size", type=word(*Size), metavar="SIZE", help=_("for preview"))
    parser.add_argument("--listen", action="store_true", help=_("for preview: hear it, without the silences"))


routine = Command(
    run,
    arguments,
    examples=(
        ("unhunch routine", N_("all of them, and which is used")),
        ("unhunch routine preview --size standard", N_("what will be said, second by second")),
        ("unhunch routine preview mine --listen", N_("the same, heard")),
        ("unhunch routine export mine", N_("mine.toml, to give to somebody")),
        ("unhunch routine print", N_("one A4 page with the rules and room for numbers")),
        ("unhunch routine new mine.toml", N_("the built-in one as a file to change")),
        ("unhunch routine check mine.toml", N_("every mistake in it, or its lengths")),
        ("unhunch routine add mine.toml", N_("check it and keep it beside the configuration")),
    ),
    about=N_("Routines are TOML files: places, breaths, texts and safety rules."),
)
