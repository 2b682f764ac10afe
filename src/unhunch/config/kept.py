"""What holds while the configuration is wrong: a copy of it as it was right last, else the defaults."""

import contextlib
from pathlib import Path

from unhunch.config import ConfigError, load, read_text
from unhunch.core.settings import Settings
from unhunch.tuples import NamedTuple
from unhunch.words.translate import N_, _


class InForce(NamedTuple):
    """Settings that may be used, and what is wrong with the file that they should have come from."""

    settings: Settings
    wrong: ConfigError | None = None
    kept: bool = False
    """They come from the copy, and not from the defaults."""

    @property
    def told(self) -> str:
        """What is wrong, what holds meanwhile, and what to do, for a notice or a log; empty when all is well."""
        if self.wrong is None:
            return ""
        first = str(self.wrong.problems[0]) if self.wrong.problems else self.wrong.heading
        holds = (
            _("The settings that were right last hold until then.") if self.kept else _("The defaults hold until then.")
        )
        return " ".join(
            [_("The configuration has a mistake: {problem}.").format(problem=first.rstrip(".")), holds, _(MEND)]
        )


MEND = N_("Mend it: unhunch config edit")


def in_force(file: Path, copy: Path) -> InForce:
    """What the file says, else what its copy says, else the defaults. Never raises."""
    try:
        return InForce(load(file))
    except ConfigError as error:
        try:
            return InForce(load(copy), error, kept=copy.exists())
        except ConfigError:  # of another version, or damaged
            return InForce(Settings(), error)


def keep(file: Path, copy: Path) -> None:
    """Keep a copy of a file that is all right; none where there is no file. A disk that is full keeps the last one."""
    with contextlib.suppress(ConfigError, OSError):
        text = read_text(file)
        if text == read_text(copy):
            return
        if text is None:
            copy.unlink(missing_ok=True)
            return
        fresh = copy.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(copy)
