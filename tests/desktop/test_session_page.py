"""The guided session's page in a real browser, against the real server: a patient's way through it, at sped-up time."""

import asyncio
import json
import os
import tomllib
from itertools import pairwise, product
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

import unhunch
from tests.desktop.patients import DESK, PHONE, STANDS, WAIT, WORKING_VOICE, Patient, Visit, chromium, visit
from tests.web.pages import Silent
from unhunch.core.vocabulary import Size
from unhunch.session.guided import Stage
from unhunch.session.plan import SessionPlan
from unhunch.session.recordings import recordings
from unhunch.session.routine_file import parse
from unhunch.session.routines import builtin

pytestmark = [pytest.mark.desktop, pytest.mark.asyncio(loop_scope="module")]

BUILT_IN = Path(unhunch.__file__).parent / "routines" / "thoracic-foam-roller.toml"
# One that begins and never ends, as Chromium's does with a speech server but no sound.
HANGING_VOICE = WORKING_VOICE.replace("this.timer = setTimeout(() => {", "this.timer = setTimeout(() => { return;")


@pytest.fixture
def no_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a routine of the user's own: an engine speaks."""
    monkeypatch.setattr("unhunch.session.page.recordings", lambda _code: {})


async def test_a_whole_short_session_needs_one_press_and_no_hands(patient: Visit) -> None:
    async with patient(SessionPlan(speed=40, landmark=True)) as someone:
        await someone.start()
        await someone.sees("rating")
        await someone.reads("rating-title", "Well done")
        await someone.page.click('label:has(> input[name="stiffness_before"][value="6"])')
        await someone.page.click('label:has(> input[name="stiffness_after"][value="2"])')
        await someone.page.click('label:has(> input[name="tingling"][value="none"])')
        await someone.page.click("#save")
        await someone.sees("over")
        await someone.reads("over-text", "1:44 on the roller")
        session = await someone.served.end()
        assert session.stage is Stage.OVER
        (finished,) = someone.served.heard.of("finished")
        assert finished["record"] == {
            "routine": "thoracic-foam-roller", "size": "short", "planned_s": 104.0, "roller_s": 104.0, "status": "done",
            "source": "page", "branches": [], "stiffness_before": 6, "stiffness_after": 2, "tingling": "none",
        }  # fmt: skip
        assert someone.served.heard.names == ["started", "finished"]
        await asyncio.sleep(0)
        someone.errors = [e for e in someone.errors if "ERR_CONNECTION" not in e]
        someone.is_content()


async def test_every_cue_is_shown_with_its_place(patient: Visit) -> None:
    """What stands on the page is noted by the page itself, at each change, and compared with the timeline."""
    watch = """
    window.shown = [];
    addEventListener('DOMContentLoaded', () => new MutationObserver(() => window.shown.push(
      [document.getElementById('shown').textContent, document.getElementById('back').dataset.picture])
    ).observe(document.getElementById('shown'), { childList: true }));
    """
    async with patient(SessionPlan(speed=25), script=watch) as someone:
        await someone.start(begin=False)
        cues = (await someone.state())["guide"]["line"]["cues"]
        await someone.sees("rating")
        shown = [text for text, _ in await someone.page.evaluate("window.shown")]
        assert shown[-len(cues) :] == [cue["shown"] for cue in cues]


async def test_the_roller_never_lies_on_what_may_not_be_rolled(patient: Visit) -> None:
    """Neck and lower back are drawn, named, and out of the roller's reach at every place."""
    async with patient(SessionPlan(size=Size.LONG, speed=2), reduced_motion="reduce") as someone:
        await someone.start()
        cues = (await someone.state())["guide"]["line"]["cues"]
        assert await someone.page.locator("#back .never text").all_text_contents() == [
            "never", "the neck", "never the", "lower back",
        ]  # fmt: skip
        places = set()
        for _ in cues[:-1]:
            if await someone.page.get_attribute("#back", "data-picture") == "place":
                assert await someone.page.is_visible("#roller")
                assert await someone.page.locator("#back .no-go").count() == 2
                reach = await someone.page.evaluate(
                    """(() => { const r = roller.getBoundingClientRect();
                    return [r.top, [...document.querySelectorAll('#back .no-go')].map(e => e.getBoundingClientRect())
                      .filter(z => z.height > 0 && z.bottom > r.top + 1 && z.top < r.bottom - 1).length]; })()"""
                )
                assert reach[1] == 0
                places.add(reach[0])
            await someone.press("ArrowRight")
        assert len(places) == 6


