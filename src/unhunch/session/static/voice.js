// Sound: chimes always, and a voice where there is one: the browser's, else the computer's, else none.

import { _ } from "./words.js";

const START_LIMIT = 1500; // ms until a browser's voice must have begun
const STRIKES = 2; // sentences a browser's voice may swallow before it is given up

export class Voice {
  // say(text, seconds) asks the computer to speak and answers {said, host_voice}; hush() silences it.
  constructor({ on, language, pace, host, say, hush, changed }) {
    Object.assign(this, { on, language, pace, host, askHost: say, hushHost: hush, changed });
    this.speaks = on && "speechSynthesis" in window;
    if (this.speaks && window.speechSynthesis.addEventListener) window.speechSynthesis.addEventListener("voiceschanged", changed);
    this.strikes = 0;
    this.turn = 0;
    this.hostBusy = false;
  }

  // The browser's voice for the language: on this computer rather than far away, with the user's own accent, its
  // default. Another language's voice would read the sentences as gibberish.
  get browserVoice() {
    const code = (lang) => lang.toLowerCase().replace("_", "-");
    const rank = (one) => 4 * Boolean(one.localService) + 2 * (code(one.lang) === code(navigator.language)) + Boolean(one.default);
    return window.speechSynthesis
      .getVoices()
      .filter((one) => code(one.lang).split("-")[0] === code(this.language).split("-")[0])
      .sort((one, other) => rank(other) - rank(one))[0];
  }

  // A browser that lists no voice at all may have one, but which language it speaks is not known: English, mostly.
  get browser() {
    if (!this.speaks) return false;
    const none = window.speechSynthesis.getVoices().length === 0;
    return Boolean(this.browserVoice) || (none && this.language.startsWith("en"));
  }

  get label() {
    if (!this.on) return _("Voice off: chimes and text");
    if (this.browser) return _("Voice: your browser");
    if (this.host) return _("Voice: this computer ({name})", { name: this.host });
    return _("No voice found: chimes and text");
  }

  // Must be called from a click or key, or the browser stays silent.
  wake() {
    try {
      this.audio ||= new AudioContext();
      if (this.audio.state === "suspended") this.audio.resume().catch(() => {});
    } catch {
      this.audio = null;
    }
  }

  chime(kind) {
    const notes = {
      change: [[587.3, 0, 0.5, 0.16], [880, 0.11, 0.7, 0.13]],
      stop: [[440, 0, 0.4, 0.2], [349.2, 0.2, 0.7, 0.2]],
      soft: [[660, 0, 0.25, 0.1]],
      in: [[294, 0, 0.5, 0.07], [392, 0.12, 0.5, 0.05]],
      out: [[392, 0, 0.5, 0.07], [294, 0.12, 0.6, 0.05]],
      end: [[523.3, 0, 0.6, 0.14], [659.3, 0.15, 0.7, 0.14], [784, 0.3, 1.2, 0.14]],
    }[kind];
    if (!notes || !this.audio || this.audio.state !== "running") return;
    if (!this.out) {
      this.out = this.audio.createGain();
      this.out.connect(this.audio.destination);
    }
    for (const [pitch, wait, length, loudness] of notes) {
      const at = this.audio.currentTime + wait;
      const tone = this.audio.createOscillator();
      const gain = this.audio.createGain();
      tone.type = "sine";
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(loudness, at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0005, at + length);
      tone.connect(gain).connect(this.out);
      tone.start(at);
      tone.stop(at + length + 0.05);
    }
  }

  // Silent at once: the voice, and chimes in the middle of their notes.
  silence() {
    this.hush();
    if (this.out) this.out.disconnect();
    this.out = null;
  }

  // Speak one sentence within `seconds` of real time. A newer sentence cuts an older one off; they never overlap.
  say(text, seconds) {
    this.hush();
    if (!this.on || !text) return;
    const turn = this.turn;
    if (this.browser) this.sayHere(text, seconds, turn);
    else this.sayThere(text, seconds, turn);
  }

  hush() {
    this.turn += 1;
    clearTimeout(this.limit);
    clearTimeout(this.startLimit);
    if ("speechSynthesis" in window) window.speechSynthesis.cancel();
    if (this.hostBusy) {
      this.hostBusy = false;
      this.hushHost().catch(() => {});
    }
  }

  sayHere(text, seconds, turn) {
    const words = new SpeechSynthesisUtterance(text);
    this.words = words; // Chromium forgets the events of an utterance that nobody holds
    const chosen = this.browserVoice;
    if (chosen) words.voice = chosen;
    words.lang = chosen ? chosen.lang : this.language;
    words.rate = Math.min(1.6, Math.max(0.6, this.pace / 170));
    const fail = (again) => {
      if (turn !== this.turn) return;
      this.strikes += 1;
      if (again || this.strikes >= STRIKES) {
        this.speaks = false;
        this.changed();
      }
      if (again) this.say(text, seconds - START_LIMIT / 1000);
      else this.hush();
    };
    words.onstart = () => clearTimeout(this.startLimit);
    words.onend = () => {
      if (turn !== this.turn) return;
      this.strikes = 0;
      clearTimeout(this.limit);
      clearTimeout(this.startLimit);
    };
    words.onerror = (event) => {
      if (event.error !== "canceled" && event.error !== "interrupted") fail(true);
    };
    this.startLimit = setTimeout(() => fail(true), Math.min(START_LIMIT, seconds * 1000));
    this.limit = setTimeout(() => fail(false), seconds * 1000);
    window.speechSynthesis.speak(words);
  }

  sayThere(text, seconds, turn) {
    if (!this.host || seconds < 0.2) return;
    this.hostBusy = true;
    this.askHost(text, seconds)
      .then((answer) => {
        if (this.host !== answer.host_voice) {
          this.host = answer.host_voice;
          this.changed();
        }
      })
      .catch(() => {})
      .finally(() => {
        if (turn === this.turn) this.hostBusy = false;
      });
  }
}
