// Median milliseconds of one run of an ONNX file in onnxruntime-node, one thread.
// Usage: node onnx_latency.js CHECKOUT FILE SIZES
"use strict";
const path = require("path");
const ort = require(path.join(process.argv[2], "native", "onnxruntime", "node_modules", "onnxruntime-node"));
(async () => {
  const shape = process.argv[4].split(",").map(Number);
  const session = await ort.InferenceSession.create(process.argv[3], { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const count = shape.reduce((a, b) => a * b);
  const input = new ort.Tensor("float32", Float32Array.from({ length: count }, (_, i) => Math.sin(i)), shape);
  const feeds = { [session.inputNames[0]]: input };
  for (let i = 0; i < 20; i++) await session.run(feeds);
  const times = [], began = process.hrtime.bigint();
  while (times.length < 20 || (times.length < 2000 && process.hrtime.bigint() - began < 300000000n)) {
    const once = process.hrtime.bigint();
    await session.run(feeds);
    times.push(Number(process.hrtime.bigint() - once) / 1e6);
  }
  times.sort((a, b) => a - b);
  console.log(times[times.length >> 1]);
})();
