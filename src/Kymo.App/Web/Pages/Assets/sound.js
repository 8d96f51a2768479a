// Sound in this browser: files decoded to mono, the microphone recorded, samples written as a WAV file.
const rate = 22050;

/** Mono samples of a file; fails for kinds that this browser does not know. */
export async function decode(bytes) {
  const context = new OfflineAudioContext(1, 1, rate);
  const buffer = await context.decodeAudioData(bytes);
  const samples = new Float32Array(buffer.length);
  for (let c = 0; c < buffer.numberOfChannels; c++) buffer.getChannelData(c).forEach((value, i) => { samples[i] += value / buffer.numberOfChannels; });
  return { samples, rate: buffer.sampleRate };
}

/** A mono WAV file of 16 bits. */
export function wav(samples, sampleRate) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, word) => [...word].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + 2 * samples.length, true); text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true); view.setUint32(28, 2 * sampleRate, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, "data"); view.setUint32(40, 2 * samples.length, true);
  samples.forEach((value, i) => view.setInt16(44 + 2 * i, Math.round(32767 * Math.min(1, Math.max(-1, value))), true));
  return new File([view.buffer], "recording.wav", { type: "audio/wav" });
}

/** Records from the microphone until `stop` is called; answers with `{ stop }`, whose result is `{ samples, rate }`. */
export async function record(listen) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  const context = new AudioContext();
  await context.audioWorklet.addModule("/assets/recorder.js");
  const node = new AudioWorkletNode(context, "kymo-recorder", { numberOfOutputs: 1 });
  const parts = [];
  let length = 0;
  node.port.onmessage = event => { parts.push(event.data); length += event.data.length; listen(length / context.sampleRate); };
  context.createMediaStreamSource(stream).connect(node).connect(context.destination);
  return {
    async stop() {
      for (const track of stream.getTracks()) track.stop();
      const sampleRate = context.sampleRate;
      await context.close();
      const samples = new Float32Array(length);
      let at = 0;
      for (const part of parts) { samples.set(part, at); at += part.length; }
      return { samples, rate: sampleRate };
    },
  };
}