async def test_the_next_cue_the_ring_and_the_bar_are_shown(patient: Visit) -> None:
    seen = """(() => {
      const text = id => document.getElementById(id).textContent, bar = document.getElementById('progress');
      return [text('shown'), text('next'), Number(ring.style.strokeDashoffset), bar.ariaValueNow, bar.ariaValueText,
              [...bar.querySelectorAll('i')].map(e => Number(e.style.transform.match(/[(](.+)[)]/)[1]))];
    })()"""
    async with patient(SessionPlan()) as someone:
        await someone.start()
        cues = (await someone.state())["guide"]["line"]["cues"]
        shows = [cue["shown"] for cue in cues]  # the way to a place shows the place itself: nothing else is next
        pairs = {(one, "" if one == other else f"Next: {other}") for one, other in pairwise(shows)}
        places, bars, done = set(), [], -1
        for _ in cues[:7]:
            shown, following, ring, percent, left, bar = await someone.page.evaluate(seen)
            assert (shown, following) in pairs
            assert left.endswith(" left")
            assert int(percent) > done, "the bar is told, too"
            places.add(shown)
            bars.append(sum(bar))
            done = int(percent)
            await someone.until(f"Number(ring.style.strokeDashoffset) < {ring}")
            await someone.press("ArrowRight")
        assert len(places) >= 4
        assert bars == sorted(bars)
        assert bars[-1] > 3
        assert await someone.page.get_by_role("progressbar", name="Whole session").count() == 1


async def test_space_pauses_at_once_and_goes_on_where_it_was(patient: Visit) -> None:
    async with patient(SessionPlan(speed=6), voice=Silent()) as someone:
        await someone.start()
        await someone.press("ArrowRight", "ArrowRight")
        await someone.reads("eyebrow", "Place 1 of 3")
        await someone.press(" ")
        await expect(someone.page.locator("#hold")).to_be_visible()
        (paused,) = await someone.heard("paused")
        left = await someone.page.text_content("#left")
        await asyncio.sleep(0.6)
        assert await someone.page.text_content("#left") == left, "the clock stands still"
        for stray in "qwtypsj1.":
            await someone.press(stray)
        await expect(someone.page.locator("#hold")).to_be_visible()
        assert await someone.page.text_content("#left") == left, "a stray key never resumes"
        await someone.press(" ")
        await expect(someone.page.locator("#hold")).to_be_hidden()
        (resumed,) = await someone.heard("resumed")
        assert paused["at"] - 8 <= resumed["at"] <= paused["at"] + 1, (
            "from the beginning of the breath that was cut off"
        )
        await someone.reads("eyebrow", "Place 2 of 3")
        someone.is_content()


async def test_arrows_skip_and_repeat_and_skipped_time_is_not_counted(patient: Visit) -> None:
    async with patient(SessionPlan(speed=2)) as someone:
        await someone.start()
        await someone.press("ArrowRight", "ArrowRight")
        await someone.reads("shown", "Top of the upper back")
        await someone.press("ArrowRight")
        await someone.reads("eyebrow", "Move on")
        await someone.press("ArrowRight")
        await someone.reads("eyebrow", "Place 2 of 3")
        await someone.press("ArrowLeft")
        await someone.reads("eyebrow", "Move on")
        await someone.press("ArrowLeft")
        await someone.reads("eyebrow", "Place 1 of 3")
        for _ in range(12):
            await someone.press("ArrowRight")
        await someone.sees("rating")
        record = (await someone.state())["guide"]["record"]
        assert record["status"] == "partial"
        assert record["roller_s"] < 20


async def test_tingling_that_clears_goes_on_with_elbows_in(patient: Visit) -> None:
    async with patient(SessionPlan(speed=12, size=Size.LONG)) as someone:
        await someone.start()
        await someone.reads("eyebrow", "Place 1 of 6")
        await someone.press("k", "a")
        await someone.reads("shown", "Elbows in toward your chest")
        await expect(someone.page.locator("#ask")).to_be_visible(timeout=WAIT)
        at = (await someone.state())["guide"]["at"]
        await asyncio.sleep(0.5)
        assert (await someone.state())["stage"] == "running"
        await someone.press("y", "t", "p")
        await expect(someone.page.locator("#ask")).to_be_visible()
        await someone.press(" ")
        await expect(someone.page.locator("#ask")).to_be_hidden()
        await someone.reads("detail", "Elbows in")
        state = await someone.state()
        assert state["guide"]["variation"] == "elbows_in"
        assert state["guide"]["at"] == at, "the branch took no time of the session"
        assert await someone.page.get_attribute("#back", "data-elbows") == "in"
        assert [event["name"] for event in await someone.heard("branch", count=2)] == ["elbows-in", "tingling-cleared"]
        await someone.reads("eyebrow", "Place 2 of 6")
        someone.is_content()


async def test_tingling_that_stays_ends_the_session_and_advises(patient: Visit) -> None:
    async with patient(SessionPlan(speed=12)) as someone:
        await someone.start()
        await someone.reads("eyebrow", "Place 1 of 3")
        await someone.page.click("#tingling")
        await expect(someone.page.locator("#ask")).to_be_visible(timeout=WAIT)
        await someone.page.click("#ask-no")
        await someone.reads("shown", "Support your head, ease your weight off the roller")
        await expect(someone.page.locator("#ask")).to_be_visible(timeout=WAIT)
        await someone.page.click("#ask-no")
        await someone.sees("rating")
        assert await someone.page.is_checked('input[name="tingling"][value="persisted"]')
        await someone.page.click("#save")
        await someone.sees("over")
        await someone.reads("over-advice", "ask a clinician before the next session")
        (finished,) = await someone.heard("finished")
        assert finished["record"]["tingling"] == "persisted"
        assert finished["record"]["branches"] == ["elbows-in", "supported", "tingling-persisted"]


