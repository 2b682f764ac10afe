"""config.toml -> Settings: every option, every mistake, and the example file."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unhunch import language
from unhunch.config import ConfigError, load, nearest, of_before, parse
from unhunch.config.example import example
from unhunch.config.values import Refused, allowed, literal, parse_duration, parse_hours, plain, read
from unhunch.core.settings import ALL_DAY, HOURS, MIN, WEEKDAYS, Option, Settings, Type, options

ROOT = Path(__file__).parents[2]
EVERY = list(options())


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return [str(problem) for problem in caught.value.problems]


def values(item: Option) -> st.SearchStrategy[object]:
    """Settings that an option may have."""
    ranges = st.tuples(st.integers(0, 1439), st.integers(0, 1440))
    match item.type:
        case Type.DURATION:  # to the microsecond
            return st.integers(round(item.low * 1e6), round(item.high * 1e6)).map(lambda micros: micros / 1e6)
        case Type.NUMBER:
            return st.floats(item.low, item.high, allow_subnormal=False)
        case Type.INTEGER:
            return st.integers(int(item.low), int(item.high))
        case Type.FLAG:
            return st.booleans()
        case Type.CHOICE:
            return st.sampled_from(item.choices)
        case Type.HOURS:
            return st.lists(ranges, max_size=4).map(tuple)
        case Type.DAYS:
            return st.sets(st.sampled_from(WEEKDAYS)).map(lambda days: tuple(d for d in WEEKDAYS if d in days))
        case Type.WORDS:
            return st.lists(st.text()).map(tuple)
        case Type.TEXT:
            return st.text()


# The example


def test_the_example_in_the_repository_is_the_generated_one() -> None:
    assert (ROOT / "config.example.toml").read_text() == example(), "run 'make example'"


def test_the_example_means_the_defaults() -> None:
    assert parse(example()) == Settings()


def test_the_example_with_every_line_uncommented_means_the_defaults() -> None:
    text = re.sub(r"^# ([\w.]+ = )", r"\1", example(), flags=re.MULTILINE)
    assert text.count("\n# ") < example().count("\n# ")
    assert parse(text) == Settings()
    assert [item.key for item in EVERY if f"\n{item.key} = " not in text] == []


def test_the_example_explains_every_option_and_comments_out_the_advanced_ones() -> None:
    text = example()
    for item in EVERY:
        assert f"\n{'# ' if item.advanced else ''}{item.key} = " in text
        assert item.help.split()[0] in text
    assert max(len(line) for line in text.splitlines()) <= 120


@pytest.fixture(params=["de", "es"])
def other_language(request: pytest.FixtureRequest) -> Iterator[None]:
    language.set_up({}, request.param)
    yield
    language.set_up({})


@pytest.mark.usefixtures("other_language")
def test_in_another_language_the_example_means_the_same() -> None:
    text = example()
    assert parse(text) == Settings()
    assert parse(re.sub(r"^# ([\w.]+ = )", r"\1", text, flags=re.MULTILINE)) == Settings()
    assert max(len(line) for line in text.splitlines()) <= 120
    assert not [item.key for item in EVERY if item.help in text.replace("\n# ", " ")]


@pytest.mark.usefixtures("other_language")
def test_in_another_language_a_mistake_still_names_what_is_typed() -> None:
    (problem,) = problems('source = "x12"\n')
    assert 'source = "x12"' in problem
    assert "auto, mutter, wayland, x11" in problem
    assert "must be" not in problem
    for broken in ("goal = 1 2", "goal = [1,", 'goal = "x', "goal"):
        assert not re.search("expected|invalid|un(closed|terminated)", problems(broken)[0]), broken


def test_no_option_stands_where_another_has_its_group() -> None:
    keys = {item.key for item in EVERY}
    assert len(keys) == len(EVERY)
    assert not [key for key in keys if any(other.startswith(f"{key}.") for other in keys)]


# Values


@given(st.data())
def test_every_option_reads_back_what_was_written(data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(EVERY))
    setting = data.draw(values(item))
    text = f"{item.key} = {literal(plain(item, setting))}\n"
    assert getattr(parse(text), item.name) == setting


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.key)
def test_every_default_is_allowed(item: Option) -> None:
    assert read(item, plain(item, item.default)) == item.default


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90 s", 90),
        ("30 min", 30 * MIN),
        ("2 h", 2 * HOURS),
        ("1 h 30 min", 90 * MIN),
        ("1h30m", 90 * MIN),
        ("10m", 10 * MIN),
        ("0.5 s", 0.5),
        (" 1 Hour 5 Seconds ", HOURS + 5),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", " ", "30", "-5 min", "5 parsecs", "min", "1 h -", "1e3 s", "nan s", "٣ s"])
def test_refused_durations(text: str) -> None:
    with pytest.raises(Refused):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:00-18:00", ((480, 1080),)),
        ("22:00-06:00", ((1320, 360),)),
        ("8:00 - 12:00,13:00\N{EN DASH}17:30", ((480, 720), (780, 1050))),
        ("00:00-24:00", ALL_DAY),
        ("All  Day", ALL_DAY),
        ("never", ()),
        ("9-17", ((540, 1020),)),
        ("8:30-14", ((510, 840),)),
        ("9am - 5pm", ((540, 1020),)),
        ("from 9 to 17.30", ((540, 1050),)),
        ("12am-12pm", ((0, 720),)),
        ("22-6", ((1320, 360),)),
        ("8-12, 13-17", ((480, 720), (780, 1020))),
    ],
)
def test_hours(text: str, hours: object) -> None:
    assert parse_hours(text) == hours


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9-5",
        "9-9",
        "8",
        "13pm-14",
        "0am-1",
        "08:00",
        "08:60-09:00",
        "24:00-25:00",
        "08:00-24:01",
        "08:00-12:00,",
        "08:00-12:00 13:00-14:00",
    ],
)
def test_refused_hours(text: str) -> None:
    with pytest.raises(Refused):
        parse_hours(text)


def test_days_may_be_a_list_or_a_text_in_any_order() -> None:
    assert parse('workdays = ["Friday", "mon"]').workdays == ("mon", "fri")
    assert parse('workdays = "mon, tue wed"').workdays == ("mon", "tue", "wed")
    assert parse("workdays = []").workdays == ()
    assert parse('workdays = "mon-wed, Sat"').workdays == ("mon", "tue", "wed", "sat")
    assert parse('workdays = "fri-mon"').workdays == ("mon", "fri", "sat", "sun")


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.key)
def test_a_wrong_value_of_any_option_is_named_with_what_is_allowed(item: Option) -> None:
    (problem,) = problems(f"# a comment\n{item.key} = 1979-05-27\n")
    assert problem == f"line 2: {item.key} = 1979-05-27: must be {allowed(item)}"


@pytest.mark.parametrize(
    "text",
    [
        "goal = 0",
        "goal = 5",
        "goal = true",
        "goal = 1.0",
        'goal = "1"',
        "session.breath = 8",
        'session.breath = "7 s"',
        'session.breath = "11 s"',
        "due.pull_share = nan",
        "due.pull_share = inf",
        "due.pull_share = true",
        "nudge.enabled = 1",
        'source = "X11"',
        'calls.ignore = "zoom"',
        "calls.ignore = [1]",
        'workdays = ["someday"]',
        "session.routine = []",
    ],
)
def test_values_out_of_range_or_of_another_type(text: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(f"line 1: {text}: must be ")


# Mistakes


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    found = problems(
        'goall = 3\nhours = "9-5"\n[session]\nsize = "tiny"\nsize_of_bed = 3\n[look]\npresent = "1 s"\naway = 15\n'
    )
    assert [line.split(": ")[0] for line in found] == ["line 1", "line 2", "line 4", "line 5", "line 8"]
    assert "there is no such option (did you mean goal?)" in found[0]
    assert "is a group of options" in found[1]
    assert "hours.mon" in found[1]
    assert 'session.size = "tiny": must be one of short, standard, long' in found[2]
    assert found[3].startswith("line 5: session.size_of_bed: there is no such option")
    assert "look.away = 15: must be a duration" in found[4]


def test_a_table_where_one_value_belongs() -> None:
    (problem,) = problems("[goal]\nnumber = 2\n")
    assert problem == 'line 1: goal = {"number" = 2}: must be a whole number from 1 to 4'


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("sesion.size", "session.size"), ("session-size", "session.size"), ("breath", "session.breath"), ("xyzzy", "")],
)
def test_the_nearest_key(wrong: str, meant: str) -> None:
    assert nearest(wrong) == meant


def test_syntax_errors_name_line_and_column() -> None:
    (problem,) = problems("goal = 1\nsource = x11\n")
    assert problem == "line 2: column 10: invalid value: source = x11"
    (problem,) = problems("goal = [1,\n")
    assert "end of the file" in problem
    (problem,) = problems("goal = 1\ngoal = 2\n")
    assert "cannot overwrite a value" in problem


def test_a_message_has_three_parts() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("goal = 9", "/home/me/config.toml")
    error = caught.value
    assert error.heading == "The configuration /home/me/config.toml has one problem:"
    assert error.means
    assert "unhunch config edit" in error.remedy
    assert str(error).splitlines()[1] == "  line 1: goal = 9: must be a whole number from 1 to 4"


def test_control_characters_and_floods_do_not_reach_the_terminal() -> None:
    (problem,) = problems(f'source = "\\u001b[2J{"x" * 1000}"')
    assert problem.isprintable()
    assert len(problem) < 300


# Files


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "none" / "config.toml") == Settings()


def test_an_empty_file_and_one_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"")
    assert load(file) == Settings()
    file.write_bytes(b"\xef\xbb\xbfgoal = 2\r\n")
    assert load(file).goal == 2


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"goal = 1\n\xff\xfe")
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 300_000)
    loop = tmp_path / "loop.toml"
    loop.symlink_to(loop)
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)  # opening it would wait for ever
    for path, words in (
        (folder, "not a file"),
        (binary, "not UTF-8"),
        (large, "larger than"),
        (loop, "symbolic links"),
        (pipe, "not a file"),
    ):
        with pytest.raises(ConfigError, match=words) as caught:
            load(path)
        assert str(path) in caught.value.what
        assert caught.value.problems == ()


@given(st.text())
def test_no_text_is_a_traceback(text: str) -> None:
    try:
        parse(text)
    except ConfigError as error:
        assert error.problems


TOML_LIKE = st.lists(
    st.sampled_from(
        [
            *(item.key for item in EVERY[:20]),
            "=",
            " ",
            "\n",
            "[",
            "]",
            "{",
            "}",
            '"',
            "'",
            ".",
            ",",
            "1",
            "true",
            "#",
            '"30 min"',
            '"all day"',
            "1e400",
            "9" * 5000,
            "[" * 5000,
            "\x00",
            "1979-05-27",
            "-",
            "nan",
            '"""',
            "a",
        ]
    ),
    max_size=40,
).map("".join)


