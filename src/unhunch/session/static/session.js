// The guided session's page: which screen is shown, what keys and buttons do. What a session is, the server decides.

import { open, post, presence, recording } from "./server.js";
import { Voice } from "./voice.js";
import { Player } from "./player.js";
import { _ } from "./words.js";

const $ = (id) => document.getElementById(id);
const CHIME_LEAD = 0.3; // seconds that a sentence waits for its chime; as in core/timeline.py
const PULSE = 10000; // ms
const ASK_AGAIN = 15000; // ms
const PAUSE_OVER = 180500; // ms of a pause after which the server has ended the session (core/session/guide.py)
const OVER_AGAIN = 500; // ms until the server is asked once more, which began to count that pause later
const UNSEEN = 2500; // ms without a frame drawn: nobody can see this page
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let state = null;
let voice = null;
let player = null;
let screen = "wait";
let offline = false;
let pulseTimer = 0;
let askTimer = 0;
let sayTimer = 0;
let lineAt = 0; // where the main timeline stands
let wakeLock = null;
let answering = false; // between a key and what the server makes of it
let begun = false; // by a key or click in this page: sound is allowed, and the user is there
let seen = false; // a key or a click since the session began: somebody is there
let overTimer = 0;
let drawn = 0; // when the page last drew a frame
let turn = Promise.resolve(); // calls go one after the other, or a pause could overtake what it followed

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

const label = (size) => state.choices.find((choice) => choice.size === size).label;

function show(name) {
  const came = screen !== name;
  screen = name;
  for (const section of document.querySelectorAll("section[data-screen]")) section.hidden = section.id !== name;
  document.body.dataset.screen = name;
  $("progress").hidden = name !== "player";
  if (name !== "player") {
    $("sound").textContent = "";
    $("left").textContent = "";
    $(name).querySelector("h1").focus({ preventScroll: true });
    scrollTo(0, 0);
  } else if (came) {
    $("shown").focus({ preventScroll: true });
  }
}

function announce(text) {
  $("live").textContent = text;
}

function notice(title, text, what = "") {
  quiet();
  $("notice-title").textContent = title;
  $("notice-text").textContent = text;
  $("notice-do").textContent = what;
  show("notice");
}

function banner(text) {
  $("banner").textContent = text;
  $("banner").hidden = !text;
}

function quiet() {
  clearTimeout(sayTimer);
  clearInterval(pulseTimer);
  clearInterval(askTimer);
  clearTimeout(overTimer);
  if (player) player.stop();
  if (voice) voice.silence();
}

// Ask the server; on refusal take over the state it sends along.
function call(name, body) {
  const called = turn.then(() => callNow(name, body));
  turn = called.catch(() => {});
  return called;
}

async function callNow(name, body) {
  try {
    state = await post(name, body);
    if (offline) banner("");
    offline = false;
    return true;
  } catch (refused) {
    if (refused.state) {
      state = refused.state;
      render();
    } else if (refused.status === 0) {
      offline = true;
      banner(_("The session's program cannot be reached. You can finish, but this session will not be recorded."));
    } else if (refused.status === 401) {
      notice(_("This session is over"), refused.message, _("To begin another, type: unhunch start"));
    } else {
      banner(refused.message);
    }
    return false;
  }
}

// ---- screens ------------------------------------------------------------------------------------------------------

function render() {
  $("what").textContent = state.guide && state.stage === "running" ? label(state.guide.line.size) : "";
  switch (state.stage) {
    case "screening": return show("screening");
    case "doctor": return show("doctor");
    case "recovery": return show("recovery");
    case "unable": return show("unable");
    case "advised": return show("advised");
    case "ready": return renderReady();
    case "running": return renderPlayer();
    case "rating": return renderRating();
    default: return renderOver();
  }
}

