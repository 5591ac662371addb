// The bar on top, the line's state, presence, and short words about what went wrong or well.
import { at, el, fill, setText } from "./dom.js";
import { knows, say } from "./words.js";
import { act, on, state } from "./store.js";
import { menu } from "./dialogs.js";
import { isOn, toggle } from "./notify.js";
import { toggleSingleKeys, singleKeys, showShortcuts } from "./shortcuts.js";

const PRESENCES = ["online", "busy", "away", "offline"];
let lostAt = 0;

// The line

on("line", ({ name }) => {
  setText(at("line"), say(`line_${name}`));
  at("line").className = `line ${name}`;
  if (name === "lost") lostAt ||= Date.now();
  if (name === "connected") { lostAt = 0; at("banner").hidden = true; }
  if (name === "ended") showBanner("ended");
});
setInterval(() => { if (lostAt && Date.now() - lostAt > 1500) showBanner("lost"); }, 500);

function showBanner(name) {
  if (!at("banner").hidden && at("banner").dataset.name === name) return;
  at("banner").dataset.name = name;
  fill(at("banner"), say(`banner_${name}`), name === "ended" ? el("a", { href: location.href, text: say("sign_in_again") }) : null);
  at("banner").hidden = false;
}

// Presence

const presence = at("presence");
presence.onchange = async () => {
  try {
    await act("presence", { presence: presence.value }, { conversation: "" });
    showPresence(presence.value);
  } catch (error) { problem(error); presence.value = presence.dataset.now; }
};

function showPresence(name) {
  presence.value = presence.dataset.now = name;
}

export async function setPresence(name) {
  presence.value = name;
  await presence.onchange();
}

on("desk", () => {
  setText(at("my-name"), state.me.name);
  const mine = state.things.members.find(one => one.id === state.me.id || one.me);
  at("presence-box").hidden = at("take-next").hidden = !state.canAct;
  if (state.canAct) showPresence(PRESENCES.includes(mine?.presence) ? mine.presence : "online");
});

// What went wrong or well

export function problem(error) {
  const message = error?.message || say(knows(`failed_${error?.code}`) ? `failed_${error.code}` : "failed_lost");
  toast(message, { isBad: true });
}
on("wrong", problem);

export function toast(message, { isBad = false, undo = null } = {}) {
  const item = el("div", { class: `toast ${isBad ? "bad" : ""}`, role: isBad ? "alert" : "status" }, el("p", { text: message }),
    undo && el("button", { type: "button", class: "plain small", text: say("undo"), onclick: () => { undo(); item.remove(); } }),
    el("button", { type: "button", class: "plain small", text: say("close"), onclick: () => item.remove() }));
  at("toasts").append(item);
  while (at("toasts").childElementCount > 3) at("toasts").firstElementChild.remove();
  setTimeout(() => item.remove(), isBad ? 12e3 : 7e3);
}

// The menu

const theme = name => dispatchEvent(new CustomEvent("desk-theme", { detail: name }));
export const settings = () => [
  ...["auto", "light", "dark"].map(name => ({ name: say(`theme_${name}`), do: () => theme(name) })),
  { name: say(isOn("sound") ? "sound_off" : "sound_on"), do: () => toggle("sound") },
  { name: say(isOn("notify") ? "notify_off" : "notify_on"), do: () => toggle("notify") },
  { name: say(singleKeys() ? "keys_off" : "keys_on"), do: toggleSingleKeys },
  { name: say("shortcuts"), hint: "?", do: showShortcuts },
];
const places = () => [...document.querySelectorAll("#places a")].map(link => ({ name: link.textContent, do: () => link.click() }));
at("menu").onclick = () => menu(at("menu"), [...settings(), ...places()], say("menu"));
