"""Changing a configuration file: comments stay, and no half file is ever seen."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.test_config import EVERY, values
from tests.examples import examples
from unhunch.config import ConfigError, load, parse
from unhunch.config.edit import changed, replace, write
from unhunch.config.example import example
from unhunch.core.settings import Settings

MINE = """\
# my own words
goal = 1   # one is plenty

[hours]    # of work
mon = "09:00-17:00"  # late
# tue stays open
"""


def test_comments_and_order_stay() -> None:
    text = changed(MINE, {"goal": 3, "hours.mon": ((480, 960),), "hours.tue": (), "session.size": "long"})
    assert "# my own words\ngoal = 3   # one is plenty\n" in text
    assert '[hours]    # of work\nmon = "08:00-16:00"  # late\n' in text
    after = parse(text)
    assert (after.goal, after.hours_mon, after.hours_tue) == (3, ((480, 960),), ())
    assert after.session_size == "long"


@pytest.mark.parametrize(
    ("text", "key", "value", "wanted"),
    [
        (
            '[sitting]\nactive_gap = "60 s"\n\n# When you work.\n[hours]\nmon = "08:00-16:00"\n',
            "sitting.break_gap",
            360.0,
            '[sitting]\nactive_gap = "60 s"\nbreak_gap = "6 min"\n\n# When you work.\n[hours]\nmon = "08:00-16:00"\n',
        ),
        (
            '# Mine.\ngoal = 2\n\n# When you work.\n[hours]\nmon = "08:00-16:00"\n',
            "nudge.enabled",
            False,
            None,
        ),
        (
            '# Mine.\ngoal = 2  # a day\n# Two are enough.\n\n# When you work.\n[hours]\nmon = "08:00-16:00"\n',
            "source",
            "x11",
            '# Mine.\ngoal = 2  # a day\n# Two are enough.\nsource = "x11"\n\n# When you work.\n[hours]\n...',
        ),
        ("goal = 2\n\n# That is all.\n", "source", "x11", "goal = 2\nsource = \"x11\"\n\n# That is all.\n"),
    ],
)  # fmt: skip
def test_a_new_key_leaves_the_comment_of_the_next_table_where_it_is(
    text: str, key: str, value: object, wanted: str | None
) -> None:
    """A comment behind a blank line speaks of what follows it."""
    found = changed(text, {key: value})
    assert "# When you work.\n[hours]" in found or "[hours]" not in text
    if wanted is not None:
        assert found == wanted.replace("...", 'mon = "08:00-16:00"\n')
    twice = changed(changed(text, {key: value}), {key: None})
    assert parse(twice) == parse(text)


def test_none_goes_back_to_the_default() -> None:
    text = changed(MINE, {"goal": None, "hours.mon": None, "snooze.length": None})
    assert parse(text) == Settings()
    assert "# my own words" in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        example(),
        'session = {size = "short"}\n',
        '[session]\nsize = "short"\n[hours]\n',
        'hours.mon = "never"\nsession.voice = true\nhours.tue = "never"',
        "session.voice = true # no newline at the end",
    ],
)
@settings(max_examples=examples(25))
@given(data=st.data())
def test_whatever_the_shape_of_the_file_only_the_wanted_options_change(text: str, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(EVERY), min_size=1, max_size=5, unique_by=lambda item: item.key))
    wanted = {item: data.draw(values(item)) for item in chosen}
    after = parse(changed(text, {item.key: setting for item, setting in wanted.items()}))
    before = parse(text)
    for item in EVERY:
        assert getattr(after, item.name) == wanted.get(item, getattr(before, item.name))


def test_unknown_keys_and_wrong_values_change_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(MINE)
    with pytest.raises(ConfigError, match="did you mean goal"):
        write(file, {"gaol": 1})
    with pytest.raises(ConfigError, match="whole number"):
        write(file, {"goal": 17})
    assert file.read_text() == MINE
    file.write_text("goal = 77\n")
    with pytest.raises(ConfigError, match="goal = 77"):
        write(file, {"source": "x11"})


def test_a_file_is_made_for_its_owner_alone_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "made" / "config.toml"
    assert write(file, {"goal": 2}).goal == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o640)
    write(file, {"goal": 3})
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert load(file).goal == 3
    assert os.listdir(file.parent) == ["config.toml"]


def test_a_link_into_a_dotfiles_folder_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text(MINE)
    link.symlink_to(real)
    write(link, {"goal": 2})
    assert link.is_symlink()
    assert load(real).goal == 2


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(MINE)
    with pytest.raises(UnicodeEncodeError):
        replace(file, "goal = 1\n\udc80")  # fails while writing
    assert file.read_text() == MINE
    assert os.listdir(tmp_path) == ["config.toml"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written") as caught:
        replace(tmp_path / "file" / "config.toml", "")
    assert "Nothing was changed" in caught.value.means
