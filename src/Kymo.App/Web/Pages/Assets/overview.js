// Trainings of this moment; runs come and go without the page being loaded again.
const section = document.getElementById("live");
const list = section?.querySelector("ul");
const line = run => [run.text, run.left, run.best].filter(Boolean).join(" · ");
const rows = new Map([...list?.children ?? []].filter(row => row.dataset.run).map(row => [row.dataset.run, row]));

function row(run) {
  if (rows.has(run.name)) return rows.get(run.name);
  const item = document.createElement("li");
  item.dataset.run = run.name;
  const link = Object.assign(document.createElement("a"), { href: `/runs/${encodeURIComponent(run.name)}`, textContent: run.name });
  const recipe = Object.assign(document.createElement("span"), { className: "soft", textContent: ` ${run.recipe}` });
  const progress = document.createElement("progress");
  progress.setAttribute("aria-label", `Progress of ${run.name}`);
  const text = Object.assign(document.createElement("span"), { className: "soft" });
  text.dataset.text = "";
  item.append(link, recipe, progress, text);
  list.append(item);
  rows.set(run.name, item);
  return item;
}

if (section) {
  const source = new EventSource(section.dataset.source);
  addEventListener("pagehide", () => source.close());
  source.addEventListener("running", event => {
    const { runs } = JSON.parse(event.data);
    for (const [name, item] of rows) {
      if (runs.some(run => run.name === name)) continue;
      item.querySelector("[data-text]").textContent = "ended";
      item.querySelector("progress")?.remove();
    }
    for (const run of runs) {
      const item = row(run);
      Object.assign(item.querySelector("progress"), { max: run.total, value: run.done });
      item.querySelector("[data-text]").textContent = line(run);
    }
    section.hidden = rows.size === 0;
  });
}
