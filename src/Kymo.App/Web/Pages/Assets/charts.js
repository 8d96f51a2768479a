// Draws every figure of class `chart` with uPlot: series by group, a choice of score, values under the pointer or the arrow keys.
const figures = new Map();
const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const shown = value => value == null ? "–" : Math.abs(value) >= 100 ? value.toFixed(1) : value !== 0 && Math.abs(value) < 0.01 ? value.toPrecision(3) : value.toFixed(3);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

class Chart {
  constructor(figure) {
    this.figure = figure;
    this.plot = figure.querySelector(".plot");
    this.reading = figure.querySelector(".reading");
    this.hidden = new Set();
    this.at = null;
    this.tools = document.createElement("div");
    this.tools.className = "tools";
    this.plot.before(this.tools);
    this.plot.addEventListener("keydown", event => this.key(event));
    this.plot.addEventListener("blur", () => this.read(null));
    new ResizeObserver(() => this.fit()).observe(figure);
    document.addEventListener("kymo-theme", () => this.draw());
    this.update(JSON.parse(figure.querySelector("script").textContent));
  }

  update(data) {
    this.data = data;
    const views = data.views.map(view => view.name);
    const fallback = this.figure.dataset.view === "loss" ? views[0] : views.find(name => name !== "loss") ?? views[0];
    if (!views.includes(this.view)) this.view = views.includes(this.figure.dataset.view) ? this.figure.dataset.view : fallback;
    this.controls();
    this.draw();
  }

  get current() { return this.data.views.find(view => view.name === this.view); }

  controls() {
    const groups = [...new Set((this.current?.series ?? []).map(one => one.group))];
    const sign = JSON.stringify([this.data.views.map(view => view.name), groups, this.view]);
    if (sign === this.sign) return;
    this.sign = sign;
    this.tools.replaceChildren();
    if (this.data.views.length > 1 && this.figure.dataset.view !== "loss") {
      const select = document.createElement("select");
      select.setAttribute("aria-label", "Score");
      for (const view of this.data.views) select.append(new Option(view.label, view.name, false, view.name === this.view));
      select.addEventListener("change", () => { this.view = select.value; this.draw(); });
      this.tools.append(select);
    } else if (this.current) {
      this.tools.append(Object.assign(document.createElement("span"), { className: "view", textContent: this.current.label }));
    }
    if (groups.length > 1) for (const group of groups) this.tools.append(this.toggle(group));
  }

  toggle(group) {
    const of = this.current.series.filter(one => one.group === group);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toggle";
    button.setAttribute("aria-pressed", String(!this.hidden.has(group)));
    const swatch = document.createElement("span");
    swatch.className = `swatch c${of[0].colour % 8}${of[0].dash ? " dash" : ""}${of.length > 2 || of[0].faint ? " many" : ""}`;
    button.append(swatch, group);
    button.addEventListener("click", () => {
      if (!this.hidden.delete(group)) this.hidden.add(group);
      button.setAttribute("aria-pressed", String(!this.hidden.has(group)));
      this.draw();
    });
    return button;
  }

  draw() {
    const view = this.current;
    this.u?.destroy();
    this.u = null;
    this.plot.dataset.empty = !view || this.data.x.length === 0 ? "no values yet" : "";
    if (!view || this.data.x.length === 0) return;
    const [ink, soft, line] = [style("--ink"), style("--soft"), style("--line")];
    const font = "12px system-ui, sans-serif";
    const axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 }, font };
    this.series = view.series.filter(one => !this.hidden.has(one.group));
    const lines = this.series.map(one => {
      const colour = style(`--c${one.colour % 8}`);
      return {
        label: one.label, stroke: colour + (one.faint ? "59" : ""), width: one.width, dash: one.dash ? [6, 4] : undefined, spanGaps: true,
        points: { show: one.points || this.data.x.length === 1, size: one.points ? 8 : 5, fill: colour },
        paths: one.points ? () => null : one.step ? uPlot.paths.stepped({ align: 1 }) : undefined,
      };
    });
    const [first, last] = [this.data.x[0], this.data.x.at(-1)];
    this.u = new uPlot({
      width: this.width(), height: 260, series: [{ label: this.data.xLabel }, ...lines], legend: { show: false },
      cursor: { points: { size: 7 }, drag: { x: true, y: false, setScale: !calm } },
      scales: { x: { time: false, range: (u, min, max) => first === last ? [first - 1, first + 1] : [min, max] } },
      axes: [
        { ...axis, label: this.data.xLabel, labelFont: font, labelSize: 18, size: 34, incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10000] },
        { ...axis, size: 54, values: (u, ticks) => ticks.map(tick => Number.isInteger(tick) ? String(tick) : String(+tick.toPrecision(4))) },
      ],
      hooks: { setCursor: [u => this.read(u.cursor.idx)] },
    }, [this.data.x, ...this.series.map(one => this.data.x.map((_, i) => one.values[i] ?? null))], this.plot);
    this.u.root.style.color = ink;
  }

  width() { return Math.max(200, Math.floor(this.plot.clientWidth)); }

  fit() { if (this.u && this.u.width !== this.width()) this.u.setSize({ width: this.width(), height: 260 }); }

  read(at) {
    this.at = at;
    if (at == null || !this.u) { this.reading.textContent = "\u00a0"; return; }
    const values = this.series.filter(one => !one.faint && one.values[at] != null).map(one => `${one.label} ${shown(one.values[at])}`);
    this.reading.textContent = `${this.data.xLabel} ${this.data.x[at]}: ${values.join(", ")}`;
  }

  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || !this.u) return;
    event.preventDefault();
    const last = this.data.x.length - 1;
    const from = this.at ?? (step < 0 ? last + 1 : -1);
    const at = Math.min(last, Math.max(0, from + step));
    this.u.setCursor({ left: this.u.valToPos(this.data.x[at], "x"), top: 20 }, false);
    this.read(at);
  }
}

/** Gives a figure new data. */
export function update(figure, data) {
  if (!figures.has(figure)) figures.set(figure, new Chart(figure));
  figures.get(figure).update(data);
}

/** Draws the figures that a page came with. */
export function drawAll(within = document) {
  for (const figure of within.querySelectorAll("figure.chart")) if (!figures.has(figure)) figures.set(figure, new Chart(figure));
}

drawAll();
