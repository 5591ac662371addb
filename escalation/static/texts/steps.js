// The page of a macro: of each step only the fields are shown that its deed takes. Without this file all are.

function show(step) {
  const deed = step.querySelector("[data-deed]").value;
  for (const part of step.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(deed);
  }
}

for (const step of document.querySelectorAll("[data-step]")) {
  show(step);
  step.addEventListener("change", () => show(step));
}
