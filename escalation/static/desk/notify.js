// A sound and the browser's notification, each only for who has asked for it in this browser.
import { say } from "./words.js";
import { emit } from "./store.js";

const KEYS = { sound: "desk.sound", notify: "desk.notify" };
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a browser that keeps nothing */ } };
const kept = key => { try { return localStorage.getItem(key); } catch { return null; } };
let sounds;

export const isOn = name => kept(KEYS[name]) === "yes" && (name !== "notify" || window.Notification?.permission === "granted");

export async function toggle(name) {
  if (isOn(name)) { keep(KEYS[name], "no"); return; }
  if (name === "notify") {
    const answer = await window.Notification?.requestPermission();
    if (answer !== "granted") { emit("wrong", { message: say("notify_refused") }); return; }
  }
  keep(KEYS[name], "yes");
  if (name === "sound") ring();
}

// Two soft tones, made here: nothing is fetched.
export function ring() {
  if (!isOn("sound")) return;
  sounds ??= new AudioContext();
  [[660, 0], [880, 0.16]].forEach(([pitch, after]) => {
    const tone = sounds.createOscillator(), loud = sounds.createGain(), from = sounds.currentTime + after;
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.0001, from);
    loud.gain.exponentialRampToValueAtTime(0.12, from + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.0001, from + 0.28);
    tone.connect(loud).connect(sounds.destination);
    tone.start(from);
    tone.stop(from + 0.3);
  });
}

// `call` is what a click on it does. A page that is looked at needs no notification.
export function notify(title, body, tag, call) {
  ring();
  if (!isOn("notify") || !document.hidden) return;
  const shown = new Notification(title, { body, tag });
  shown.onclick = () => { window.focus(); call(); shown.close(); };
}
