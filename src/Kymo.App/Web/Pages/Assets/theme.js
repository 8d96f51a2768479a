// Light, dark or as the system says; before the page is drawn, so that it does not flash.
(() => {
  const names = ["system", "light", "dark"], signs = { system: "◐", light: "○", dark: "●" };
  const read = () => { try { return localStorage.getItem("kymo-theme") ?? "system"; } catch { return "system"; } };
  let chosen = names.includes(read()) ? read() : "system";
  const apply = () => {
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    const button = document.getElementById("theme");
    if (button) {
      button.textContent = signs[chosen];
      button.setAttribute("aria-label", chosen === "system" ? "Colours: as the system" : `Colours: ${chosen}`);
    }
    document.dispatchEvent(new Event("kymo-theme"));
  };
  apply();
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    document.getElementById("theme").addEventListener("click", () => {
      chosen = names[(names.indexOf(chosen) + 1) % names.length];
      try { localStorage.setItem("kymo-theme", chosen); } catch { /* private windows may refuse */ }
      apply();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("kymo-theme")));
  });
})();