async def test_a_stiff_place_is_gone_back_to(patient: Visit) -> None:
    async with patient(SessionPlan(speed=15)) as someone:
        await someone.start()
        await someone.reads("eyebrow", "Place 2 of 3")
        await someone.page.click("#stiff")
        await someone.reads("next", "Noted as stiff: Middle of the shoulder blades")
        await someone.reads("eyebrow", "Stiff spot 1 of 1")
        await someone.reads("shown", "Middle of the shoulder blades")
        assert await someone.page.get_attribute("#back", "data-picture") == "place"
        await someone.sees("rating")
        record = (await someone.state())["guide"]["record"]
        assert record["branches"] == ["stiff-P3"]
        assert record["roller_s"] == 104.0, "noting it took nothing away"


async def test_pain_stops_at_once_and_rolls_to_the_side(patient: Visit) -> None:
    async with patient(SessionPlan(speed=4)) as someone:
        await someone.start()
        await someone.reads("eyebrow", "Place 1 of 3")
        await someone.press("p", "x")
        await someone.reads("shown", "Stop. Roll to your side")
        assert await someone.page.get_attribute("#back", "data-picture") == "side"
        await someone.sees("rating")
        await someone.page.click("#no-rating")
        await someone.reads("over-advice", "The next one is easy, and asks first. If the pain or the dizziness stays")
        (finished,) = await someone.heard("finished")
        assert finished["record"]["branches"] == ["pain"]
        assert finished["record"]["status"] == "partial"


async def test_escape_asks_before_it_ends(patient: Visit) -> None:
    async with patient(SessionPlan(speed=4)) as someone:
        await someone.start()
        await someone.press("Escape")
        await someone.reads("hold-text", "End the session here, or go on?")
        await someone.press(" ")
        await expect(someone.page.locator("#hold")).to_be_hidden()
        await someone.press("Escape", "Escape")
        await someone.sees("rating")


async def test_a_reload_in_the_middle_resumes(patient: Visit) -> None:
    async with patient(SessionPlan(speed=15)) as someone:
        await someone.start()
        await someone.reads("eyebrow", "Place 2 of 3")
        await someone.page.click("#tingling")
        await someone.reads("shown", "Elbows in")
        await someone.page.click("#tingling")
        await someone.reads("shown", "Support your head")
        await someone.page.reload()
        await someone.sees("player")
        await expect(someone.page.locator("#hold")).to_be_visible()
        await someone.reads("shown", "Support your head")
        await someone.press(" ")
        await expect(someone.page.locator("#ask")).to_be_visible(timeout=WAIT)
        await someone.press(" ")
        await someone.reads("eyebrow", "Place 2 of 3")
        await someone.page.reload()
        await expect(someone.page.locator("#hold")).to_be_visible()
        await someone.reads("eyebrow", "Place 2 of 3")
        await someone.page.click("#go-on")
        await someone.sees("rating")
        record = (await someone.state())["guide"]["record"]
        assert record["status"] == "done"
        assert record["roller_s"] > 95, "nothing that was played before the reloads is lost"
        await someone.page.reload()
        await someone.sees("rating")
        assert len(someone.served.heard.of("started")) == 1


async def test_closing_the_page_keeps_a_partial_session_and_ends_the_server(patient: Visit) -> None:
    async with patient(SessionPlan(speed=8)) as someone:
        await someone.start()
        await someone.reads("eyebrow", "Place 2 of 3")
        await someone.page.close()
        session = await someone.served.end()
        assert session.stage is Stage.OVER
        (finished,) = someone.served.heard.of("finished")
        assert finished["record"]["status"] == "partial"
        assert finished["record"]["roller_s"] >= 24, "the last moments were told when the page closed"


async def test_a_killed_browser_leaves_what_the_pulses_told() -> None:
    async with chromium() as victim, visit(victim, SessionPlan(speed=10)) as someone:
        await someone.start()
        told = (await someone.heard("pulse", count=4))[-1]["record"]["roller_s"]
        await victim.close()
        await someone.served.end()
        assert someone.served.heard.of("finished")[0]["record"]["roller_s"] >= told >= 10


async def test_a_second_tab_is_refused_kindly_and_the_first_goes_on(patient: Visit) -> None:
    async with patient(SessionPlan()) as someone:
        await someone.sees("ready")
        other = await Patient(someone.browser, someone.served).come()
        await other.reads("notice-title", "Already open")
        await other.reads("notice-text", "open in another tab")
        await someone.start()
        assert "#" not in someone.page.url, "the token does not stay in the address"
        await other.leave()


