"""The guided session's page in every language that it speaks: nothing stays English, nothing is cut off, and no voice
of another language reads it."""

import asyncio
import json
import os
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from playwright.async_api import expect
from tools.catalogues import SOURCE, TRANSLATED, read, template

from tests.desktop.patients import PHONE, STANDS, WAIT, WORKING_VOICE, Patient, Visit
from tests.web.pages import Silent
from unhunch import language
from unhunch.core.session.routine import Routine, Variation
from unhunch.core.session.timeline import Timeline, relief, rest, timeline
from unhunch.core.vocabulary import Size
from unhunch.session.plan import SessionPlan
from unhunch.session.routine_file import parse
from unhunch.session.routines import builtin

pytestmark = [pytest.mark.desktop, pytest.mark.asyncio(loop_scope="module")]

LAPTOP = {"width": 1280, "height": 720}
SMALL = {"width": 320, "height": 568}
"""A small phone, or a large one with large letters."""
ASIDE = {"width": 740, "height": 360}
"""A phone on its side, leaning on something where it can be seen from the floor."""
PARTS = (
    "session/page.py", "session/guided.py", "session/templates/session.html", "session/templates/back.html",
    "session/static/session.js", "session/static/voice.js", "web/static/server.js", "routines",
)  # fmt: skip
"""What the page is made of."""
SEEN = """(() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const box = walk.currentNode.parentElement;
    if (!['SCRIPT', 'NOSCRIPT'].includes(box.tagName) && box.checkVisibility())
      found.push(walk.currentNode.textContent);
  }
  for (const one of document.querySelectorAll('[title], [aria-label]'))
    found.push(one.getAttribute('title') || '', one.getAttribute('aria-label') || '');
  return [document.title, ...found];
})()"""


CUT_OFF = """[...document.querySelectorAll('button, label span, .size *, h1, h2, legend, .top p')]
  .filter(e => e.offsetWidth && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
  .map(e => e.textContent.trim())"""


@pytest.fixture(params=TRANSLATED)
def code(request: pytest.FixtureRequest) -> Iterator[str]:
    """The language that is spoken while the test runs."""
    language.set_up({"LANG": f"{request.param}.UTF-8"})
    yield request.param
    language.set_up({})


@cache
def english(code: str) -> list[tuple[str, re.Pattern[str]]]:
    """What English looks like there, as far as the language says it differently."""
    catalog, found = read(code), []
    for message in template([SOURCE / part for part in PARTS]):
        forms = [message.id] if isinstance(message.id, str) else list(message.id)
        there = catalog.get(forms[0], message.context) if message.id else None
        said = there.string if there else ""
        for one in forms if there else ():
            if one != said:
                pieces = [re.escape(piece) for piece in re.split(r"{\w+}", " ".join(one.split()))]
                found.append((one, re.compile(".+".join(pieces))))
    assert len(found) > 200
    return found


async def left_in_english(page: Patient, known: list[tuple[str, re.Pattern[str]]]) -> list[str]:
    texts = {" ".join(part.split()) for text in await page.page.evaluate(SEEN) for part in text.split(" · ")}
    assert len(texts) > 5
    return sorted({one for one, looks in known for text in texts if looks.fullmatch(text)})


@pytest.mark.slow(35)
async def test_from_the_first_question_to_the_rating_nothing_is_english(
    patient: Visit, axe: str, code: str, tmp_path: Path
) -> None:
    """At a desk and on a phone at the same time, since whoever follows a session mostly waits."""
    shots = Path(os.environ.get("UNHUNCH_SHOTS") or tmp_path)
    async with asyncio.TaskGroup() as both:
        for viewport in (LAPTOP, PHONE):
            both.create_task(session_without_english(patient, axe, code, viewport, shots))