function renderReady() {
  const sizes = $("sizes");
  sizes.replaceChildren(
    ...state.choices.map(({ size, seconds, label: called, about }) => {
      const label = document.createElement("label");
      label.className = "size";
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "size", value: size });
      input.checked = size === state.proposed;
      const words = document.createElement("span");
      for (const [name, text] of [["name", called], ["time", clock(seconds)], ["about", about]]) {
        const part = document.createElement("span");
        part.className = name;
        part.textContent = text;
        words.append(part, " ");
      }
      label.append(input, words);
      return label;
    }),
  );
  sizes.dataset.count = state.choices.length;
  $("sizes-legend").textContent = state.choices.length > 1 ? _("How long?") : _("Your session");
  $("landmark").checked = state.landmark;
  $("hips").checked = state.hips_raised;
  $("morning").hidden = !state.morning_due;
  $("ready-note").textContent = state.notice;
  $("ready-note").hidden = !state.notice;
  if (!state.voice) $("ready-hint").textContent = _("The voice is off: put the screen where you can see it. A chime marks each change.");
  followSize();
  sayWhichVoice();
  show("ready");
}

const chosen = (name) => (document.querySelector(`#${screen} input[name="${name}"]:checked`) || {}).value;

function followSize() {
  const size = (document.querySelector('input[name="size"]:checked') || {}).value;
  $("hips-row").hidden = size !== "long";
}

function renderPlayer() {
  const guide = state.guide;
  player ||= new Player(state.speed, {
    cue: beginCue,
    phase: beginPhase,
    tick: draw,
    ask: askUser,
    end: trackEnded,
    slept: () => pause(_("The computer was asleep. Go on when you are ready.")),
  });
  drawBar(guide.line);
  lineAt = guide.at;
  show("player");
  $("sound").textContent = voice.label;
  $("ask").hidden = true;
  clearInterval(askTimer);
  player.load(guide.detour || guide.line, guide.detour ? 0 : guide.at, !guide.detour);
  $("player").dataset.detour = guide.detour ? "yes" : "no";
  $("back").dataset.elbows = guide.variation === "open" ? "open" : "in";
  for (const id of ["again", "skip", "stiff"]) $(id).disabled = Boolean(guide.detour);
  for (const id of ["tingling", "pain", "pause"]) $(id).disabled = Boolean(guide.end);
  clearInterval(pulseTimer);
  pulseTimer = setInterval(() => player.playing && pulse(), Math.max(1000, PULSE / state.speed)); // a pause is told once; silence for long ends it
  if (!begun || guide.paused) {
    player.draw();
    hold(_("Paused"), guide.at > 0 ? _("Go on where you were, when you are ready.") : _("Begin when you are ready."));
  } else {
    goOn();
  }
}

function renderRating() {
  quiet();
  if (voice.audio && screen === "player") voice.chime("end");
  release();
  const record = state.guide.record;
  const early = {
    // safety: after pain
    pain: _("You stopped. Rest as long as you like."),
    // safety: after tingling that stays
    persisted: _("You stopped because the tingling stayed."),
    paused: _("It was paused for three minutes, so it has ended. What you did is kept."),
  };
  $("rating-slip").hidden = !state.may_slip;
  $("rating-title").textContent = record.status !== "partial" ? _("Well done. How was it?") : _("How was it?");
  const times = { done: clock(record.roller_s), planned: clock(record.planned_s) };
  const counted =
    record.status === "done"
      ? _("{done} of {planned} on the roller: that counts as a session.", times)
      : record.status === "unknown"
        ? _("{done} of {planned} on the roller. Save it, so that it counts.", times)
        : _("{done} of {planned} on the roller: kept as a part of a session.", times);
  const { stiffness_before: was, stiffness_after: became } = state.last;
  const before =
    was === undefined || became === undefined ? "" : _("Last time: stiffness {was} before, {became} after.", { was, became });
  $("rating-lead").textContent = `${early[state.guide.end] || counted} ${before}`.trim();
  const known = { stiffness_before: record.stiffness_before, tingling: record.tingling };
  for (const [name, value] of Object.entries(known)) {
    const input = value === undefined ? null : document.querySelector(`#rating input[name="${name}"][value="${value}"]`);
    if (input) input.checked = true;
  }
  show("rating");
}

function renderOver() {
  quiet();
  release();
  const record = state.guide && state.guide.record;
  $("over-title").textContent = state.slipped ? _("Taken back") : record ? _("Saved") : _("Closed");
  const done = record ? clock(record.roller_s) : "";
  $("over-text").textContent = state.slipped
    ? // safety: after a slip
      _("It was a slip, and is noted as one. No session is asked for today; the next one is easy, and asks first.")
    : !record
    ? _("No session was begun.")
    : record.status === "done"
      ? _("{done} on the roller. See you next time.", { done })
      : _("{done} on the roller, kept as a part of a session.", { done });
  $("over-advice").textContent = state.advice;
  $("over-advice").hidden = !state.advice;
  show("over");
}