async def test_one_yes_ends_in_ask_your_doctor_and_only_the_verdict_leaves_the_page(patient: Visit) -> None:
    async with patient(SessionPlan(screening_due=True)) as someone:
        await someone.sees("screening")
        assert await someone.page.locator("#screening .asks li").count() == 11
        await someone.page.click("#screen-yes")
        await someone.sees("doctor")
        await expect(someone.page.locator("#start")).to_be_hidden()
        assert [body for url, body in someone.asked if url.endswith("/api/screening")] == ['{"any_yes":true}']
        assert someone.served.heard.events == [{"event": "screening", "verdict": "ask-doctor"}]
        await someone.page.reload()
        await someone.sees("doctor")


@pytest.mark.parametrize("plan", [SessionPlan(screening_due=True), SessionPlan()], ids=["asked", "ready"])
async def test_who_cannot_lie_down_is_told_so_and_what_instead(patient: Visit, plan: SessionPlan) -> None:
    async with patient(plan) as someone:
        stage = "screening" if plan.screening_due else "ready"
        await someone.sees(stage)
        await someone.page.locator(f"#{stage} [data-unable]").focus()
        await someone.press("Enter")
        await someone.sees("unable")
        shown = await someone.page.inner_text("#unable")
        assert "Ask the clinic" in shown
        assert "reminders to stand up go on" in shown
        assert "unhunch screening" in shown
        assert someone.served.heard.events == [{"event": "screening", "verdict": "unable"}]
        await someone.page.reload()
        await someone.sees("unable")


async def test_the_keyboard_alone_is_enough(patient: Visit) -> None:
    plan = SessionPlan(screening_due=True, morning_due=True, speed=40)
    async with patient(plan) as someone:
        await someone.sees("screening")

        async def tab_to(selector: str) -> None:
            for _ in range(60):
                if await someone.page.evaluate("s => document.activeElement.matches(s)", selector):
                    return
                await someone.press("Tab")
            raise AssertionError(f"{selector} cannot be reached with Tab")

        await tab_to("#screen-no")
        await someone.press("Enter")
        await someone.sees("ready")
        await tab_to('[data-feels="same"]')
        await someone.press("Enter")
        await tab_to('input[name="size"]')
        await someone.press("ArrowRight", "ArrowRight")
        assert await someone.page.is_checked('input[value="long"]')
        await tab_to("#hips")
        await someone.press(" ")
        await tab_to("#start")
        await someone.press("Enter")
        await someone.sees("player")
        await someone.press("k")
        await tab_to("#end-here")
        await someone.press(" ")
        await someone.sees("rating")
        await tab_to('input[name="discomfort"]')
        await someone.press("ArrowRight")
        await tab_to("#save")
        await someone.press("Enter")
        await someone.sees("over")
        (finished,) = await someone.heard("finished")
        assert finished["record"]["discomfort"] in (0, 1)
        assert (await someone.heard("morning"))[0]["feels"] == "same"


@pytest.mark.parametrize(("size", "about"), [(Size.FIRST, "elbows in, hips down"), (Size.EASY, "elbows in, supported")])
async def test_the_first_and_the_easy_session_are_the_only_choice(patient: Visit, size: Size, about: str) -> None:
    async with patient(SessionPlan(size=size, speed=20)) as someone:
        await someone.sees("ready")
        assert await someone.page.locator('input[name="size"]').count() == 1
        await someone.reads("sizes", about)
        await someone.start()
        await someone.reads("detail", "Elbows in" if size is Size.FIRST else "Head supported")
        assert await someone.page.get_attribute("#back", "data-elbows") == "in"
        assert await someone.page.is_visible("#stiff")


# ---- voice ----------------------------------------------------------------------------------------------------------


WATCHED_SOUND = """
window.played = []; window.sounding = 0;
const start = AudioBufferSourceNode.prototype.start, halt = AudioBufferSourceNode.prototype.stop;
AudioBufferSourceNode.prototype.start = function (...all) {
  window.played.push([this.buffer.duration, window.sounding]); window.sounding += 1;
  this.addEventListener('ended', () => (window.sounding -= 1)); return start.apply(this, all);
};
AudioBufferSourceNode.prototype.stop = function (...all) {
  window.stopped = (window.stopped || 0) + 1; return halt.apply(this, all);
};
"""


