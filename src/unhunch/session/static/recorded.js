// Recorded sentences, played through the same output as the chimes: the same voice in every browser.

export class Recorded {
  // names: sentence -> name of its recording. load(name) gives its bytes.
  constructor(names, load) {
    this.names = names;
    this.load = load;
    this.bytes = new Map(); // fetched before they are needed; decoded when they are
    this.failed = new Set();
    this.source = null;
  }

  has(text) {
    return text in this.names && !this.failed.has(text);
  }

  get any() {
    return Object.keys(this.names).some((text) => !this.failed.has(text));
  }

  fetch(text) {
    if (!this.bytes.has(text)) this.bytes.set(text, this.load(this.names[text]));
    return this.bytes.get(text);
  }

  // All of them, one after the other, so that a session goes on when its server is gone.
  async prepare() {
    for (const text of Object.keys(this.names)) await this.fetch(text).catch(() => this.failed.add(text));
  }

  // Plays a sentence while `wanted()` is true. Answers false when it cannot be played here.
  async play(text, audio, out, wanted) {
    try {
      const sound = await audio.decodeAudioData((await this.fetch(text)).slice(0)); // decoding empties what it is given
      if (!wanted()) return true;
      this.source = audio.createBufferSource();
      this.source.buffer = sound;
      this.source.connect(out);
      this.source.start();
      return true;
    } catch {
      this.failed.add(text);
      return false;
    }
  }

  hush() {
    if (this.source) this.source.stop();
    this.source = null;
  }
}
