// A button on every line that is meant to be pasted into a shell.
for (const block of document.querySelectorAll("pre.copy")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const text = block.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Without https a browser offers no clipboard: the text is marked, ready for Ctrl-C.
      getSelection().selectAllChildren(block.querySelector("code"));
      button.textContent = "Marked: Ctrl-C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  block.append(button);
}
