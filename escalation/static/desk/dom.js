// Small ways to build the page. Whatever a person wrote goes in as text, never as markup.
const SVG = "http://www.w3.org/2000/svg";

export const at = id => document.getElementById(id);

// el("button", { class: "plain", onclick, text: "…", data: { id } }, child, …)
export function el(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "text") made.textContent = value;
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && !name.startsWith("aria") && name !== "list" && name !== "form") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return made;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
}

const PATHS = {
  assist: "M12 3v4M12 17v4M3 12h4M17 12h4M6 6l2 2M16 16l2 2M6 18l2-2M16 8l2-2",
  back: "M15 5l-7 7 7 7",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4",
  check: "M5 13l4 4L19 7",
  clip: "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L14.5 7",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  flag: "M6 21V4M6 5h12l-2.5 4L18 13H6",
  keys: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  macro: "M4 6h10M4 12h16M4 18h8M18 4v4M16 6h4",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  next: "M5 5l7 7-7 7M13 5l7 7-7 7",
  note: "M5 4h14v10l-5 6H5zM14 20v-6h5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-5 4-7 8-7s7 2 8 7",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
  send: "M4 12l16-8-6 16-3-7z",
  side: "M4 5h16v14H4zM14 5v14",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5",
  tag: "M4 4h8l8 8-8 8-8-8zM8 8h.01",
  ticket: "M3 8h18v3a2 2 0 0 0 0 4v3H3v-3a2 2 0 0 0 0-4zM14 8v10",
  tool: "M14 6a4 4 0 0 0 5 5l-9 9a2.5 2.5 0 0 1-4-4l9-9M14 6l3-3 1 3 3 1-3 3",
  transfer: "M4 8h14l-4-4M20 16H6l4 4",
  warn: "M12 4l9 16H3zM12 10v4M12 17h.01",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name] ?? PATHS.more);
  svg.append(path);
  return svg;
}

export function debounce(wait, call) {
  let timer;
  const later = (...values) => { clearTimeout(timer); timer = setTimeout(call, wait, ...values); };
  later.now = (...values) => { clearTimeout(timer); call(...values); };
  later.stop = () => clearTimeout(timer);
  return later;
}

// Calls at most once a frame, however often it is asked to; in a hidden tab, where no frames are drawn, soon after.
export function once(call) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    const run = () => { asked = false; call(); };
    document.hidden ? setTimeout(run, 100) : requestAnimationFrame(run);
  };
}

export const isTyping = target => target.matches?.("input, textarea, select, [contenteditable]") ?? false;