async def test_recordings_speak_in_a_browser_that_has_no_voice(patient: Visit) -> None:
    """Decoded and played by Web Audio, each as long as its manifest says; one of them can be heard before the start."""
    known = recordings("en")
    async with patient(SessionPlan(), voice=Silent(""), script=WATCHED_SOUND) as someone:
        await someone.sees("ready")
        await someone.reads("voice-name", "Voice: recorded")
        await someone.page.click("#try-voice")
        await someone.until("window.played.length === 1")
        (sample,) = await someone.page.evaluate("window.played")
        assert abs(sample[0] - known[builtin().rules["place"].say].seconds) < 0.1
        await someone.start(begin=False)
        await someone.until("window.played.length === 2")
        await someone.press(" ")
        await someone.until("window.played.length === 3")
        await someone.press("k")
        await someone.until("window.played.length === 4")
        assert await someone.page.evaluate("window.stopped") >= 2, "one sentence cuts off the other"
        lengths = [length for length, _ in await someone.page.evaluate("window.played")]
        setup = builtin().plans[Size.SHORT].setup[0].words.say
        for length, text in zip(
            lengths[1:], (builtin().greeting.words.say, setup, builtin().pause.words.say), strict=True
        ):
            assert abs(length - known[text].seconds) < 0.1
        assert someone.served.voice.said == []
        someone.is_content()


SLEEPING_SOUND = """
window.stays = %s;
const state = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, 'state');
const resume = AudioContext.prototype.resume;
let asleep = true;
Object.defineProperty(BaseAudioContext.prototype, 'state', {
  get() { return asleep ? 'suspended' : state.get.call(this); },
});
AudioContext.prototype.resume = async function () {
  await new Promise(done => setTimeout(done, window.stays ? 1e9 : 1500));
  asleep = false;
  return resume.call(this);
};
"""


async def test_a_headset_that_wakes_slowly_says_it_in_the_same_voice(patient: Visit) -> None:
    """Sound begins 1.5 s after the click: the first sentence waits for it, and no other voice takes its place."""
    async with patient(
        SessionPlan(), voice=Silent("espeak-ng"), script=WATCHED_SOUND + SLEEPING_SOUND % "false"
    ) as someone:
        await someone.reads("voice-name", "Voice: recorded")
        await someone.start(begin=False)
        await someone.until("window.played.length === 1")
        assert someone.served.voice.said == []
        someone.is_content()


async def test_without_any_sound_the_computer_says_it(patient: Visit) -> None:
    async with patient(
        SessionPlan(), voice=Silent("espeak-ng"), script=WATCHED_SOUND + SLEEPING_SOUND % "true"
    ) as someone:
        await someone.reads("voice-name", "Voice: recorded")
        await someone.start(begin=False)
        async with asyncio.timeout(20):
            while not someone.served.voice.said:
                await asyncio.sleep(0.02)
        assert someone.served.voice.said[0].startswith("Get down slowly")
        assert await someone.page.evaluate("window.played") == []


async def test_a_recording_that_cannot_be_had_is_left_to_the_computer(patient: Visit) -> None:
    broken = "AudioContext.prototype.decodeAudioData = async () => { throw new Error('no'); };"
    async with patient(SessionPlan(speed=2), voice=Silent("espeak-ng"), script=broken) as someone:
        await someone.start(begin=False)
        async with asyncio.timeout(20):
            while not someone.served.voice.said:
                await asyncio.sleep(0.02)
        assert someone.served.voice.said[0].startswith("Get down slowly")


# ---- getting down ---------------------------------------------------------------------------------------------------


async def test_the_clock_starts_by_itself_after_the_count_and_nobody_seen_is_not_done(patient: Visit) -> None:
    async with patient(SessionPlan(speed=30)) as someone:
        await someone.start(begin=False)
        await someone.sees("rating")
        await someone.reads("rating-lead", "Save it, so that it counts.")
        await someone.page.close()
        await someone.served.end()
        (finished,) = someone.served.heard.of("finished")
        assert finished["record"]["roller_s"] == 104.0
        assert finished["record"]["status"] == "unknown", "no key, no click, no rating"


async def test_space_alone_starts_it_and_starts_the_clock(patient: Visit) -> None:
    async with patient(SessionPlan(speed=2)) as someone:
        await someone.sees("ready")
        await someone.press(" ")
        await someone.sees("player")
        await someone.reads("eyebrow", "Getting down")
        await someone.press(" ")
        await someone.reads("shown", "Lie back on the roller")
        assert (await someone.state())["guide"]["at"] >= 45


async def test_out_of_sight_the_clock_does_not_start(patient: Visit) -> None:
    async with patient(SessionPlan(speed=4)) as someone:
        await someone.start(begin=False)
        hide = "Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"
        await someone.page.evaluate(f"(() => {{ {hide} document.dispatchEvent(new Event('visibilitychange')); }})()")
        await expect(someone.page.locator("#hold")).to_be_visible()
        await someone.reads("hold-text", "out of sight")
        (paused,) = await someone.heard("paused")
        assert paused["at"] < 45


async def test_a_pause_of_three_minutes_ends_it_with_what_was_done(patient: Visit) -> None:
    """Also where the server, on a busy machine, began to count it later than the page."""
    held: list[str] = []

    async def late(route: Route) -> None:
        if not held and '"paused":true' in (route.request.post_data or ""):
            held.append(route.request.url)
            await asyncio.sleep(0.3)
        await route.continue_()

    async with patient(SessionPlan(speed=60)) as someone:
        await someone.page.route("**/api/pulse", late)
        await someone.start()
        await someone.press("k")
        await someone.sees("rating")
        await someone.reads("rating-lead", "paused for three minutes")
        assert len(held) == 1
        await someone.page.click("#no-rating")
        (finished,) = await someone.heard("finished")
        assert finished["record"]["status"] == "partial"


