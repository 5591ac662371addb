// Files on their way to a message: by button, by drop, by paste. Their names and kinds are checked by the server again.
import { at, el, fill, icon } from "./dom.js";
import { say, size } from "./words.js";
import { emit, on, state } from "./store.js";
import { problem } from "./bar.js";

const MOST = 10;
const kept = new Map();
const page = at("desk").dataset;
const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

export const fileUrl = (id, conversation = state.chosen) => `${page.files}${encodeURIComponent(conversation)}/files/${id ? `${encodeURIComponent(id)}/` : ""}`;
const list = () => kept.get(state.chosen) ?? kept.set(state.chosen, []).get(state.chosen);

export const ids = () => list().filter(one => one.id).map(one => one.id);
export const areReady = () => list().every(one => one.id);

export function forget(conversation) {
  kept.delete(conversation);
  show();
}

function show() {
  emit("files");
  const now = state.chosen ? list() : [];
  at("attached").hidden = !now.length;
  fill(at("attached"), now.map(one => el("li", { class: one.id ? "attached" : "attached loading" }, icon("file"), el("bdi", { class: "file-name", text: one.name }),
    el("span", { class: "hint", text: one.id ? size(one.size) : say("uploading") }),
    el("button", { type: "button", class: "icon-only small", "aria-label": say("remove_file", { name: one.name }), onclick: () => remove(one) }, icon("close")))));
}

function remove(one) {
  one.stop?.abort();
  kept.set(state.chosen, list().filter(other => other !== one));
  show();
}

export async function add(files) {
  const conversation = state.chosen, room = MOST - list().length;
  if (files.length > room) problem({ message: say("too_many_files", { n: MOST }) });
  await Promise.all([...files].slice(0, Math.max(0, room)).map(file => upload(conversation, file)));
}

async function upload(conversation, file) {
  const stop = new AbortController(), one = { name: file.name || "file", size: file.size, stop }, mine = list();
  if (file.size > Number(page.most)) { problem({ message: say("too_large_file", { name: one.name, most: size(Number(page.most)) }) }); return; }
  mine.push(one);
  show();
  try {
    const form = new FormData();
    form.append("file", file, one.name);
    const answer = await fetch(fileUrl("", conversation), { method: "POST", body: form, headers: { "X-CSRFToken": csrf(), Accept: "application/json" }, signal: stop.signal });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw { message: told.message || told.detail || say("failed_lost") };
    Object.assign(one, told);
  } catch (error) {
    if (error.name !== "AbortError") problem(error);
    kept.set(conversation, mine.filter(other => other !== one));
  }
  show();
}

on("chosen", show);

at("attach").onclick = () => at("file").click();
at("file").onchange = () => { add(at("file").files); at("file").value = ""; };
at("text").addEventListener("paste", event => {
  const files = event.clipboardData?.files;
  if (files?.length) { event.preventDefault(); add(files); }
});
const zone = at("open");
zone.addEventListener("dragover", event => { if (canDrop(event)) { event.preventDefault(); zone.classList.add("dropping"); } });
zone.addEventListener("dragleave", event => { if (!zone.contains(event.relatedTarget)) zone.classList.remove("dropping"); });
zone.addEventListener("drop", event => {
  zone.classList.remove("dropping");
  if (canDrop(event)) { event.preventDefault(); add(event.dataTransfer.files); }
});
const canDrop = event => state.canAct && state.chosen && [...event.dataTransfer.types].includes("Files");
