// Promises that count down. One tick a second for all of them.
import { setText } from "./dom.js";
import { full, say, span } from "./words.js";

const NEAR_MS = 3e5;

// The next promise of a row, if one is running.
export const dueOf = row => ["agent", "queue"].includes(row.owner)
  ? [row.reply_due_at, row.resolve_due_at].filter(Boolean).sort()[0] ?? "" : "";

export function paintDue(element, due, { paused = false } = {}) {
  element.hidden = !due;
  element.dataset.due = due && !paused ? due : "";
  if (due) tick(element, due, paused);
}

function tick(element, due, paused) {
  const left = new Date(due) - Date.now();
  const text = paused ? say("paused") : say(left < 0 ? "overdue" : "due_in", { time: span(left / 1000) });
  setText(element, text);
  element.title = full(due);
  element.classList.toggle("late", !paused && left < 0);
  element.classList.toggle("near", !paused && left >= 0 && left < NEAR_MS);
}

setInterval(() => {
  for (const element of document.querySelectorAll("[data-due]")) if (element.dataset.due) tick(element, element.dataset.due, false);
}, 1000);
