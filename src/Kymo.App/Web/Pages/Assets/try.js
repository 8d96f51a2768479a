// Asks a loaded network about a file or a recording, and draws what it says.
import { update } from "./charts.js";
import { decode, record, wav } from "./sound.js";
import { draw } from "./spectrogram.js";
import { models, ask } from "./service.js";

const at = id => document.getElementById(id);
const [choice, said, recordButton] = [at("model"), at("said"), at("record")];
let known = [], turn = 0, recording = null, playing = null;

const say = text => { said.textContent = text; };
const chosen = () => known.find(model => model.name === choice.value);
const percent = share => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

function element(name, attributes = {}, ...children) {
  const made = ["svg", "rect", "path", "text", "line", "g"].includes(name) ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

async function look() {
  try {
    known = await models();
  } catch (error) {
    choice.replaceChildren(new Option("no answer"));
    say(`The models cannot be listed: ${error.message}`);
    return;
  }
  choice.replaceChildren(...known.map(model => new Option(`${model.name}${model.recipe ? ` (${model.recipe})` : ""}`, model.name)));
  choice.disabled = known.length === 0;
  if (known.length === 0) {
    choice.append(new Option("none"));
    say("This server has no network loaded. Export one (kymo export RUN) and start: kymo serve --models FOLDER");
  }
  change();
}

function change() {
  const model = chosen();
  at("file").disabled = !model?.takes;
  at("microphone").hidden = model?.takes !== "sound" || !navigator.mediaDevices;
  at("kinds").textContent = { sound: "WAV, FLAC, Ogg, AIFF or MP3; long recordings are heard in overlapping windows.", midi: "A MIDI file.",
    night: "The files of a night together: …_heartrate.txt, …_acceleration.txt and …_steps.txt (for networks of epoch features …_epochs.csv, …_heartrate.txt, …_labeled_sleep.txt), or one JSON file.",
    sensor: "A table with columns x, y, z, or JSON." }[model?.takes]
    ?? (model ? "This page cannot ask this kind of network; programs can: see the API." : "");
  at("about").textContent = model?.classes?.length ? `Tells apart ${model.classes.slice(0, 20).join(", ")}${model.classes.length > 20 ? " …" : ""}.` : "";
  at("answer").hidden = true;
}

async function send(files) {
  const [model, file] = [chosen(), files[0]];
  if (!model?.takes) return;
  const mine = ++turn;
  at("answer").hidden = true;
  say(`Asking ${model.name} about ${file.name} …`);
  let answer;
  try {
    answer = await ask(model, files);
  } catch (error) {
    if (mine === turn) say(`${file.name}: ${error.message}`);
    return;
  }
  if (mine !== turn) return;
  show(model, file, answer);
  if (model.takes === "sound") await picture(file, mine);
}

async function picture(file, mine) {
  at("picture").hidden = false;
  if (playing) URL.revokeObjectURL(playing);
  at("player").src = playing = URL.createObjectURL(file);
  try {
    const { samples, rate } = await decode(await file.arrayBuffer());
    if (mine === turn) draw(at("spectrogram"), samples, rate);
    at("spectrogram").setAttribute("aria-label", `Spectrogram of ${file.name}, ${(samples.length / rate).toFixed(1)} seconds`);
  } catch {
    if (mine === turn) at("picture").hidden = true;
  }
}

function show(model, file, answer) {
  at("answer").hidden = false;
  at("picture").hidden = true;
  at("over-time").replaceChildren();
  at("top").replaceChildren();
  at("json").textContent = JSON.stringify(answer.whole, null, 2);
  if (answer.probabilities) at("top").append(bars(answer.probabilities));
  if (answer.windows?.length > 1) at("over-time").append(curves(answer));
  if (answer.epochs?.length) at("over-time").append(...night(answer));
  const plain = Object.entries(answer.whole).filter(([name, value]) => ["number", "string"].includes(typeof value) && name !== "file");
  at("facts").replaceChildren(...plain.map(([name, value]) => element("div", {}, element("dt", {}, name.replaceAll("_", " ")), element("dd", {}, typeof value === "number" ? +value.toPrecision(4) : value))));
  drawn();
  say(answer.probabilities ? `${file.name}: ${best(answer.probabilities)[0]}, ${percent(best(answer.probabilities)[1])}`
    : answer.epochs ? `${file.name}: ${answer.epochs.length} epochs` : `${file.name}: answered`);
}

const ranked = probabilities => Object.entries(probabilities).sort((a, b) => b[1] - a[1]);
const best = probabilities => ranked(probabilities)[0];

function bars(probabilities) {
  return element("ol", { class: "answers" }, ...ranked(probabilities).slice(0, 6).map(([name, share]) => element("li", {},
    element("span", {}, name),
    element("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, element("rect", { width: 100, height: 6, class: "rail" }), element("rect", { width: (100 * share).toFixed(1), height: 6 })),
    element("span", { class: "n" }, percent(share)))));
}

let pending = [];
function chart(id, caption, data) {
  const figure = element("figure", { class: "chart", id, "data-view": "" }, element("figcaption", {}, caption),
    element("div", { class: "plot", tabindex: 0, role: "group", "aria-label": `${caption}; arrow keys read the values` }),
    element("output", { class: "reading", "aria-live": "polite" }, "\u00a0"), element("script", { type: "application/json" }, JSON.stringify(data)));
  pending.push([figure, data]);
  return figure;
}
const drawn = () => { for (const [figure, data] of pending) update(figure, data); pending = []; };

// The classes that are most probable somewhere, over the middles of the windows.
function curves({ windows }) {
  const peak = name => Math.max(...windows.map(window => window.probabilities[name] ?? 0));
  const names = Object.keys(windows[0].probabilities).sort((a, b) => peak(b) - peak(a)).slice(0, 8);
  const series = names.map((name, i) => ({ label: name, group: name, values: windows.map(window => window.probabilities[name] ?? 0), colour: i, width: 2 }));
  return chart("probabilities", "Probabilities over time", { xLabel: "s", x: windows.map(window => +((window.start + window.end) / 2).toFixed(3)), views: [{ name: "p", label: "probability", series }] });
}

const order = ["REM", "Wake", "N1", "Light", "NREM", "N2", "Sleep", "N3", "Deep"];
const depth = { Wake: 0, REM: 1, N1: 2, Light: 2, NREM: 2, Sleep: 2, N2: 3, N3: 4, Deep: 4 };

function night({ epochs, classes, measures, minutes }) {
  const rows = [...new Set(classes?.length ? classes : epochs.map(epoch => epoch.label))].sort((a, b) => (depth[a] ?? order.length) - (depth[b] ?? order.length));
  const [left, width, step] = [56, 900, 34];
  const height = rows.length * step + 30;
  const [first, last] = [epochs[0].t, epochs.at(-1).t + (epochs[1]?.t - epochs[0].t || 30)];
  const x = t => (left + (t - first) / (last - first) * (width - left - 8)).toFixed(1);
  const y = label => 18 + rows.indexOf(label) * step;
  const until = i => epochs[i + 1]?.t ?? last;
  const path = epochs.map((epoch, i) => `${i ? "L" : "M"}${x(epoch.t)},${y(epoch.label)}L${x(until(i))},${y(epoch.label)}`).join("");
  const rem = epochs.map((epoch, i) => epoch.label === "REM" ? `M${x(epoch.t)},${y("REM")}L${x(until(i))},${y("REM")}` : "").join("");
  const hours = Array.from({ length: Math.floor((last - first) / 3600) + 1 }, (_, h) => h);
  const svg = element("svg", { class: "hypnogram", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Hypnogram of ${((last - first) / 3600).toFixed(1)} hours; ${Object.entries(minutes ?? {}).map(([name, count]) => `${name} ${Math.round(count)} minutes`).join(", ")}` },
    ...rows.map(label => element("g", {}, element("line", { class: "axis", x1: left, x2: width, y1: y(label), y2: y(label), "stroke-dasharray": "1 5" }), element("text", { x: left - 8, y: y(label) + 4, "text-anchor": "end" }, label))),
    ...hours.map(h => element("text", { x: x(first + 3600 * h), y: height - 4, "text-anchor": first + 3600 * h > last - 300 ? "end" : "middle" }, `${h} h`)),
    element("path", { d: path }), element("path", { d: rem, class: "rem" }));
  const facts = [...Object.entries(minutes ?? {}).map(([name, count]) => [name, `${Math.round(count)} min`]), ...Object.entries(measures ?? {}).filter(([, value]) => value != null).map(([name, value]) => [name.replaceAll("_", " "), (+value).toFixed(value < 1.5 ? 2 : 0)])];
  return [element("h3", {}, "Hypnogram"), element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Hypnogram" }, svg),
    element("dl", { class: "facts" }, ...facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))))];
}

choice.addEventListener("change", change);
at("ask").addEventListener("submit", event => event.preventDefault());
at("file").addEventListener("change", event => { if (event.target.files.length) send([...event.target.files]); event.target.value = ""; });
const drop = at("drop");
for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, event => { event.preventDefault(); drop.classList.add("here"); });
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("here"));
drop.addEventListener("drop", event => { event.preventDefault(); if (event.dataTransfer.files.length) send([...event.dataTransfer.files]); });

recordButton.addEventListener("click", async () => {
  if (recording) {
    const stopped = recording;
    recording = null;
    recordButton.setAttribute("aria-pressed", "false");
    recordButton.textContent = "● Record";
    const { samples, rate } = await stopped.stop();
    at("recorded").textContent = `${(samples.length / rate).toFixed(1)} s recorded`;
    if (samples.length > 0) await send([wav(samples, rate)]);
    return;
  }
  try {
    recording = await record(seconds => { at("recorded").textContent = `${seconds.toFixed(1)} s`; });
    recordButton.setAttribute("aria-pressed", "true");
    recordButton.textContent = "■ Stop and ask";
  } catch (error) {
    say(`The microphone cannot be used: ${error.message}`);
  }
});

look();