// ---- the session --------------------------------------------------------------------------------------------------

function drawBar(line) {
  const bar = $("progress");
  if (bar.dataset.drawn === String(line.seconds)) return;
  bar.dataset.drawn = String(line.seconds);
  const groups = [];
  for (const cue of line.cues.filter((one) => one.at >= line.begins)) {
    const kind = ["position", "stiff"].includes(cue.kind) ? "roll" : "way";
    const group = groups[groups.length - 1];
    if (group && group.kind === kind) group.seconds += cue.seconds;
    else groups.push({ kind, seconds: cue.seconds, at: cue.at });
  }
  bar.replaceChildren(
    ...groups.map((group) => {
      const part = document.createElement("span");
      part.className = group.kind;
      part.style.flexGrow = group.seconds;
      part.dataset.at = group.at;
      part.dataset.seconds = group.seconds;
      part.append(document.createElement("i"));
      return part;
    }),
  );
}

function speak(text, seconds) {
  clearTimeout(sayTimer);
  voice.hush();
  const room = (seconds - CHIME_LEAD) / state.speed;
  sayTimer = setTimeout(() => voice.say(text, room), (CHIME_LEAD * 1000) / state.speed);
}

function beginCue(cue) {
  const places = player.track.cues.filter((other) => other.kind === cue.kind);
  const counted = { number: places.indexOf(cue) + 1, of: places.length };
  const eyebrows = {
    // safety: the lower back is not rolled
    landmark: _("Find your lower back"),
    down: _("Getting down"),
    setup: _("Get ready"),
    move: _("Move on"),
    position: _("Place {number} of {of}", counted),
    half: _("Half time"),
    travel: _("Stiff spot"),
    stiff: _("Stiff spot {number} of {of}", counted),
    closing: _("The end"),
    // safety: tingling
    relief: _("Ease off"),
    // safety: tingling
    ask: _("Ease off"),
    // safety: pain
    rest: _("Stop"),
  };
  $("eyebrow").textContent = eyebrows[cue.kind];
  $("shown").textContent = cue.shown;
  $("detail").textContent = cue.detail;
  $("breath").dataset.on = cue.phases.length ? "yes" : "no";
  $("way").textContent = "";
  $("move").textContent = "";
  const following = player.track.cues[player.track.cues.indexOf(cue) + 1];
  const known = following && following.kind !== "ask" && following.shown !== cue.shown;
  $("next").textContent = known ? _("Next: {what}", { what: following.shown }) : "";
  place(cue);
  $("side").dataset.pose = ["side", "landmark"].includes(cue.picture) ? "none" : "lying";
  announce(`${eyebrows[cue.kind]}. ${cue.shown}. ${cue.detail}`.replace("?.", "?"));
  if (!player.playing) return;
  voice.chime(cue.chime);
  if (cue.spoken) speak(cue.spoken, cue.seconds);
  else if (!cue.phases.length) voice.hush();
}

function place(cue) {
  const back = $("back");
  const spot = [...back.querySelectorAll("[data-place]")].find((one) => one.dataset.place === cue.picture);
  back.dataset.picture = spot ? "place" : ["landmark", "side"].includes(cue.picture) ? cue.picture : "any";
  for (const one of back.querySelectorAll("[data-place]")) {
    one.classList.toggle("here", one === spot);
    one.classList.toggle("marked", state.guide.marked.includes(one.dataset.place));
  }
  if (spot) $("roller").style.transform = `translateY(${spot.dataset.y}px)`;
}

function beginPhase(phase, cue) {
  $("way").textContent = phase.way === "in" ? _("Breathe in") : _("Breathe out");
  $("move").textContent = phase.show;
  $("breath").dataset.way = phase.way;
  $("side").dataset.pose = phase.picture;
  if (!player.playing) return;
  if (phase.at > 0 || !cue.chime) voice.chime(phase.way);
  speak(phase.say, phase.seconds);
}

