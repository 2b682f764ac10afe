// Sound: chimes always, and a voice: the recording of a sentence; else the browser's voice, else the computer's.

import { Recorded } from "./recorded.js";
import { _ } from "./words.js";

const START_LIMIT = 1500; // ms until a browser's voice must have begun
const FIRST_LIMIT = 4000; // ms for its first sentence: a speech server starts
const SOUND_LIMIT = 2000; // ms that a sleeping sound card or headset gets, once, until it runs
const STRIKES = 2; // sentences the browser's voice may swallow, or finish too late, before it is given up
const LOUD = 0.7; // of a recording; the chimes have to stand out

export class Voice {
  // say(text, seconds) asks the computer to speak and answers {said, host_voice}; hush() silences it.
  // recorded: sentence -> name of its recording, and load(name) gives its bytes.
  constructor({ on, language, pace, host, recorded, load, say, hush, changed }) {
    Object.assign(this, { on, language, pace, host, askHost: say, hushHost: hush, changed });
    this.recorded = new Recorded(on ? recorded : {}, load);
    this.speaks = on && "speechSynthesis" in window;
    if (this.speaks && window.speechSynthesis.addEventListener) window.speechSynthesis.addEventListener("voiceschanged", changed);
    this.strikes = 0; // of the browser's voice, one after the other
    this.spoken = 0; // sentences that the browser's voice began
    this.turn = 0;
    this.hostBusy = false;
    this.deaf = false; // the sound card was waited for in vain
  }

  // Before the first sentence: recordings are fetched, and the browser is asked for its voices, which may come late.
  prepare() {
    if (this.speaks) window.speechSynthesis.getVoices();
    return this.recorded.prepare().then(this.changed);
  }

  // The browser's voice for the language. Firefox on Linux lists a hundred variants of espeak-ng ("German+Andy"), all
  // alike but for their names: the plain one, with the user's own accent, else the language itself.
  get browserVoice() {
    const code = (lang) => lang.toLowerCase().replace("_", "-");
    const usual = { de: "de-de", es: "es-es", en: "en-us" }[this.language] || "";
    const rank = (one) =>
      8 * !one.name.includes("+") + 4 * (code(one.lang) === code(navigator.language)) +
      2 * (code(one.lang) === this.language) + (code(one.lang) === usual);
    return window.speechSynthesis
      .getVoices()
      .filter((one) => code(one.lang).split("-")[0] === code(this.language).split("-")[0])
      .sort((one, other) => rank(other) - rank(one))[0];
  }

  // A browser that lists no voice may have one all the same, but not one that is known to speak the language.
  get browser() {
    return this.speaks && Boolean(this.browserVoice);
  }

  get there() {
    return this.on && (this.recorded.any || this.browser || Boolean(this.host));
  }

  get label() {
    if (!this.on) return _("Voice off: chimes and text");
    if (this.recorded.any) return _("Voice: recorded");
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
      change: [[587.3, 0, 0.5, 0.4], [880, 0.11, 0.7, 0.32]],
      stop: [[440, 0, 0.4, 0.45], [349.2, 0.2, 0.7, 0.45]],
      soft: [[660, 0, 0.25, 0.25]],
      in: [[294, 0, 0.3, 0.18], [392, 0.12, 0.3, 0.13]],
      out: [[392, 0, 0.3, 0.18], [294, 0.12, 0.3, 0.15]],
      end: [[523.3, 0, 0.6, 0.35], [659.3, 0.15, 0.7, 0.35], [784, 0.3, 1.2, 0.35]],
    }[kind];
    if (!notes || !this.audio || this.audio.state !== "running") return;
    this.open();
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

  open() {
    if (this.out) return;
    this.out = this.audio.createGain();
    this.out.connect(this.audio.destination);
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
    if (this.recorded.has(text) && this.audio) this.sayRecorded(text, seconds, turn);
    else this.sayLive(text, seconds, turn);
  }

  // Whether the sound card runs. The click that woke it may be a moment ago, and one voice should say it all.
  async sounds(limit) {
    if (this.audio.state !== "running" && !this.deaf) {
      const patience = new Promise((over) => setTimeout(over, limit));
      await Promise.race([this.audio.resume().catch(() => {}), patience]);
    }
    this.deaf = this.audio.state !== "running";
    return !this.deaf;
  }

  async sayRecorded(text, seconds, turn) {
    const asked = performance.now();
    const sounds = await this.sounds(Math.min(SOUND_LIMIT, seconds * 500));
    if (turn !== this.turn) return;
    if (!sounds) return this.sayLive(text, seconds - (performance.now() - asked) / 1000, turn);
    this.open();
    if (!this.voiceOut || this.voiceOut.context !== this.audio || this.voiceTo !== this.out) {
      this.voiceOut = this.audio.createGain();
      this.voiceOut.gain.value = LOUD;
      this.voiceOut.connect(this.out);
      this.voiceTo = this.out;
    }
    if (await this.recorded.play(text, this.audio, this.voiceOut, () => turn === this.turn)) return;
    this.changed();
    if (turn === this.turn) this.sayLive(text, seconds, turn);
  }

  sayLive(text, seconds, turn) {
    if (this.browser) this.sayHere(text, seconds, turn);
    else this.sayThere(text, seconds, turn);
  }

  hush() {
    this.turn += 1;
    clearTimeout(this.limit);
    clearTimeout(this.startLimit);
    this.recorded.hush();
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
    const limit = this.spoken ? START_LIMIT : FIRST_LIMIT;
    const fail = (again) => {
      if (turn !== this.turn) return;
      this.strikes += 1;
      if (again || this.strikes >= STRIKES) {
        this.speaks = false;
        this.changed();
      }
      if (again) this.say(text, seconds - limit / 1000);
      else this.hush();
    };
    words.onstart = () => {
      this.spoken += 1;
      clearTimeout(this.startLimit);
    };
    words.onend = () => {
      if (turn !== this.turn) return;
      this.strikes = 0;
      clearTimeout(this.limit);
      clearTimeout(this.startLimit);
    };
    words.onerror = (event) => {
      if (event.error !== "canceled" && event.error !== "interrupted") fail(true);
    };
    this.startLimit = setTimeout(() => fail(true), Math.min(limit, seconds * 1000));
    this.limit = setTimeout(() => fail(false), seconds * 1000); // too slow for its cue counts like silence
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
