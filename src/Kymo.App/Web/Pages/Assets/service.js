// The service's own endpoints, as programs use them: GET /models, POST /models/NAME/predict, POST /nights.

// What a file of the sleep dataset is, by the end of its name.
const streams = { "_heartrate.txt": "heart_rate", "_acceleration.txt": "motion", "_steps.txt": "steps", "_labeled_sleep.txt": "labels", "_epochs.csv": "epochs" };

async function answered(response) {
  const type = response.headers.get("content-type") ?? "";
  const body = type.startsWith("application/json") ? await response.json() : { detail: await response.text() };
  if (response.ok) return body;
  const { detail } = body;
  const words = Array.isArray(detail) ? detail.map(one => `${(one.loc ?? []).slice(1).join(".")}: ${one.msg}`).join("; ") : detail;
  throw new Error(words || `the server answered ${response.status}`);
}

/** The networks that are loaded, with what this page can give them: sound, midi, night, sensor; null where it cannot. */
export async function models() {
  const { models: loaded } = await answered(await fetch("/models"));
  return loaded.map(model => ({ ...model, takes: { sound: "sound", midi: "midi", night: "night", window: "night", sensor: "sensor" }[model.input] ?? null }));
}

/** Asks a network about files; answers with what it said and with probabilities, windows or epochs where it has them. */
export async function ask(model, files) {
  const whole = await (model.takes === "night" ? askNight(model, files) : model.takes === "sensor" ? askSensor(model, files[0]) : askRecording(model, files[0]));
  return { whole, probabilities: whole.probabilities, windows: whole.windows, epochs: whole.epochs, measures: whole.measures, minutes: whole.minutes, classes: model.classes };
}

const post = (path, body) => fetch(path, typeof body === "string" ? { method: "POST", body, headers: { "content-type": "application/json" } } : { method: "POST", body }).then(answered);
const path = model => `/models/${encodeURIComponent(model.name)}/predict`;

function askRecording(model, file) {
  const form = new FormData();
  form.append("file", file, file.name);
  return post(path(model), form);
}

async function askNight(model, files) {
  if (files.length === 1 && files[0].name.endsWith(".json")) {
    const text = await files[0].text();
    // Arrays are the rows of one window; objects are the streams of a night.
    return post(Array.isArray(JSON.parse(text).heart_rate) ? path(model) : `/nights?model=${encodeURIComponent(model.name)}`, text);
  }
  const form = new FormData();
  for (const file of files) {
    const ending = Object.keys(streams).find(end => file.name.endsWith(end));
    if (!ending) throw new Error(`what is this file? Its name should end in ${Object.keys(streams).join(", ")} or .json`);
    form.append(streams[ending], file, file.name);
  }
  return post(`/nights?model=${encodeURIComponent(model.name)}`, form);
}

// A table of columns x, y, z becomes arrays.
async function askSensor(model, file) {
  const text = await file.text();
  if (file.name.endsWith(".json")) return post(path(model), text);
  const [header, ...rows] = text.trim().split(/\r?\n/).map(line => line.split(/[,;\t]/).map(cell => cell.trim()));
  const columns = Object.fromEntries(["x", "y", "z"].map(axis => {
    const at = header.findIndex(name => name.toLowerCase() === axis || name.toLowerCase().endsWith(`_${axis}`));
    if (at < 0) throw new Error(`no column ${axis}; the first line should name the columns x, y, z`);
    return [axis, rows.map(row => Number(row[at]))];
  }));
  return post(path(model), JSON.stringify(columns));
}