async def session_without_english(patient: Visit, axe: str, code: str, viewport: dict[str, int], shots: Path) -> None:
    """Each screen is free of barriers for axe-core, too, and leaves a picture to look at."""
    known = english(code)
    plan = SessionPlan(
        screening_due=True, morning_due=True, landmark=True, size=Size.LONG, speed=5, voice=False,
        last={"stiffness_before": 7, "stiffness_after": 3},
    )  # fmt: skip
    async with patient(plan, viewport=viewport, script=STANDS) as someone:
        assert await someone.page.evaluate("document.documentElement.lang") == code
        seen: list[str] = []

        async def check(name: str) -> None:
            seen.append(name)
            await someone.page.screenshot(path=shots / f"{code}-{viewport['width']}-{name}.png")
            assert await left_in_english(someone, known) == [], name
            assert await someone.page.evaluate(CUT_OFF) == [], name
            await someone.page.evaluate(axe)
            found = await someone.page.evaluate("axe.run()")
            assert [(one["id"], [node["html"][:90] for node in one["nodes"]]) for one in found["violations"]] == []

        await someone.sees("screening")
        await check("screening")
        await someone.page.click("#screen-no")
        await someone.sees("ready")
        await someone.page.check("#hips")
        await check("ready")
        await someone.start(begin=False)
        await check("landmark")
        await someone.press(" ")
        await expect(someone.page.locator("#left")).to_contain_text(":", timeout=WAIT)
        await someone.press(*["ArrowRight"] * 3)
        async with someone.time_passes():
            await expect(someone.page.locator("#way")).not_to_be_empty(timeout=WAIT)
        await check("place")
        await someone.page.click("#stiff")
        await expect(someone.page.locator("#next")).to_contain_text(builtin().positions["P1"].name, timeout=WAIT)
        await check("noted")
        await someone.press(" ")
        await check("paused")
        await someone.press("a")
        await someone.reads("shown", builtin().tingling.elbows_in.show)
        await check("tingling")
        async with someone.time_passes():
            await expect(someone.page.locator("#ask")).to_be_visible(timeout=WAIT)
        await check("question")
        await someone.press("a")
        await someone.reads("shown", builtin().tingling.supported.show)
        async with someone.time_passes():
            await expect(someone.page.locator("#ask")).to_be_visible(timeout=WAIT)
        await someone.press(" ")
        await expect(someone.page.locator("#player")).to_have_attribute("data-detour", "no", timeout=WAIT)
        await check("supported")
        await someone.press("Escape")
        await check("end")
        await someone.press("x")
        await someone.reads("shown", builtin().pain.show)
        await check("stop")
        async with someone.time_passes():
            await someone.sees("rating")
        await check("rating")
        await someone.page.click("#save")
        await someone.sees("over")
        await check("over")
        assert len(seen) == 13


@pytest.mark.parametrize("other", TRANSLATED)
async def test_english_is_noticed(patient: Visit, other: str) -> None:
    """What the tests here look with."""
    known = english(other)
    async with patient(SessionPlan(screening_due=True)) as someone:
        await someone.sees("screening")
        assert len(await left_in_english(someone, known)) > 15


async def test_a_session_that_is_not_begun_is_told_in_the_language(patient: Visit, axe: str, code: str) -> None:
    known = english(code)
    async with patient(SessionPlan(screening_due=True)) as someone:
        other = await Patient(someone.browser, someone.served).come()
        await other.sees("notice")
        await someone.page.click("#screen-yes")
        await someone.sees("doctor")
        assert await someone.page.locator("#doctor code").text_content() == "unhunch screening --confirm"
        for person in (someone, other):
            assert await left_in_english(person, known) == []
            await person.page.evaluate(axe)
            assert (await person.page.evaluate("axe.run()"))["violations"] == []
        await other.leave()


def lines(routine: Routine) -> list[Timeline]:
    """Every timeline that a session can show."""
    found = [
        timeline(routine, size, landmark=True, hips_raised=hips, variation=variation, marked=marked)
        for size, hips, variation, marked in product(
            Size, (False, True), Variation, ((), tuple(routine.positions)[:3], tuple(routine.positions)[3:])
        )
    ]
    found += [relief(routine, Size.SHORT, v, "P1", 8) for v in (Variation.ELBOWS_IN, Variation.SUPPORTED)]
    return found + [rest(routine, Size.SHORT, words) for words in (routine.pain, routine.tingling.persisted)]


