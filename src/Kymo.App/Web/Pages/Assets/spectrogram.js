// A picture of a sound: short-time spectra on a mel scale, drawn into a canvas. For eyes only; networks get their own features from the server.
const size = 1024, bands = 96, floor = -75;

// Radix-2 transform in place; length a power of two.
function transform(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j], im[i], im[j]] = [re[j], re[i], im[j], im[i]];
  }
  for (let half = 1; half < n; half <<= 1) {
    const [stepRe, stepIm] = [Math.cos(Math.PI / half), -Math.sin(Math.PI / half)];
    for (let start = 0; start < n; start += 2 * half) {
      let [wRe, wIm] = [1, 0];
      for (let k = start; k < start + half; k++) {
        const [xRe, xIm] = [re[k + half] * wRe - im[k + half] * wIm, re[k + half] * wIm + im[k + half] * wRe];
        [re[k + half], im[k + half], re[k], im[k]] = [re[k] - xRe, im[k] - xIm, re[k] + xRe, im[k] + xIm];
        [wRe, wIm] = [wRe * stepRe - wIm * stepIm, wRe * stepIm + wIm * stepRe];
      }
    }
  }
}

const mel = hertz => 2595 * Math.log10(1 + hertz / 700);
const hertz = m => 700 * (10 ** (m / 2595) - 1);

// Dark blue over green to yellow, even in brightness (a few stops of viridis).
const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
function colour(share) {
  const place = Math.min(0.9999, Math.max(0, share)) * (stops.length - 1), i = Math.floor(place), rest = place - i;
  return stops[i].map((value, c) => value + rest * (stops[i + 1][c] - value));
}

/** Draws mono samples; as many columns as the canvas has. */
export function draw(canvas, samples, rate) {
  const columns = Math.min(canvas.width, Math.max(1, Math.floor(samples.length / 64)));
  const hann = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / size));
  const top = mel(rate / 2);
  const edges = Array.from({ length: bands + 1 }, (_, b) => Math.min(size / 2, Math.floor(hertz(top * b / bands) * size / rate)));
  const levels = new Float64Array(columns * bands);
  const [re, im] = [new Float64Array(size), new Float64Array(size)];
  let loudest = 1e-12;
  for (let x = 0; x < columns; x++) {
    const from = Math.floor((x + 0.5) * samples.length / columns - size / 2);
    for (let i = 0; i < size; i++) [re[i], im[i]] = [(samples[from + i] ?? 0) * hann[i], 0];
    transform(re, im);
    for (let b = 0; b < bands; b++) {
      let power = 0;
      for (let k = edges[b]; k <= Math.max(edges[b], edges[b + 1] - 1); k++) power = Math.max(power, re[k] * re[k] + im[k] * im[k]);
      levels[x * bands + b] = power;
      loudest = Math.max(loudest, power);
    }
  }
  const image = new ImageData(columns, bands);
  for (let x = 0; x < columns; x++) for (let b = 0; b < bands; b++) {
    const decibels = 10 * Math.log10(levels[x * bands + b] / loudest + 1e-12);
    image.data.set([...colour(1 - decibels / floor), 255], 4 * ((bands - 1 - b) * columns + x));
  }
  const small = new OffscreenCanvas(columns, bands);
  small.getContext("2d").putImageData(image, 0, 0);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
}
