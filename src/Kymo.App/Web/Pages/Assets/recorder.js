// Hands the microphone's samples to the page, a few thousand at a time.
class Recorder extends AudioWorkletProcessor {
  constructor() {
    super();
    this.part = new Float32Array(4096);
    this.filled = 0;
  }

  process([input]) {
    if (input[0]) {
      for (const value of input[0]) {
        this.part[this.filled++] = value;
        if (this.filled < this.part.length) continue;
        this.port.postMessage(this.part);
        this.part = new Float32Array(4096);
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("kymo-recorder", Recorder);