@pytest.mark.parametrize("key", ["Shift", "Control", "Alt", "F7", "Tab", "CapsLock", "AudioVolumeUp", "Meta"])
async def test_keys_that_print_nothing_do_what_they_always_do(patient: Visit, key: str) -> None:
    async with patient(SessionPlan(speed=1)) as someone:
        await someone.start()
        await someone.press(key)
        await asyncio.sleep(0)
        await expect(someone.page.locator("#hold")).to_be_hidden()
        assert (await someone.state())["guide"]["paused"] is False


# ---- an engine's voice ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_recordings")
async def test_a_browser_without_a_voice_hands_over_to_the_computer(patient: Visit) -> None:
    """Chromium as it is: speechSynthesis is there and answers synthesis-failed."""
    async with patient(SessionPlan(speed=2), voice=Silent("espeak-ng")) as someone:
        await someone.start(begin=False)
        await someone.reads("sound", "Voice: this computer (espeak-ng)")
        async with asyncio.timeout(20):
            while not someone.served.voice.said:
                await asyncio.sleep(0.02)
        await someone.press(" ")
        await someone.until("document.getElementById('left').textContent.includes(':')")
        await someone.press("ArrowRight", "ArrowRight")
        await someone.reads("way", "Breathe out")
        said = someone.served.voice.said
        assert said[0].startswith("Get down slowly"), "the first sentence is not lost"
        assert "Breathe in, and curl forward." in said
        someone.is_content()


@pytest.mark.usefixtures("no_recordings")
async def test_a_pause_hushes_the_computer_in_the_middle_of_a_sentence(patient: Visit) -> None:
    voice = Silent("espeak-ng")
    voice.seconds = 20
    async with patient(SessionPlan(), voice=voice) as someone:
        await someone.start()
        await someone.reads("sound", "this computer")
        async with asyncio.timeout(20):
            while not voice.said:
                await asyncio.sleep(0.02)
        hushed = voice.hushed
        await someone.press(" ")
        async with asyncio.timeout(20):
            while voice.hushed == hushed:
                await asyncio.sleep(0.02)


@pytest.mark.usefixtures("no_recordings")
async def test_a_browser_with_a_voice_speaks_itself_and_never_over_itself(patient: Visit) -> None:
    async with patient(SessionPlan(speed=6), script=WORKING_VOICE) as someone:
        await someone.start()
        await someone.until("window.said.length > 0")
        await someone.press("ArrowRight", "ArrowRight", "ArrowRight")
        await someone.reads("eyebrow", "Place 2 of 3")
        await someone.press("ArrowLeft", "ArrowRight", " ")
        await someone.until("window.said.some((words) => words.includes('Paused. Press Space to go on'))")
        await someone.press(" ", "t", "a")
        await someone.until("window.said.includes('Elbows in, toward your chest.')")
        await someone.press("ArrowRight", " ", " ", "p", "x", "t", " ")
        await someone.sees("rating")
        said = await someone.page.evaluate("window.said")
        assert await someone.page.evaluate("window.overlaps") == 0
        assert someone.served.voice.said == []
        assert len(said) > 3
        assert said[-2] == "Stop. Roll slowly to your side and rest."


@pytest.mark.usefixtures("no_recordings")
async def test_a_pause_is_silent_at_once(patient: Visit) -> None:
    """The browser's sentence is cut off, and so is a chime in the middle of its notes; on going on both are back.

    Unhurried: a sentence that does not end within its cue's seconds is cut off, and there has to be time to see it.
    """
    listen = """
    window.loud = 0; window.held = new Map();
    const make = AudioContext.prototype.createGain;
    const join = AudioNode.prototype.connect, part = AudioNode.prototype.disconnect;
    AudioNode.prototype.connect = function (to, ...more) {
      if (to instanceof AudioDestinationNode) { window.held.set(this, true); window.loud = window.held.size; }
      return join.call(this, to, ...more);
    };
    AudioNode.prototype.disconnect = function (...all) {
      window.held.delete(this); window.loud = window.held.size;
      return part.call(this, ...all);
    };
    """
    slow = WORKING_VOICE.replace("words.text.length * 5", "60000")
    async with patient(SessionPlan(speed=1), script=listen + slow) as someone:
        await someone.start()
        await someone.until("window.now === 1 && window.loud === 1")
        await someone.press(" ")
        assert await someone.page.evaluate("[window.now, window.loud]") == [0, 0]
        said = len(await someone.page.evaluate("window.said"))
        await someone.until(f"window.said.length === {said + 1}")
        assert (await someone.page.evaluate("window.said"))[-1].startswith("Paused. Press Space to go on")
        assert await someone.page.evaluate("window.loud") == 0, "a voice, and no chime"
        await someone.press(" ", "ArrowRight")
        await someone.until("window.now === 1 && window.loud === 1")
        someone.is_content()


