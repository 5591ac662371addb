// Says that an answer is on its way, sends with Ctrl+Enter, and shows the newest answer.

const form = document.getElementById("play");
if (form) {
  const said = document.getElementById("play-said");
  form.addEventListener("submit", () => {
    said.textContent = form.dataset.busy;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}
document.getElementById("answer")?.scrollIntoView({ block: "center" });
