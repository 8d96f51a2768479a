// A training while it runs: progress, rate, what is left, curves that grow.
import { update } from "./charts.js";

const section = document.getElementById("live");
if (section) {
  const source = new EventSource(section.dataset.source);
  const put = (id, text) => { const place = document.getElementById(id); if (place.textContent !== text) place.textContent = text; };
  addEventListener("pagehide", () => source.close());
  source.addEventListener("progress", event => {
    const now = JSON.parse(event.data);
    Object.assign(document.getElementById("progress"), { max: now.total, value: now.done });
    put("live-text", now.text);
    put("live-rate", now.rate);
    put("live-left", now.left);
    put("live-best", now.best);
    document.title = `${now.done}/${now.total} ${document.title.replace(/^\d+\/\d+ /, "")}`;
  });
  source.addEventListener("curves", event => {
    const data = JSON.parse(event.data);
    for (const id of ["curve-loss", "curve-score"]) if (document.getElementById(id)) update(document.getElementById(id), data);
  });
  source.addEventListener("steps", event => {
    const { steps, losses } = JSON.parse(event.data);
    document.getElementById("live-steps").hidden = steps.length < 2;
    if (steps.length < 2) return;
    update(document.getElementById("steps"), {
      xLabel: "step", x: steps, views: [{ name: "loss", label: "loss of a batch", series: [{ label: "loss", group: "loss", values: losses, colour: 0, width: 1.5 }] }],
    });
  });
  source.addEventListener("over", event => {
    source.close();
    const { state } = JSON.parse(event.data);
    const place = document.getElementById("live-over");
    const link = Object.assign(document.createElement("a"), { href: location.pathname, textContent: "Show the result", className: "more" });
    place.replaceChildren(`The run is ${state}. `, link);
    section.classList.add("over");
    document.title = document.title.replace(/^\d+\/\d+ /, `${state}: `);
  });
}