@pytest.mark.usefixtures("no_recordings")
async def test_a_sleep_of_the_computer_pauses_it(patient: Visit) -> None:
    """The page's timers stand still meanwhile; the wall clock tells it afterwards."""
    clock = "const real = Date.now.bind(Date); window.slept = 0; Date.now = () => real() + window.slept;"
    async with patient(SessionPlan(speed=6), script=clock) as someone:
        await someone.start()
        await someone.reads("eyebrow", "Place 1 of 3")
        await someone.page.evaluate("window.slept = 20 * 60 * 1000")
        await expect(someone.page.locator("#hold")).to_be_visible()
        await someone.reads("hold-text", "The computer was asleep")
        (paused,) = await someone.heard("paused")
        assert paused["at"] < 45 + 15 + 24, "the sleep is no time of the session"
        left = await someone.page.text_content("#left")
        await asyncio.sleep(0.6)
        assert await someone.page.text_content("#left") == left
        await someone.press(" ")
        await expect(someone.page.locator("#hold")).to_be_hidden()
        await someone.heard("resumed")
        await someone.reads("eyebrow", "Place 2 of 3")
        someone.is_content()


@pytest.mark.usefixtures("no_recordings")
async def test_a_voice_that_never_ends_is_given_up_for_the_computers(patient: Visit) -> None:
    async with patient(SessionPlan(speed=8), script=HANGING_VOICE, voice=Silent("espeak-ng")) as someone:
        await someone.start()
        await someone.reads("sound", "this computer (espeak-ng)")
        async with asyncio.timeout(20):
            while not someone.served.voice.said:
                await asyncio.sleep(0.02)


@pytest.mark.usefixtures("no_recordings")
async def test_with_no_voice_at_all_the_page_says_so_and_chimes_go_on(patient: Visit) -> None:
    count = """
    window.tones = 0; const make = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
    """
    async with patient(SessionPlan(speed=4), voice=Silent(""), script=count) as someone:
        await someone.start()
        await someone.reads("sound", "No voice found: chimes and text")
        tones = await someone.page.evaluate("window.tones")
        await someone.reads("eyebrow", "Place 1 of 3")
        await someone.reads("way", "Breathe out")
        assert await someone.page.evaluate("window.tones") > tones


# ---- for everybody --------------------------------------------------------------------------------------------------


async def test_calm_motion_moves_nothing_but_words_and_numbers(patient: Visit) -> None:
    async with patient(SessionPlan(speed=2), reduced_motion="reduce") as someone:
        await someone.start()
        await someone.press("ArrowRight", "ArrowRight")
        await someone.reads("way", "Breathe in")
        first = await someone.page.evaluate("lung.style.transform")
        await someone.reads("way", "Breathe out")
        assert await someone.page.evaluate("lung.style.transform") == first
        assert await someone.page.evaluate("getComputedStyle(roller).transitionDuration") == "0s"


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
async def test_everything_fits_and_is_large_enough_for_the_floor(patient: Visit, viewport: dict[str, int]) -> None:
    async with patient(SessionPlan(screening_due=True, morning_due=True, size=Size.LONG), viewport=viewport) as someone:

        async def fits() -> None:
            assert await someone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        await someone.sees("screening")
        await fits()
        await someone.page.click("#screen-no")
        await someone.sees("ready")
        await fits()
        await someone.page.check("#hips")
        await someone.start()
        line = (await someone.state())["guide"]["line"]
        cues = [cue for cue in line["cues"] if cue["at"] >= line["begins"]]
        for _ in cues[:-1]:
            await fits()
            assert await someone.page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "no scrolling"
            outside = await someone.page.evaluate(
                """[...document.querySelectorAll('#player button, #shown, #way, #move, #detail, #back')]
                .filter(e => e.offsetParent || e.id === 'back')
                .filter(e => { const r = e.getBoundingClientRect();
                  return r.width && Math.max(-r.left, -r.top, r.right - innerWidth, r.bottom - innerHeight) > 1; })
                .map(e => e.id)"""
            )
            assert outside == []
            await someone.press("ArrowRight")
        sizes = await someone.page.evaluate(
            "['shown', 'way'].map(id => parseFloat(getComputedStyle(window[id]).fontSize))"
        )
        assert min(sizes) >= (56 if viewport is DESK else 30)
        back = await someone.page.locator("#back").bounding_box()
        assert back is not None
        assert back["height"] >= (380 if viewport is DESK else 180)


@pytest.mark.slow(25)
async def test_no_barrier_on_any_screen(patient: Visit, axe: str, tmp_path: Path) -> None:
    """At a desk and on a phone, by day and by night, all at the same time: whoever follows a session mostly waits."""
    shots = Path(os.environ.get("UNHUNCH_SHOTS") or tmp_path)
    async with asyncio.TaskGroup() as everywhere:
        for scheme, viewport in product(("light", "dark"), (DESK, PHONE)):
            everywhere.create_task(session_without_barrier(patient, axe, scheme, viewport, shots))