function draw(at, cue, phase) {
  const guide = state.guide;
  if (player.playing && drawn && performance.now() - drawn > UNSEEN) notWatched();
  if (player.counts) lineAt = at;
  const total = guide.line.seconds;
  const before = guide.line.begins - lineAt;
  const left =
    before > 0
      ? _("It starts in {count} s", { count: Math.ceil(before) })
      : _("{time} left", { time: clock(Math.max(0, Math.ceil(total - lineAt))) });
  if ($("left").textContent !== left) {
    $("left").textContent = left;
    const share = Math.max(0, lineAt - guide.line.begins) / (total - guide.line.begins);
    $("progress").setAttribute("aria-valuenow", Math.round(share * 100));
    $("progress").setAttribute("aria-valuetext", left);
  }
  for (const part of $("progress").children) {
    const share = Math.min(1, Math.max(0, (lineAt - part.dataset.at) / part.dataset.seconds));
    part.firstChild.style.transform = `scaleX(${share})`;
  }
  $("ring").style.strokeDashoffset = String(100 - Math.min(100, ((at - cue.at) / cue.seconds) * 100));
  const rest = phase ? phase.seconds - (at - cue.at - phase.at) : cue.seconds - (at - cue.at);
  const count = String(Math.max(1, Math.ceil(rest)));
  if ($("count").textContent !== count) $("count").textContent = count;
  const inside = phase ? Math.min(1, 1 - rest / phase.seconds) : 0;
  const wave = (1 - Math.cos(Math.PI * inside)) / 2;
  const filled = phase ? (phase.way === "in" ? wave : 1 - wave) : 0;
  $("lung").style.transform = `scale(${calm.matches ? 0.85 : 0.55 + 0.45 * filled})`;
}

async function trackEnded() {
  clearTimeout(sayTimer);
  const guide = state.guide;
  if (guide.detour && guide.end) {
    if (await call("rested")) render();
  } else if (player.counts) {
    lineAt = player.track.seconds;
    await pulse();
    if (state.stage === "rating") render();
    else if (offline) notice(_("That was all"), _("Well done. It could not be recorded."), _("To log it, type: unhunch log"));
  }
}

async function pulse() {
  if (!player || state.stage !== "running") return;
  const played = player.takePlayed();
  if (!(await call("pulse", { at: lineAt, played, paused: paused(), seen })) && offline)
    player.played.unshift(...played);
}

async function answer(action) {
  const before = player.counts ? player.at : lineAt;
  const played = player.takePlayed();
  const stays = action === "stiff";
  clearTimeout(overTimer);
  answering = !stays;
  if (!stays) {
    player.stop();
    clearTimeout(sayTimer);
    voice.hush();
    clearInterval(askTimer);
    $("ask").hidden = true;
    $("hold").hidden = true;
  }
  const taken = await call("answer", { action, at: before, played });
  answering = false;
  if (!taken) {
    // safety: what is said where nothing else can be
    const rest = _("Roll slowly to your side and rest.");
    if (offline && !stays) notice(_("Stop here"), rest, _("The session's program cannot be reached."));
    return;
  }
  if (stays) {
    player.track = { ...state.guide.line };
    const here = player.cue;
    player.begun = here;
    player.begunPhase = here.phases.find((part) => player.at - here.at < part.at + part.seconds) || null;
    voice.chime("soft");
    place(here);
    announce(_("Noted: {place} is stiff.", { place: here.shown }));
    $("next").textContent = _("Noted as stiff: {place}. We come back to it.", { place: here.shown });
  } else {
    render();
  }
}

function askUser(cue) {
  $("ask").hidden = false;
  $("pause").disabled = true;
  $("ask-title").focus();
  voice.chime(cue.chime);
  let times = 0;
  const ask = () => {
    times += 1;
    if (times > 3) clearInterval(askTimer);
    else speak(cue.spoken, cue.seconds);
  };
  ask();
  clearInterval(askTimer);
  askTimer = setInterval(ask, ASK_AGAIN / state.speed);
}

// ---- pause, keys, light -------------------------------------------------------------------------------------------

function hold(title, text) {
  $("hold-title").textContent = title;
  $("hold-text").textContent = text;
  $("hold").hidden = false;
  $("pause").setAttribute("aria-pressed", "true");
  $("hold-title").focus();
}

function pause(text = _("After three minutes it ends."), title = _("Paused")) {
  if (!player || !$("hold").hidden) return;
  clearTimeout(sayTimer);
  clearInterval(askTimer);
  player.stop();
  voice.silence();
  hold(title, text);
  pulse();
  speak(state.pause.say, state.pause.seconds);
  clearTimeout(overTimer);
  overTimer = setTimeout(pausedOut, PAUSE_OVER / state.speed);
}