FITS = """cues => {
  const $ = id => document.getElementById(id), bad = [];
  $('breath').dataset.on = 'yes';
  for (const [shown, detail, move, next] of cues) {
    Object.assign($('shown'), { textContent: shown });
    Object.assign($('detail'), { textContent: detail });
    Object.assign($('move'), { textContent: move });
    if (move) $('way').textContent = window.longestWay;
    else $('way').textContent = '';
    $('next').textContent = next;
    const box = id => $(id).getBoundingClientRect();
    const out = ['shown', 'detail', 'way', 'move', 'next', 'pacer', 'back', 'controls', 'skip', 'end', 'pain', 'left']
      .filter(id => { const r = box(id);
        return r.width && Math.max(-r.left, -r.top, r.right - innerWidth, r.bottom - innerHeight) > 1; });
    const over = [...document.querySelectorAll('.cue *, .words *, .next, .controls button, .top p')]
      .filter(e => e.offsetWidth && e.scrollWidth > e.clientWidth + 1).map(e => e.id || e.className);
    const upon = [['detail', 'pacer'], ['detail', 'way'], ['move', 'next'], ['pacer', 'next']]
      .filter(([one, other]) => { const a = box(one), b = box(other);
        return a.width && b.width && b.height && a.right > b.left && b.right > a.left && a.bottom > b.top + 1; });
    if (out.length || over.length || upon.length) bad.push([shown, detail, move, next, out, over, upon]);
  }
  return bad;
}"""


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE, SMALL, ASIDE], ids=["laptop", "phone", "small", "aside"])
async def test_every_cue_fits_on_the_page(patient: Visit, code: str, viewport: dict[str, int]) -> None:
    """Each with each of its breaths, put where it stands in a session."""
    cues: set[tuple[str, str, str, str]] = set()
    for line in lines(builtin()):
        for cue, following in zip(line.cues, [*line.cues[1:], None], strict=True):
            after = f"{following.shown}" if following and following.shown != cue.shown else ""
            cues |= {(cue.shown, cue.detail, phase.show, after) for phase in cue.phases} or {
                (cue.shown, cue.detail, "", after)
            }
    assert len(cues) > 100
    async with patient(SessionPlan(size=Size.LONG, voice=False), viewport=viewport, reduced_motion="reduce") as someone:
        await someone.start()
        await someone.press("ArrowRight", "ArrowRight", "ArrowRight")
        await someone.until("document.getElementById('way').textContent !== ''")
        prefix = (await someone.page.text_content("#next") or "").split(":")[0]
        await someone.page.evaluate("window.longestWay = document.getElementById('way').textContent")
        given = [(shown, detail, move, f"{prefix}: {after}" if after else "") for shown, detail, move, after in cues]
        assert await someone.page.evaluate(FITS, sorted(given)) == []
        for part in range(4):
            long = ["Text", "Text", "Text", "Text"]
            long[part] = "Donaudampfschiff" * 5
            assert await someone.page.evaluate(FITS, [long]), "what is too long is noticed"


WITHIN = """(() => {
  const panel = document.querySelector('.panel:not([hidden])'), round = panel.getBoundingClientRect(), bad = [];
  const upon = (a, b) => a.right > b.left + 1 && b.right > a.left + 1 && a.bottom > b.top + 1 && b.bottom > a.top + 1;
  for (const other of [...document.querySelectorAll('.top, .controls')])
    if (upon(round, other.getBoundingClientRect())) bad.push(['panel', other.className]);
  const parts = [...panel.querySelectorAll('h2, p, button')].map(e => [e, e.getBoundingClientRect()]);
  for (const [part, at] of parts) {
    if (part.scrollWidth > part.clientWidth + 1) bad.push(['cut', part.textContent]);
    if (at.left < round.left || at.right > round.right || at.top < round.top || at.bottom > round.bottom)
      bad.push(['out', part.textContent]);
    if (part.matches('button') && at.height < 44) bad.push(['small', part.textContent]);
    for (const [other, there] of parts) if (part !== other && upon(at, there)) bad.push(['upon', part.textContent]);
  }
  if (document.documentElement.scrollWidth > innerWidth) bad.push(['wide']);
  return bad;
})()"""


@pytest.mark.parametrize("viewport", [SMALL, ASIDE], ids=["small", "aside"])
async def test_the_pause_and_the_question_lie_upon_nothing(patient: Visit, code: str, viewport: dict[str, int]) -> None:
    """Whoever is in pain finds the large buttons whole, each beside the others."""
    async with patient(SessionPlan(size=Size.LONG, voice=False), viewport=viewport) as someone:
        await someone.start()
        await someone.press(" ")
        await expect(someone.page.locator("#hold")).to_be_visible(timeout=WAIT)
        assert await someone.page.evaluate(WITHIN) == []
        await someone.page.evaluate("document.getElementById('hold').hidden = true")
        await someone.page.evaluate("document.getElementById('ask').hidden = false")
        assert await someone.page.evaluate(WITHIN) == []


async def test_what_is_asked_on_a_small_phone_is_large_enough_for_a_finger(patient: Visit, code: str) -> None:
    """WCAG 2.2, 2.5.8: 24 CSS pixels at least, a box with its words."""
    plan = SessionPlan(screening_due=True, morning_due=True, landmark=True, size=Size.LONG)
    async with patient(plan, viewport=SMALL) as someone:

        async def is_large() -> None:
            assert await someone.page.evaluate(CUT_OFF) == []
            assert await someone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert (
                await someone.page.evaluate(
                    """[...document.querySelectorAll('button, label')].filter(e => e.offsetWidth)
                    .filter(e => Math.min(e.offsetWidth, e.offsetHeight) < 24).map(e => e.textContent.trim())"""
                )
                == []
            )

        await someone.sees("screening")
        await is_large()
        await someone.page.click("#screen-no")
        await someone.sees("ready")
        await is_large()
        columns = "getComputedStyle(document.querySelector('#ready .poses')).gridTemplateColumns.split(' ').length"
        assert await someone.page.evaluate(columns) == 2
        await someone.start()
        await someone.press("Escape")
        await someone.page.click("#end-here")
        await someone.sees("rating")
        await is_large()


