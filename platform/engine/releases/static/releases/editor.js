// The editor of a draft works without this; with it, tokens are counted while one writes and rows move at once.

const form = document.getElementById("draft-form");
const count = document.getElementById("token-count");
const list = document.getElementById("guidelines");
const said = document.getElementById("guidelines-said");
const PAUSE = 500;
let timer = 0;
let asked = 0;
let changed = false;

async function recount() {
  const mine = ++asked;
  let told = null;
  try {
    const answer = await fetch(form.dataset.tokens, { method: "POST", body: new FormData(form) });
    told = answer.ok ? await answer.json() : null;
  } catch {
    told = null;
  }
  if (mine !== asked) return;
  const unknown = told?.unknown.length ? ` ${count.dataset.unknown} ${told.unknown.join(", ")}` : "";
  count.textContent = told ? told.text + unknown : count.dataset.failed;
  count.classList.toggle("font-semibold", Boolean(unknown) || Boolean(told?.window && told.total > told.window));
}

function soon() {
  changed = true;
  clearTimeout(timer);
  timer = setTimeout(recount, PAUSE);
}

function renumber() {
  [...list.children].forEach((row, at) => {
    row.querySelector("[data-place]").textContent = at + 1;
    for (const name of row.querySelectorAll("button .release-sr")) {
      name.textContent = name.textContent.replace(/\d+/, at + 1);
    }
  });
}

function add() {
  const taken = [...list.querySelectorAll("[name=row]")].map((one) => Number(one.value));
  const number = Math.max(-1, ...taken) + 1;
  const row = document.getElementById("guideline-row").content.firstElementChild.cloneNode(true);
  for (const one of row.querySelectorAll("*")) {
    for (const name of ["id", "for", "name"]) {
      const value = one.getAttribute(name);
      if (value) one.setAttribute(name, value.replace("new", number));
    }
  }
  row.querySelector("[name=row]").value = number;
  list.append(row);
  renumber();
  said.textContent = said.dataset.added;
  row.querySelector("textarea").focus();
}

function move(row, way) {
  const next = row.nextElementSibling;
  const previous = row.previousElementSibling;
  if (way === "drop") {
    row.remove();
    said.textContent = said.dataset.dropped;
    (next || previous)?.querySelector("textarea").focus();
  } else {
    if (way === "up" && previous) previous.before(row);
    if (way === "down" && next) next.after(row);
    const here = row.querySelector(`[data-move=${way}]`);
    const other = row.querySelector(`[data-move=${way === "up" ? "down" : "up"}]`);
    (getComputedStyle(here).visibility === "hidden" ? other : here).focus();
    said.textContent = `${said.dataset.moved} ${[...list.children].indexOf(row) + 1}`;
  }
  renumber();
  soon();
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("add" in button.dataset) {
    event.preventDefault();
    add();
  } else if (button.dataset.move) {
    event.preventDefault();
    move(button.closest("[data-guideline]"), button.dataset.move);
  }
});
form.addEventListener("input", soon);
form.addEventListener("submit", () => {
  changed = false;
});
addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