// The server has ended a session that was paused for so long.
async function pausedOut() {
  if (!paused()) return;
  await pulse(); // refused, with the state as it is now
  if (state.stage === "rating") speak(state.pause_over.say, state.pause_over.seconds);
  else if (paused() && screen === "player" && !offline) overTimer = setTimeout(pausedOut, OVER_AGAIN);
}

function goOn() {
  const held = !$("hold").hidden;
  voice.wake();
  begun = true;
  $("hold").hidden = true;
  clearTimeout(overTimer);
  clearTimeout(sayTimer);
  voice.hush();
  $("pause").setAttribute("aria-pressed", "false");
  keepLight();
  if (held) {
    // What was cut off is said anew: the breath, or the sentence.
    const cue = player.cue;
    const starts = cue.phases.filter((part) => part.way === "in" && cue.at + part.at <= player.at);
    const from = starts.length ? cue.at + starts[starts.length - 1].at : cue.at;
    player.seek(from);
    player.begun = null;
    player.begunPhase = null;
    $("shown").focus({ preventScroll: true });
  }
  player.play();
  if (held) pulse();
}

// The clock never starts by itself where nobody can see it: behind another window, or a locked screen.
function notWatched() {
  if (player && player.playing && gettingDown()) pause(_("This page was out of sight. Go on when you are ready."));
}

async function keepLight() {
  try {
    wakeLock ||= await navigator.wakeLock.request("screen");
    wakeLock.addEventListener("release", () => (wakeLock = null), { once: true });
  } catch {
    // the screen may go dark; the voice goes on
  }
}

function release() {
  if (wakeLock) wakeLock.release().catch(() => {});
  wakeLock = null;
}

const asking = () => !$("ask").hidden;
const paused = () => !$("hold").hidden;
const ending = () => Boolean(state.guide.end);

const gettingDown = () => !state.guide.detour && lineAt < state.guide.line.begins;

const DO = {
  pause: () => (paused() ? goOn() : asking() || ending() || pause()),
  again: () => state.guide.detour || paused() || gettingDown() || player.again(),
  skip: () => state.guide.detour || paused() || (gettingDown() ? answer("begin") : player.skip()),
  begin: () => answer("begin"),
  tingling: () => ending() || answer(asking() ? "still" : "tingling"),
  cleared: () => asking() && answer("cleared"),
  stiff: () => state.guide.detour || paused() || answer("stiff"),
  pain: () => ending() || answer("pain"),
  stop: () => answer("stop"),
  end: () => ending() || pause(_("End the session here, or go on?"), _("Stopped")),
};

// What a key means. While the session plays, Space and every other key that prints pause it: a forehead, a cat, a child.
// Once it stands, only the keys that the voice names do anything, and only Space goes on.
function meant(key) {
  if (key === "ArrowLeft") return "again";
  if (key === "ArrowRight") return "skip";
  if (key === "Escape") return paused() || asking() ? "stop" : "end";
  if (key.length !== 1) return "";
  if (!paused() && !asking()) return key === " " && gettingDown() ? "begin" : "pause";
  if (key === " ") return asking() ? "cleared" : "pause";
  return { a: "tingling", x: "pain" }[key.toLowerCase()] || "nothing";
}

