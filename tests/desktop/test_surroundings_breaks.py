"""GNOME's own breaks, on a private session bus: its settings for real, the shell's part scripted."""

import pytest
from dbus_fast import Variant

from tests.desktop.bed import Bed
from tests.desktop.parts import find, needs
from tests.fakes.bus_service import BusService
from tests.fakes.heard import Heard
from unhunch.adapters import registry
from unhunch.adapters.surroundings import breaks
from unhunch.adapters.surroundings.breaks import GnomeBreaks

pytestmark = pytest.mark.desktop


@pytest.fixture
def address(bed: Bed) -> str:
    bed.bus()
    return bed.env["DBUS_SESSION_BUS_ADDRESS"]


def state(number: int) -> Variant:
    return Variant("u", number)


async def test_a_break_that_is_due_or_taken_is_told_and_ends(bed: Bed, address: str, heard: Heard) -> None:
    shell = BusService(breaks.SHELL)
    shell.set(breaks.SCREEN_TIME_PATH, breaks.SCREEN_TIME, State=state(1))
    await shell.start(address)
    source = GnomeBreaks(env=bed.env)
    await source.open(heard)
    assert heard.now["break_due"] is False
    for number, due in ((4, True), (3, True), (1, False), (4, True), (2, False)):
        shell.set(breaks.SCREEN_TIME_PATH, breaks.SCREEN_TIME, State=state(number))
        await bed.eventually(f"state {number}", lambda due=due: heard.now["break_due"] is due)
    await shell.stop()
    await bed.eventually("not known", lambda: heard.now["break_due"] is None)
    await source.close()


async def test_a_shell_that_has_no_such_thing_is_not_known(bed: Bed, address: str, heard: Heard) -> None:
    """GNOME 47 and before."""
    shell = await BusService(breaks.SHELL).start(address)
    source = GnomeBreaks(env=bed.env)
    await source.open(heard)
    assert heard.now["break_due"] is None
    await source.close()
    await shell.stop()


SCHEMA = """<schemalist><schema id="org.gnome.desktop.break-reminders" path="/org/gnome/desktop/break-reminders/">
<key name="selected-breaks" type="as"><default>[]</default></key></schema></schemalist>"""


async def test_its_settings_say_whether_it_reminds_to_move(bed: Bed, address: str, heard: Heard) -> None:
    """Real GSettings and dconf; the schema is written here, since it came with GNOME 48."""
    needs("gsettings", "dconf-service", "glib-compile-schemas")
    folder = bed.home / "schemas"
    folder.mkdir()
    (folder / "breaks.gschema.xml").write_text(SCHEMA)
    bed.output("glib-compile-schemas", str(folder))
    bed.env.update(GSETTINGS_BACKEND="dconf", GSETTINGS_SCHEMA_DIR=str(folder))
    bed.spawn(str(find("dconf-service")))
    source = GnomeBreaks(env=bed.env)
    await source.open(heard)
    assert heard.now["reminds"] is False
    key = (breaks.SCHEMA, breaks.KEY)
    for value, reminds in (("['movement']", True), ("['eyesight']", False), ("['eyesight', 'movement']", True)):
        bed.output("gsettings", "set", *key, value)
        await bed.eventually(value, lambda reminds=reminds: heard.now["reminds"] is reminds)
    assert "left out" in source.note
    await source.close()


async def test_without_the_schema_it_is_not_known(bed: Bed, address: str, heard: Heard) -> None:
    bed.env["PATH"] = str(bed.home)  # no gsettings, either
    source = GnomeBreaks(env=bed.env)
    await source.open(heard)
    assert heard.now["reminds"] is None
    await source.close()


async def nothing() -> None:
    return


@pytest.mark.parametrize(("desktop", "wanted"), [("ubuntu:GNOME", True), ("KDE", False), ("", False)])
def test_it_is_asked_on_gnome_only(desktop: str, *, wanted: bool) -> None:
    sources = registry.linux_sources(nothing, env={"XDG_CURRENT_DESKTOP": desktop})
    assert any(isinstance(source, GnomeBreaks) for source in sources) is wanted
