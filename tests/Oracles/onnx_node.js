// Runs every case of FOLDER/cases.json in onnxruntime-node: { file, input, shape, output }, float32 numbers in and out.
// Usage: node onnx_node.js PACKAGE FOLDER
"use strict";
const fs = require("fs");
const path = require("path");
const ort = require(process.argv[2]);
const folder = process.argv[3];
const at = (name) => path.join(folder, name);
(async () => {
  const cases = JSON.parse(fs.readFileSync(at("cases.json"), "utf8"));
  for (const one of cases) {
    const session = await ort.InferenceSession.create(at(one.file), { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 });
    const bytes = fs.readFileSync(at(one.input));
    const input = new ort.Tensor("float32", new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), one.shape);
    const answer = (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]];
    fs.writeFileSync(at(one.output), Buffer.from(answer.data.buffer, answer.data.byteOffset, answer.data.byteLength));
    await session.release();
  }
  console.log(`${cases.length} runs of onnxruntime-node ${require(path.join(process.argv[2], "package.json")).version}`);
})();
