// The settings: what is in force is shown, each change is sent when it is made, and can be taken back.
import { open, post, presence, recording, state } from "./server.js";
import { _ } from "./words.js";

const $ = (id) => document.getElementById(id);
const rows = new Map([...document.querySelectorAll("[data-key]")].map((row) => [row.dataset.key, row]));
let known = null; // as the server told it last
let back = null; // { keys, words }: what takes the last change back

const sameAs = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const texts = (value) => (Array.isArray(value) ? value : [String(value)]);

// What stands in a row now, as words.
function typed(row) {
  const input = row.querySelector("[data-input]");
  if (row.dataset.type === "days") return [...row.querySelectorAll("[data-day]:checked")].map((day) => day.value);
  if (input.type === "checkbox") return [input.checked ? "true" : "false"];
  if (input.tagName === "TEXTAREA") return input.value.split("\n").map((line) => line.trim()).filter(Boolean);
  return [input.value.trim()];
}

function show(row, option) {
  const input = row.querySelector("[data-input]");
  if (row.dataset.type === "days") {
    for (const day of row.querySelectorAll("[data-day]")) day.checked = option.value.includes(day.value);
  } else if (input.type === "checkbox") {
    input.checked = option.value;
  } else if (!input.hasAttribute("aria-invalid") && (document.activeElement !== input || input.tagName === "SELECT")) {
    input.value = Array.isArray(option.value) ? option.value.join("\n") : option.value;
  }
  const reset = row.querySelector("[data-reset]");
  const changed = !sameAs(option.value, option.default);
  if (!changed && document.activeElement === reset) (input || row.querySelector("[data-day]")).focus();
  reset.hidden = !changed;
  reset.textContent = _("Reset ({value})", { value: option.shown });
  reset.setAttribute("aria-label", `${nameOf(row)}: ${reset.textContent}`);
}

const nameOf = (row) => row.querySelector("label[for], legend").textContent;

function complain(row, text) {
  const error = row.querySelector(".error");
  error.hidden = !text;
  error.textContent = text;
  const input = row.querySelector("[data-input]");
  if (input) text ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
}

function draw(told) {
  if (known && told.language !== known.language) return location.reload();
  known = told;
  $("file").textContent = told.file;
  $("wrong").hidden = !told.wrong;
  $("wrong-text").textContent = told.wrong;
  $("all").inert = Boolean(told.wrong);
  for (const [key, row] of rows) show(row, told.options[key]);
}

function say(text, undo = null) {
  back = undo;
  $("said").textContent = text;
  $("undo").hidden = !undo;
  $("toast").classList.toggle("there", Boolean(text));
}

async function send(keys, words) {
  const before = keys.map((key) => known.options[key].value);
  const alike = before.every((value) => sameAs(value, before[0]));
  const row = rows.get(keys[0]);
  try {
    const { said, state: now } = await post("set", { keys, words });
    complain(row, "");
    const input = row.querySelector("[data-input]");
    if (input && document.activeElement === input) input.value = String(now.options[keys[0]].value);
    draw(now);
    say(said || _("Saved: {name}", { name: nameOf(row) }), alike ? { keys, words: texts(before[0]) } : null);
    return true;
  } catch (refused) {
    if (refused.state) draw(refused.state);
    complain(row, refused.status ? refused.message : _("Nobody answers any more; nothing was saved.") + AGAIN);
    return false;
  }
}

const AGAIN = " " + _("Open the page again: unhunch settings");

function changed(key, row) {
  if (!known) return;
  const words = typed(row);
  if (sameAs(words, texts(known.options[key].value))) return complain(row, "");
  send([key], words);
}

function over(what) {
  if (what === "back") return;
  $("all").inert = true;
  say(what === "replaced" ? _("The settings are open in another tab now.") : _("This page can still be read.") + AGAIN);
}

async function trial(button, said, work) {
  button.disabled = true;
  said.textContent = _("One moment.");
  try {
    said.textContent = await work();
  } catch (refused) {
    said.textContent = refused.message;
  }
  button.disabled = false;
  button.focus();
}

async function speak() {
  const audio = new AudioContext();
  const bytes = await recording("sample").catch(() => {
    throw new Error(_("There is no recorded voice in this language; your browser or computer speaks."));
  });
  const source = audio.createBufferSource();
  source.buffer = await audio.decodeAudioData(bytes);
  source.connect(audio.destination);
  source.start();
  setTimeout(() => audio.close(), source.buffer.duration * 1000 + 500);
  return _("You should hear a sentence now. If not, look at the volume.");
}

for (const [key, row] of rows) {
  row.addEventListener("change", (event) => event.target.matches("[data-input], [data-day]") && changed(key, row));
  row.querySelector("[data-reset]").addEventListener("click", () => send([key], null));
  row.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.matches("[data-input]") || !known) return;
    complain(row, "");
    event.target.blur();
    show(row, known.options[key]);
    event.target.focus();
  });
}
$("undo").addEventListener("click", async () => {
  const { keys, words } = back;
  const row = rows.get(keys[0]);
  if (!(await send(keys, words))) return;
  say(_("Taken back: {name}", { name: nameOf(row) }));
  row.querySelector("[data-input], [data-day]").focus();
});
$("alike").addEventListener("click", () => {
  const days = known.options.workdays.value.map((day) => `hours.${day}`);
  if (days.length) send(days, typed(rows.get("hours.mon")));
});
$("mend").addEventListener("click", async () => {
  try {
    const { said, state: now } = await post("mend");
    draw(now);
    say(said || _("The settings that were right last are back."));
    $("all").querySelector("input").focus();
  } catch (refused) {
    say(refused.message);
  }
});
$("try-notice").addEventListener("click", () => trial($("try-notice"), $("notice-said"), async () => (await post("notice")).said));
$("try-voice").addEventListener("click", () => trial($("try-voice"), $("voice-said"), speak));
window.addEventListener("focus", () => known && state().then(draw, () => {}));

try {
  draw(await open());
  presence(over);
} catch (refused) {
  $("all").inert = true;
  say(refused.message + AGAIN);
}
