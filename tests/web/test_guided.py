"""What a session allows when, and what it tells; plans and routine files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import unhunch
from tests.web.pages import Heard
from unhunch.core.session.guide import Action
from unhunch.core.vocabulary import Size
from unhunch.session.guided import GuidedSession, NotNow, Stage
from unhunch.session.plan import PlanError, SessionPlan
from unhunch.session.routines import RoutineFileError, builtin, choose, load
from unhunch.words.reasons import RESTING

BUILT_IN = Path(unhunch.__file__).parent / "routines" / "thoracic-foam-roller.toml"


def session(**plan: Any) -> tuple[GuidedSession, Heard]:
    heard = Heard()
    return GuidedSession(SessionPlan(**plan), builtin(), heard, "page"), heard


def test_a_whole_session_is_told_in_order() -> None:
    made, heard = session(screening_due=True, morning_due=True, size=Size.STANDARD)
    made.screen(any_yes=False)
    made.morning("better")
    made.begin(Size.STANDARD, landmark=True, stiffness=6)
    made.pulse(50, [(0, 50)], paused=False)
    made.answer(Action.BEGIN, 50)
    made.pulse(105, [(65, 105)], paused=True)
    made.pulse(105, [], paused=True)
    made.pulse(105, [], paused=False)
    made.answer(Action.TINGLING, 115)
    made.answer(Action.CLEARED, 115)
    made.pulse(396, [(105, 396)], paused=False)
    assert made.stage is Stage.RATING
    made.rate({"stiffness_before": 5, "stiffness_after": 2, "discomfort": 1})
    assert heard.names == [
        "screening", "morning", "started", "paused", "resumed", "branch", "branch", "finished",
    ]  # fmt: skip
    assert heard.events[0] == {"event": "screening", "verdict": "pass"}
    assert heard.events[1] == {"event": "morning", "feels": "better"}
    assert [e["name"] for e in heard.of("branch")] == ["elbows-in", "tingling-cleared"]
    assert heard.events[-1]["record"] == {
        "routine": "thoracic-foam-roller", "size": "standard", "planned_s": 224.0, "roller_s": 224.0, "status": "done",
        "source": "page", "branches": ["elbows-in", "tingling-cleared"], "tingling": "cleared",
        "stiffness_before": 5, "stiffness_after": 2, "discomfort": 1,
    }  # fmt: skip


def test_each_pulse_holds_the_session_as_it_stands() -> None:
    """If nothing else comes, because everything was killed, the last pulse is the session."""
    made, heard = session()
    made.begin(Size.SHORT)
    for at in range(10, 210, 10):
        made.pulse(at, [(at - 10, at)], paused=False, seen=at > 180)
    seconds = [e["record"]["roller_s"] for e in heard.of("pulse")]
    assert seconds == sorted(seconds)
    assert seconds[0] == 0
    assert heard.of("pulse")[3]["record"]["status"] == "partial"
    assert heard.of("pulse")[17]["record"]["status"] == "unknown", "nobody gave a sign yet"
    assert heard.of("pulse")[-1]["record"]["status"] == "done"


def test_a_session_that_nobody_was_seen_in_is_not_known_and_a_rating_is_a_sign() -> None:
    for rated, status in ((False, "unknown"), (True, "done")):
        made, heard = session()
        made.begin(Size.SHORT)
        made.pulse(212, [(0, 212)], paused=False)
        if rated:
            made.rate({"discomfort": 1})
        else:
            made.leave()
        assert heard.of("finished")[0]["record"]["status"] == status


def test_a_pause_that_was_too_long_asks_for_the_rating() -> None:
    made, heard = session()
    made.begin(Size.SHORT)
    made.pulse(100, [(0, 100)], paused=True, seen=True)
    made.paused_out()
    assert made.stage is Stage.RATING
    assert heard.of("pulse")[-1]["record"]["status"] == "partial"
    with pytest.raises(NotNow):
        made.pulse(100, [], paused=False)


def test_one_yes_means_ask_your_doctor_and_nothing_else_is_told() -> None:
    made, heard = session(screening_due=True)
    made.screen(any_yes=True)
    assert made.stage is Stage.DOCTOR
    with pytest.raises(NotNow):
        made.begin(Size.SHORT)
    made.leave()
    assert heard.events == [{"event": "screening", "verdict": "ask-doctor"}]


@pytest.mark.parametrize("due", [True, False])
def test_without_a_roller_or_a_floor_it_is_not_for_them_and_nothing_else_is_told(due: bool) -> None:
    made, heard = session(screening_due=due)
    made.unable()
    assert made.stage is Stage.UNABLE
    with pytest.raises(NotNow):
        made.begin(Size.SHORT)
    with pytest.raises(NotNow):
        made.unable()
    made.leave()
    assert heard.events == [{"event": "screening", "verdict": "unable"}]


def test_nothing_begins_before_the_screening() -> None:
    made, heard = session(screening_due=True)
    with pytest.raises(NotNow):
        made.begin(Size.SHORT)
    assert heard.events == []


@pytest.mark.parametrize("size", [Size.FIRST, Size.EASY])
def test_the_first_and_the_easy_session_leave_no_choice(size: Size) -> None:
    made, _ = session(size=size, hips_raised=True)
    assert made.choices == (size,)
    with pytest.raises(NotNow):
        made.begin(Size.LONG)
    assert made.begin(size, hips_raised=True).hips_raised is False


def test_hips_are_raised_in_the_long_session_only() -> None:
    for size in (Size.SHORT, Size.STANDARD, Size.LONG):
        made, _ = session()
        assert made.begin(size, hips_raised=True).hips_raised is (size is Size.LONG)


def test_leaving_before_the_beginning_records_nothing_and_after_it_once() -> None:
    made, heard = session()
    made.leave()
    assert heard.events == []
    made, heard = session()
    made.begin(Size.SHORT)
    made.leave()
    made.leave()
    assert len(heard.of("finished")) == 1


def test_leaving_the_rating_keeps_the_done_session() -> None:
    made, heard = session()
    made.begin(Size.SHORT)
    made.pulse(212, [(0, 212)], paused=False, seen=True)
    made.leave()
    assert heard.of("finished")[0]["record"]["status"] == "done"
    assert "discomfort" not in heard.of("finished")[0]["record"]


def test_skipping_everything_is_not_doing_it() -> None:
    made, heard = session()
    made.begin(Size.SHORT)
    made.pulse(212, [(0, 1)], paused=False)
    made.rate({})
    assert heard.of("finished")[0]["record"]["status"] == "partial"
    assert heard.of("finished")[0]["record"]["roller_s"] == 0


def test_pain_ends_it_after_the_last_words() -> None:
    made, heard = session()
    made.begin(Size.SHORT)
    made.answer(Action.PAIN, 30)
    assert made.stage is Stage.RUNNING
    made.rested()
    assert made.stage is Stage.RATING
    made.rate({"discomfort": 8})
    assert heard.of("finished")[0]["record"]["branches"] == ["pain"]
    assert made.view()["advice"].startswith(f"{RESTING} If the pain")


@pytest.mark.parametrize(("most", "said", "rests"), [(5, 5, False), (5, 6, True), (3, 4, True)])
def test_discomfort_that_rests_the_day_is_told_in_the_words_of_plan(most: int, said: int, rests: bool) -> None:
    made, _heard = session(discomfort_most=most)
    made.begin(Size.SHORT)
    made.answer(Action.STOP, 60)
    assert made.view()["advice"] == "", "nothing is known yet"
    made.rate({"discomfort": said})
    assert made.view()["advice"] == (RESTING if rests else "")


@pytest.mark.parametrize(("said", "advised"), [("none", False), ("cleared", False), ("persisted", True)])
def test_tingling_that_stayed_is_advised_on_wherever_it_was_told(said: str, advised: bool) -> None:
    made, _heard = session()
    made.begin(Size.SHORT)
    made.answer(Action.STOP, 60)
    made.rate({"tingling": said})
    assert ("ask a clinician" in made.view()["advice"]) is advised


@pytest.mark.parametrize(
    "ratings", [{"discomfort": 11}, {"discomfort": -1}, {"tingling": "some"}, {"mood": 3}, {"stiffness_after": "2"}]
)
def test_ratings_that_make_no_sense_are_refused(ratings: dict[str, int | str]) -> None:
    made, heard = session()
    made.begin(Size.SHORT)
    made.answer(Action.STOP, 10)
    with pytest.raises(NotNow):
        made.rate(ratings)
    assert made.stage is Stage.RATING
    assert heard.of("finished") == []


def test_a_listener_that_is_gone_does_not_end_the_session() -> None:
    class Gone:
        def report(self, event: str, body: Mapping[str, Any]) -> None:
            raise ConnectionRefusedError

    made = GuidedSession(SessionPlan(), builtin(), Gone(), "page")
    made.begin(Size.SHORT)
    made.pulse(212, [(0, 212)], paused=False)
    record = made.rate({})
    assert made.unheard[-1] == ("finished", {"record": record})
    assert record["status"] == "done"


# ---- plans ----------------------------------------------------------------------------------------------------------


def test_a_plan_is_read_and_what_is_missing_has_its_default() -> None:
    plan = {"size": "long", "landmark": True, "breath": 9.5, "last": {"stiffness_after": 3}, "notice": "Note."}
    read = SessionPlan(Size.LONG, landmark=True, breath=9.5, last={"stiffness_after": 3}, notice="Note.")
    assert SessionPlan.from_mapping(plan) == read
    assert SessionPlan.from_mapping({}) == SessionPlan()


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        ({"size": "huge"}, "size"), ({"size": 3}, "size"), ({"breath": 7}, "breath"), ({"breath": True}, "breath"),
        ({"breath": float("nan")}, "breath"), ({"pace": 1000}, "pace"), ({"voice": 1}, "voice"),
        ({"routine": 1}, "routine"),
        ({"last": {"discomfort": 20}}, "last.discomfort"), ({"last": []}, "last"), ({"extra": 1}, "extra"),
    ],
)  # fmt: skip
def test_a_plans_mistakes_are_named(mapping: dict[str, Any], key: str) -> None:
    with pytest.raises(PlanError) as caught:
        SessionPlan.from_mapping({**mapping, "speed": -1})
    assert any(problem.startswith(key) for problem in caught.value.problems)
    assert any(problem.startswith("speed") for problem in caught.value.problems), "all at once"


# ---- the user's own routines ----------------------------------------------------------------------------------------


def test_a_users_own_routine_is_used(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(BUILT_IN.read_text(encoding="utf-8").replace("Upper-back foam roller", "Mine"))
    routine, complaint = choose("mine", tmp_path)
    assert (routine.title, complaint) == ("Mine", "")
    assert choose("", tmp_path) == (builtin(), "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("title = 3", "title: found 3, allowed is a sentence"),
        ("not toml [", "allowed is TOML"),
        ("a = " + "[" * 5000, "allowed is TOML"),
        (b"\xff\xfe\x00", "allowed is UTF-8 text"),
        ("# " + "x" * 300_000, "allowed is at most"),
    ],
)
def test_a_bad_routine_is_refused_with_its_reason_and_the_built_in_one_is_used(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    routine, complaint = choose("mine", tmp_path)
    assert routine is builtin()
    assert str(path) in complaint
    assert words in complaint
    assert "The built-in routine is used instead." in complaint
    with pytest.raises(RoutineFileError):
        load(path)


@pytest.mark.parametrize("name", ["missing", "../secret", "/etc/passwd", "..", ".hidden", "a/b"])
def test_a_routines_name_is_a_file_in_its_folder_and_nothing_else(tmp_path: Path, name: str) -> None:
    (tmp_path / "routines").mkdir()
    (tmp_path / "secret.toml").write_text(BUILT_IN.read_text(encoding="utf-8"))
    routine, complaint = choose(name, tmp_path / "routines")
    assert routine is builtin()
    assert "cannot be used" in complaint