async def session_without_barrier(patient: Visit, axe: str, scheme: str, viewport: dict[str, int], shots: Path) -> None:
    """axe-core's rules for WCAG 2.2 A and AA and its best practices. Each screen leaves a picture to look at."""
    plan = SessionPlan(screening_due=True, morning_due=True, landmark=True, size=Size.LONG, speed=5, notice="A note.")
    async with patient(plan, viewport=viewport, color_scheme=scheme, script=STANDS) as someone:
        checked = []

        async def check(name: str) -> None:
            checked.append(name)
            await someone.page.screenshot(path=shots / f"{name}-{viewport['width']}-{scheme}.png")
            await someone.page.evaluate(axe)
            result = await someone.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert len(result["passes"]) > 10, "it looked at something"
            barriers = [
                (found["id"], found["help"], [node["html"][:150] for node in found["nodes"]])
                for found in result["violations"]
            ]
            assert barriers == [], f"on {name}"

        await someone.sees("screening")
        await check("screening")
        await someone.page.click("#screen-no")
        await someone.sees("ready")
        await check("ready")
        await someone.start(begin=False)
        await check("landmark")
        await someone.press(" ")
        while not (await someone.page.inner_text("#eyebrow")).lower().startswith("place"):  # looking takes its time
            await someone.press("ArrowRight")
        await someone.page.click("#stiff")
        await someone.reads("next", "Noted")
        await check("place")
        await someone.press(" ")
        await check("paused")
        await someone.press("a")
        await someone.reads("shown", "Elbows in")
        await check("tingling")
        async with someone.time_passes():
            await expect(someone.page.locator("#ask")).to_be_visible(timeout=WAIT)
        await check("question")
        await someone.press("x")
        await someone.reads("shown", "Stop")
        await check("stop")
        async with someone.time_passes():
            await someone.sees("rating")
        await check("rating")
        await someone.page.click("#save")
        await someone.sees("over")
        await check("over")
        assert len(checked) == 10


async def test_the_doctor_screen_and_the_refusal_have_no_barrier_either(patient: Visit, axe: str) -> None:
    async with patient(SessionPlan(screening_due=True)) as someone:
        other = await Patient(someone.browser, someone.served).come()
        await other.sees("notice")
        await someone.page.click("#screen-yes")
        await someone.sees("doctor")
        for page in (someone.page, other.page):
            await page.evaluate(axe)
            assert (await page.evaluate("axe.run()"))["violations"] == []
        await other.leave()


async def test_the_screen_is_kept_on_while_the_session_runs(patient: Visit) -> None:
    stub = """
    window.locks = 0;
    const lock = () => Object.assign(new EventTarget(), { release: async () => { window.locks -= 1; } });
    const request = async () => { window.locks += 1; return lock(); };
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
    """
    async with patient(
        SessionPlan(speed=40, last={"stiffness_before": 7, "stiffness_after": 3}), script=stub
    ) as someone:
        await someone.start()
        await someone.reads("eyebrow", "Place 1 of 3")
        assert await someone.page.evaluate("window.locks") == 1
        await someone.sees("rating")
        await someone.page.wait_for_function("window.locks === 0")
        await someone.reads("rating-lead", "Last time: stiffness 7 before, 3 after.")


async def test_screen_readers_are_told_each_cue_once(patient: Visit) -> None:
    watch = """
    window.told = [];
    addEventListener('DOMContentLoaded', () => new MutationObserver(() => window.told.push(
      document.getElementById('live').textContent)).observe(document.getElementById('live'), { childList: true }));
    """
    async with patient(SessionPlan(speed=30), script=watch) as someone:
        await someone.start()
        await someone.sees("rating")
        told = await someone.page.evaluate("window.told")
        assert len(told) == len(set(told)), json.dumps(told)
        assert sum(text.startswith("Place ") for text in told) == 3


async def test_a_routine_with_places_of_its_own_is_shown_without_a_false_place(patient: Visit) -> None:
    """The drawing knows the built-in places; for another it shows no place rather than a wrong one."""
    text = BUILT_IN.read_text(encoding="utf-8").replace('"P3"', '"x\\"]y"').replace('label = "Short"', 'label = "Mine"')
    async with patient(SessionPlan(speed=2), routine=parse(tomllib.loads(text))) as someone:
        await someone.sees("ready")
        await someone.reads("sizes", "Mine")
        await someone.start()
        await someone.press("ArrowRight", "ArrowRight")
        await someone.reads("eyebrow", "Place 1 of 3")
        assert await someone.page.get_attribute("#back", "data-picture") == "place"
        await someone.press("ArrowRight", "ArrowRight")
        await someone.reads("eyebrow", "Place 2 of 3")
        assert await someone.page.get_attribute("#back", "data-picture") == "any"
        someone.is_content()
