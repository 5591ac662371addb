// The page's sentences, as the server wrote them in the reader's language, and moments in her way of writing them.
const words = JSON.parse(document.getElementById("words").textContent);
const lang = document.documentElement.lang || "en";
const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto", style: "narrow" });
const clockTime = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(lang, { weekday: "short", day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });

export const say = (word, values = {}) =>
  (words[word] ?? word).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
export const knows = word => word in words;

export function ago(moment) {
  const seconds = (Date.now() - new Date(moment)) / 1000;
  if (seconds < 60) return say("now");
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86400) return relative.format(-Math.floor(seconds / 3600), "hour");
  return relative.format(-Math.floor(seconds / 86400), "day");
}

export const clock = moment => clockTime.format(new Date(moment));
export const date = moment => day.format(new Date(moment));
export const full = moment => whole.format(new Date(moment));

// "4:07", "1 h 12 min": how long is left, or how long it is over.
export function span(seconds) {
  const left = Math.abs(Math.round(seconds)), minutes = Math.floor(left / 60);
  if (left < 3600) return `${minutes}:${String(left % 60).padStart(2, "0")}`;
  if (left < 86400) return say("hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
  return say("days", { n: Math.floor(left / 86400) });
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const kilo = bytes / 1024;
  return kilo < 1024 ? `${Math.round(kilo)} kB` : `${(kilo / 1024).toFixed(1)} MB`;
}

const names = typeof Intl.DisplayNames === "function" ? new Intl.DisplayNames([lang], { type: "language" }) : null;
export function language(code) {
  try { return code ? names?.of(code) ?? code : ""; } catch { return code; }
}
