// The list of runs: filters act at once, and the button says how many runs would be compared.
const choose = document.getElementById("choose");
const [button, chosen] = [document.getElementById("compare"), document.getElementById("chosen")];
const count = () => {
  const ticked = choose.querySelectorAll("input:checked").length;
  button.disabled = ticked < 2;
  button.textContent = ticked < 2 ? "Compare the ticked runs" : `Compare ${ticked} runs`;
  chosen.textContent = ticked === 1 ? "one more to compare" : "";
  for (const row of choose.querySelectorAll("tbody tr")) row.classList.toggle("ticked", row.querySelector("input")?.checked ?? false);
};
choose.addEventListener("change", count);
addEventListener("pageshow", count);
count();
for (const select of document.querySelectorAll("form.filter select")) select.addEventListener("change", () => select.form.requestSubmit());
