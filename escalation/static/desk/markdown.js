// A small part of Markdown, built of elements and text nodes. Nothing that is written ever becomes markup, and a link
// leads only where it says: to http, https or a mail address.
import { el } from "./dom.js";

const INLINE = /(`[^`\n]+`)|(\*\*[^*\n]+\*\*|__[^_\n]+__)|(\*[^*\s][^*\n]*\*|\b_[^_\s][^_\n]*_\b)|\[([^\]\n]{1,300})\]\(([^()\s]{1,2000})\)|(https?:\/\/[^\s<>"'`]{1,2000})/g;
const SAFE = ["http:", "https:", "mailto:"];
const MOST = 40_000;

export function markdown(text) {
  const lines = String(text).slice(0, MOST).replace(/\r\n?/g, "\n").split("\n");
  const box = el("div", { class: "md" });
  for (let place = 0; place < lines.length;) place = block(box, lines, place);
  return box;
}

// Adds the block that begins at `place`; where the next begins.
function block(box, lines, place) {
  const line = lines[place];
  if (!line.trim()) return place + 1;
  if (/^\s*```/.test(line)) return fence(box, lines, place);
  if (/^\s*>/.test(line)) return quote(box, lines, place);
  if (/^\s*([-*+]|\d{1,4}[.)])\s+/.test(line)) return items(box, lines, place);
  const heading = line.match(/^#{1,6}\s+(.*)/);
  if (heading) { box.append(el("p", { class: "heading" }, inline(heading[1]))); return place + 1; }
  return paragraph(box, lines, place);
}

function fence(box, lines, place) {
  let end = place + 1;
  while (end < lines.length && !/^\s*```/.test(lines[end])) end++;
  box.append(el("pre", { tabIndex: 0 }, el("code", { text: lines.slice(place + 1, end).join("\n") })));
  return end + 1;
}

function quote(box, lines, place) {
  let end = place;
  while (end < lines.length && /^\s*>/.test(lines[end])) end++;
  const said = lines.slice(place, end).map(line => line.replace(/^\s*>\s?/, ""));
  box.append(el("blockquote", {}, broken(said)));
  return end;
}

function items(box, lines, place) {
  const isOrdered = /^\s*\d/.test(lines[place]);
  const mark = isOrdered ? /^\s*\d{1,4}[.)]\s+/ : /^\s*[-*+]\s+/;
  const list = el(isOrdered ? "ol" : "ul");
  if (isOrdered) list.start = Number.parseInt(lines[place], 10) || 1;
  while (place < lines.length && mark.test(lines[place])) {
    list.append(el("li", {}, inline(lines[place].replace(mark, ""))));
    place++;
  }
  box.append(list);
  return place;
}

function paragraph(box, lines, place) {
  let end = place + 1;
  while (end < lines.length && lines[end].trim() && !/^\s*(```|>|#{1,6}\s|[-*+]\s|\d{1,4}[.)]\s)/.test(lines[end])) end++;
  box.append(el("p", {}, broken(lines.slice(place, end))));
  return end;
}

const broken = lines => lines.flatMap((line, place) => place ? [el("br"), ...inline(line)] : inline(line));

function inline(text) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) found.push(text.slice(from, match.index));
    found.push(piece(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push(text.slice(from));
  return found;
}

function piece([whole, code, strong, soft, label, target, bare]) {
  if (code) return el("code", { text: code.slice(1, -1) });
  if (strong) return el("strong", { text: strong.slice(2, -2) });
  if (soft) return el("em", { text: soft.slice(1, -1) });
  if (target) return link(label, target) ?? whole;
  const tail = bare.match(/[.,;:!?)\]]+$/)?.[0] ?? "";
  const made = link(bare.slice(0, bare.length - tail.length), bare.slice(0, bare.length - tail.length));
  return made ? el("span", {}, made, tail) : whole;
}

function link(label, target) {
  let url;
  try { url = new URL(target); } catch { return null; }
  if (!SAFE.includes(url.protocol) || url.username) return null;
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow", title: url.href, text: label });
}
