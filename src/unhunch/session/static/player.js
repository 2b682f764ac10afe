// The session's clock: plays a track of cues, knows what was played, and says when something begins.

const TICK = 50; // ms
const ASLEEP = 10000; // ms between two ticks: the computer slept

export class Player {
  // on: { cue(cue), phase(phase, cue), tick(at, cue, phase), ask(cue), end(), slept() }
  constructor(speed, on) {
    this.speed = speed;
    this.on = on;
    this.track = null;
    this.playing = false;
    this.at = 0;
    this.played = [];
    this.counts = false;
  }

  // `counts`: what is played of this track is roller time.
  load(track, at, counts) {
    this.stop();
    this.track = track;
    this.counts = counts;
    this.at = at;
    this.begun = null;
    this.begunPhase = null;
  }

  get cue() {
    return this.track.cues.find((cue) => this.at < cue.at + cue.seconds) || this.track.cues[this.track.cues.length - 1];
  }

  play() {
    if (this.playing || !this.track) return;
    this.playing = true;
    this.from = this.at;
    this.mark = performance.now();
    this.wall = Date.now();
    this.timer = setInterval(() => this.tick(), TICK);
    this.tick();
  }

  stop() {
    if (!this.playing) return;
    this.advance();
    this.close();
    this.playing = false;
    clearInterval(this.timer);
  }

  // Go to the beginning of a cue, to say it anew.
  seek(at) {
    const playing = this.playing;
    this.stop();
    this.at = Math.max(0, Math.min(at, this.track.seconds));
    this.begun = null;
    this.begunPhase = null;
    if (playing) this.play();
    else this.draw();
  }

  again() {
    const cues = this.track.cues;
    const index = cues.indexOf(this.cue);
    const early = this.at - this.cue.at < 2 * Math.max(1, this.speed / 4);
    this.seek(cues[Math.max(0, early ? index - 1 : index)].at);
  }

  skip() {
    this.seek(this.cue.at + this.cue.seconds);
  }

  // What was played since the last time; emptied.
  takePlayed() {
    if (this.playing) {
      this.advance();
      this.close();
      this.from = this.at;
    }
    const taken = this.played;
    this.played = [];
    return taken;
  }

  advance() {
    const now = performance.now();
    this.at = Math.min(this.track.seconds, this.at + ((now - this.mark) / 1000) * this.speed);
    this.mark = now;
  }

  close() {
    if (this.counts && this.at > this.from) this.played.push([this.from, this.at]);
    this.from = this.at;
  }

  tick() {
    if (Date.now() - this.wall > ASLEEP) {
      this.mark = performance.now();
      this.stop();
      this.on.slept();
      return;
    }
    this.wall = Date.now();
    this.advance();
    if (this.at >= this.track.seconds) {
      this.stop();
      this.on.end();
      return;
    }
    this.draw();
  }

  draw() {
    const cue = this.cue;
    if (this.begun !== cue) {
      this.begun = cue;
      this.begunPhase = null;
      this.on.cue(cue);
      if (cue.kind === "ask" && this.playing) {
        this.stop();
        this.on.ask(cue);
        return;
      }
    }
    const inside = this.at - cue.at;
    const phase = cue.phases.find((part) => inside < part.at + part.seconds) || null;
    if (phase && phase !== this.begunPhase) {
      this.begunPhase = phase;
      this.on.phase(phase, cue);
    }
    this.on.tick(this.at, cue, phase);
  }
}
