// Talks to the session's server: the one-time token, the key, calls, and the line that says "this page is still here".

import { _ } from "./words.js";

const KEY = "unhunch-key";
const HEADER = "X-Unhunch-Token";
let key = sessionStorage.getItem(KEY);

export class Refused extends Error {
  constructor(status, body) {
    super(body.error || _("The session's server did not answer."));
    this.status = status;
    this.state = body.state || null;
  }
}

async function request(method, path, body, token) {
  const headers = { [HEADER]: token || key || "" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), keepalive: method === "POST" });
  } catch {
    throw new Refused(0, {});
  }
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, read);
  return read;
}

export const post = (name, body = {}) => request("POST", `/api/${name}`, body);
// The bytes of a recorded sentence.
export async function recording(name) {
  const answer = await fetch(`/api/voice/${name}`, { headers: { [HEADER]: key } });
  if (!answer.ok) throw new Refused(answer.status, {});
  return answer.arrayBuffer();
}
export const state = () => request("GET", "/api/state");

// Exchange the token in the address for this tab's key. The address is cleaned: the token is good once.
export async function open() {
  const token = location.hash.slice(1);
  if (token) history.replaceState(null, "", location.pathname);
  if (token) {
    try {
      key = (await request("POST", "/api/open", {}, token)).key;
      sessionStorage.setItem(KEY, key);
    } catch (refused) {
      if (!key) throw refused;
    }
  }
  if (!key) throw new Refused(401, { error: _("This page needs the link that opened the session.") });
  return state();
}

// Hold a line open. `told("replaced" | "over" | "lost" | "back")` is called when something about it changes.
export async function presence(told) {
  let misses = 0;
  let last = "";
  while (misses < 8) {
    try {
      const answer = await fetch("/api/presence", { headers: { [HEADER]: key } });
      if (!answer.ok) throw new Refused(answer.status, {});
      if (misses) told("back");
      misses = 0;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        last = value.trim() || last;
      }
    } catch {
      // counted below
    }
    if (last) return told(last);
    misses += 1;
    if (misses === 3) told("lost");
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
}