function onKey(event) {
  const atRest = event.target === document.body || event.target.tagName === "H1";
  if (screen === "ready" && event.key === " " && !event.repeat && atRest) {
    event.preventDefault();
    $("ready-form").requestSubmit();
    return;
  }
  if (screen !== "player" || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  seen = true;
  const onButton = event.target instanceof HTMLButtonElement;
  const name = event.key === " " && onButton ? "" : meant(event.key);
  if (!name) return;
  event.preventDefault();
  if (name !== "nothing") perform(name);
}

// While an answer is under way only pain is heard: nothing else may overtake it.
function perform(name) {
  if (!answering || name === "pain") DO[name]();
}

function listen() {
  document.addEventListener("keydown", onKey);
  // A click leaves no focus behind: the next Space is a pause, not the same button again.
  document.addEventListener("pointerdown", () => (seen = true));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && event.detail > 0) button.blur();
  });
  for (const [id, name] of [
    ["pause", "pause"], ["again", "again"], ["skip", "skip"], ["tingling", "tingling"], ["stiff", "stiff"], ["pain", "pain"],
    ["end", "end"], ["go-on", "pause"], ["end-here", "stop"], ["ask-yes", "cleared"], ["ask-no", "tingling"],
    ["hold-tingling", "tingling"], ["hold-pain", "pain"],
  ]) $(id).addEventListener("click", () => perform(name));

  const screened = async (anyYes) => (await call("screening", { any_yes: anyYes })) && render();
  $("screen-no").addEventListener("click", () => screened(false));
  $("screen-yes").addEventListener("click", () => screened(true));
  for (const button of document.querySelectorAll("[data-unable]"))
    button.addEventListener("click", async () => (await call("unable", {})) && render());
  for (const button of document.querySelectorAll("[data-recovery]"))
    button.addEventListener("click", async () => (await call("recovery", { feels: button.dataset.recovery })) && render());
  for (const button of document.querySelectorAll("[data-slip]"))
    button.addEventListener("click", async () => (await call("slip", {})) && render());
  for (const button of document.querySelectorAll("[data-feels]"))
    button.addEventListener("click", async () => {
      if (!(await call("morning", { feels: button.dataset.feels }))) return;
      $("morning").hidden = true;
      announce(_("Thank you, noted."));
      $("sizes").querySelector("input").focus();
    });
  $("sizes").addEventListener("change", followSize);
  $("ready-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    voice.wake();
    begun = true;
    const stiffness = chosen("stiffness");
    const size = chosen("size");
    const body = {
      size,
      landmark: $("landmark").checked,
      hips_raised: size === "long" && $("hips").checked,
      stiffness: stiffness === undefined ? null : Number(stiffness),
    };
    seen = false; // the press that begins it is no sign that somebody stayed
    if (await call("begin", body)) render();
  });
  const rate = async (ratings) => (await call("rate", { ratings })) && render();
  $("rating-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const ratings = {};
    for (const name of ["stiffness_before", "stiffness_after", "discomfort"]) {
      const value = chosen(name);
      if (value !== undefined) ratings[name] = Number(value);
    }
    const tingling = chosen("tingling");
    if (tingling) ratings.tingling = tingling;
    rate(ratings);
  });
  $("no-rating").addEventListener("click", () => rate({}));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && player && player.playing) keepLight();
    else if (screen === "player") notWatched();
  });
  const frame = (now) => {
    drawn = performance.now();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  $("try-voice").addEventListener("click", () => {
    voice.wake();
    voice.say(state.sample, 8);
    $("voice-heard").hidden = false;
  });
  addEventListener("pagehide", () => {
    // At once, not in turn: after this nothing runs any more.
    if (screen === "player") post("pulse", { at: lineAt, played: player.takePlayed(), paused: paused(), seen }).catch(() => {});
    if (voice) voice.hush();
  });
}

function sayWhichVoice() {
  $("sound").textContent = screen === "player" ? voice.label : "";
  $("voice-name").textContent = voice.label;
  $("voice-how").hidden = !voice.on || voice.there;
  $("voice-off").hidden = voice.on;
  $("try-voice").hidden = !voice.on || !voice.there;
}

async function begin() {
  try {
    state = await open();
  } catch (refused) {
    const titles = { 409: _("Already open"), 401: _("Not this session's page"), 0: _("This session is over") };
    return notice(titles[refused.status] || _("This did not work"), refused.message, _("To begin a session, type: unhunch start"));
  }
  voice = new Voice({
    on: state.voice,
    recorded: state.recorded,
    load: recording,
    language: state.language,
    pace: state.pace,
    host: state.host_voice,
    say: (text, seconds) => post("say", { text, seconds }),
    hush: () => post("hush"),
    changed: sayWhichVoice,
  });
  voice.prepare();
  listen();
  render();
  presence((what) => {
    if (what === "replaced") notice(_("Continued in another tab"), _("This session goes on in the tab that you opened last."));
    else if (what === "lost" && screen !== "over")
      banner(_("The session's program cannot be reached. You can finish, but this session will not be recorded."));
    else if (what === "back") banner("");
    else if (what === "over" && !["over", "doctor", "unable", "advised"].includes(screen)) notice(_("This session is over"), _("It was ended elsewhere."));
  });
}

begin();