@given(TOML_LIKE)
def test_nothing_like_toml_is_a_traceback(text: str) -> None:
    try:
        parse(text)
    except ConfigError as error:
        assert error.problems


@given(st.binary())
def test_no_bytes_are_a_traceback(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzz.toml"
    file.write_bytes(content)
    try:
        load(file)
    except ConfigError as error:
        assert error.what


def test_options_of_before_still_load_and_say_what_became_of_them(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[pause]\nfirst = "20 s"\nsecond = "9 s"\nthird = "4 s"\nsecond_after = "2 min"\nthird_after = "8 min"\n'
        '[ladder]\nwait_1 = "25 min"\nwait_later = "4 min"\nafter_1 = "14 min"\n'
    )
    found = load(file)
    assert (found.pause_gap, found.pause_gap_waiting, found.pause_gap_least) == (20.0, 9.0, 4.0)
    assert (found.pause_waiting, found.pause_anyway, found.after_1) == (120.0, 1500.0, 840.0)
    assert found.pause_patience == Settings().pause_patience
    told = of_before(file)
    for old in ("first", "second", "third", "second_after", "third_after"):
        assert any(sentence.startswith(f"pause.{old} ") for sentence in told)
    for old in ("wait_1", "wait_later"):
        assert any(sentence.startswith(f"ladder.{old} ") for sentence in told)
    assert len(told) == 7


def test_the_new_name_of_an_option_has_the_last_word() -> None:
    for text in ('pause.gap = "14 s"\npause.first = "20 s"\n', 'pause.first = "20 s"\npause.gap = "14 s"\n'):
        assert parse(text).pause_gap == 14.0


def test_a_bad_value_under_an_old_name_is_named_by_it() -> None:
    with pytest.raises(ConfigError) as raised:
        parse('pause.first = "soon"\n')
    assert raised.value.problems[0].key == "pause.first"