async def test_a_routine_in_another_language_than_the_page_says_so(patient: Visit, axe: str, code: str) -> None:
    """For a screen reader, which would read French aloud as German."""
    text = (SOURCE / "routines/thoracic-foam-roller.toml").read_text(encoding="utf-8")
    french = parse({**tomllib.loads(text), "language": "fr"})
    async with patient(SessionPlan(), routine=french) as someone:
        await someone.sees("ready")
        assert await someone.page.evaluate("document.documentElement.lang") == code
        for element in ("#ready h1", "#ready .rules", "#shown", "#detail", "#move", "#screening .asks"):
            assert await someone.page.get_attribute(element, "lang") == "fr"
        await someone.page.evaluate(axe)
        assert (await someone.page.evaluate("axe.run()"))["violations"] == []


# ---- voice ----------------------------------------------------------------------------------------------------------


LISTED = "getVoices() { return [{ name: 'Tester', lang: 'en-US' }]; }"


@pytest.fixture
def no_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a routine of the user's own: an engine speaks."""
    monkeypatch.setattr("unhunch.session.page.recordings", lambda _code: {})


def voices(*listed: tuple[str, str, bool]) -> str:
    """A browser with these voices: name, language, whether it is on this computer. What is said is noted with its."""
    rows = json.dumps([{"name": name, "lang": lang, "localService": local} for name, lang, local in listed])
    with_list = WORKING_VOICE.replace(LISTED, f"getVoices() {{ return {rows}; }}")
    noted = "window.said.push([words.text, words.lang, words.voice && words.voice.name]);"
    assert LISTED in WORKING_VOICE
    return with_list.replace("window.said.push(words.text);", noted)


@pytest.mark.usefixtures("no_recordings")
async def test_the_browser_speaks_with_a_voice_of_the_language(patient: Visit, code: str) -> None:
    far, near = f"{code.upper()} far away", f"{code.upper()} here"
    script = voices(
        ("Emily", "en-US", True), (far, f"{code}-XX", False), (f"{near}+Andy", code, True), (near, code, True),
        ("Amélie", "fr-FR", True),
    )  # fmt: skip
    async with patient(SessionPlan(speed=4), script=script, voice=Silent("espeak-ng")) as someone:
        await someone.start(begin=False)
        await someone.until("window.said.length > 2")
        said = await someone.page.evaluate("window.said")
        assert {name for _, _, name in said} == {near}
        assert said[0][0] == builtin().greeting.words.say
        assert {lang[:2] for _, lang, _ in said} == {code}
        assert someone.served.voice.said == []


@pytest.mark.usefixtures("no_recordings")
@pytest.mark.parametrize("listed", [(), (("Emily", "en-US", True), ("Daniel", "en-GB", True))], ids=["none", "English"])
async def test_without_such_a_voice_the_computer_speaks(
    patient: Visit, code: str, listed: tuple[tuple[str, str, bool], ...]
) -> None:
    async with patient(SessionPlan(speed=4), script=voices(*listed), voice=Silent("espeak-ng")) as someone:
        await someone.start(begin=False)
        await someone.reads("sound", "(espeak-ng)")
        async with asyncio.timeout(WAIT / 1000):
            while not someone.served.voice.said:
                await asyncio.sleep(0.02)
        assert someone.served.voice.said[0] == builtin().greeting.words.say
        assert await someone.page.evaluate("window.said") == []


@pytest.mark.usefixtures("no_recordings")
async def test_without_any_such_voice_there_are_chimes_and_no_gibberish(patient: Visit, code: str) -> None:
    script, known = voices(("Emily", "en-US", True)), english(code)
    async with patient(SessionPlan(speed=4), script=script, voice=Silent("")) as someone:
        await someone.start()
        await someone.press("ArrowRight", "ArrowRight")
        await expect(someone.page.locator("#way")).not_to_be_empty(timeout=WAIT)
        assert await someone.page.evaluate("window.said") == []
        assert await left_in_english(someone, known) == []


@pytest.mark.usefixtures("no_recordings")
async def test_an_english_routine_is_not_read_by_a_german_voice(patient: Visit) -> None:
    async with patient(SessionPlan(speed=4), script=voices(("Anna", "de-DE", True)), voice=Silent("say")) as someone:
        await someone.start(begin=False)
        await someone.reads("sound", "this computer (say)")
        assert await someone.page.evaluate("window.said") == []
