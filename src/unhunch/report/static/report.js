// The weekly report's buttons: each answer is sent, stored, and the page drawn anew as it then stands.
import { open, post, presence } from "./server.js";
import { _ } from "./words.js";

const AGAIN = " " + _("To answer now, type: unhunch week --open");

function say(text) {
  const said = document.getElementById("said");
  said.textContent = text;
  said.focus(); // read out, and the next Tab goes to the buttons behind it
}

function live() {
  for (const part of document.querySelectorAll("[data-live]")) part.hidden = false;
  document.body.classList.add("live");
  for (const button of document.querySelectorAll("button[data-post]")) {
    const number = Number(button.dataset.number);
    button.addEventListener("click", () => answer(button.dataset.post, number ? { number } : {}));
  }
}

function draw(html) {
  const unfolded = [...document.querySelectorAll("details")].map((details) => details.open);
  const made = new DOMParser().parseFromString(html, "text/html");
  document.title = made.title;
  document.body.replaceChildren(...made.body.children);
  document.querySelectorAll("details").forEach((details, n) => (details.open = unfolded[n] || false));
  live();
}

async function answer(name, body) {
  for (const button of document.querySelectorAll("button[data-post]")) button.disabled = true;
  try {
    const { said, html } = await post(name, body);
    draw(html);
    say(said);
  } catch (refused) {
    for (const button of document.querySelectorAll("button[data-post]")) button.disabled = false;
    say(refused.status ? refused.message : _("Nobody answers any more; nothing was stored.") + AGAIN);
  }
}

function over(what) {
  if (what === "back") return;
  for (const part of document.querySelectorAll("[data-live]")) part.hidden = true;
  document.body.classList.remove("live");
  const said = document.getElementById("said");
  said.hidden = false;
  said.textContent = what === "replaced" ? _("The report is open in another tab now.") : _("This page can still be read.") + AGAIN;
}

try {
  await open();
  history.replaceState(null, "", "/");
  if (document.querySelector("[data-shell]")) draw((await post("page")).html);
  else live();
  presence(over);
} catch (refused) {
  const said = document.getElementById("said");
  said.hidden = false;
  said.textContent = refused.message + AGAIN;
}
