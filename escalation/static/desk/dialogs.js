// One kind of dialog for every question: fields, a sentence of what is wrong, and the keyboard of the browser's own.
import { el, icon } from "./dom.js";
import { say } from "./words.js";

let number = 0;

// Asks, and gives { name: value } or null. field: { name, label, kind, value, options, required, most, hint }
// kinds: text, area, choice, date, tick, radio. `check(told)` gives what is wrong, or nothing; `send(told)` does it,
// and the dialog stays open with the error's words where that fails.
export function ask({ title, text = "", fields = [], done = say("done"), danger = false, wide = false, send = null, body = null }) {
  return new Promise(resolve => {
    const id = `dialog-${++number}`, back = document.activeElement;
    const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
    const inputs = fields.map(field => control(field, id));
    const submit = el("button", { type: "submit", class: danger ? "danger" : "strong", text: done });
    const form = el("form", { method: "dialog", class: "dialog-form" },
      el("div", { class: "dialog-head" }, el("h2", { id: `${id}-title`, text: title }), closing(() => box.close())),
      text && el("p", { class: "dialog-text", text }), body, inputs.map(one => one.element), wrong,
      el("div", { class: "dialog-end" }, el("button", { type: "button", class: "plain", text: say("cancel"), onclick: () => box.close() }), submit));
    const box = el("dialog", { class: wide ? "dialog wide" : "dialog", "aria-labelledby": `${id}-title` }, form);
    let told = null;
    form.addEventListener("submit", async event => {
      event.preventDefault();
      const values = Object.fromEntries(inputs.map(one => [one.name, one.value()]));
      if (send) {
        submit.disabled = true;
        wrong.hidden = true;
        try { await send(values); } catch (error) {
          wrong.textContent = error.message || say("failed_lost");
          wrong.hidden = submit.disabled = false;
          return;
        }
      }
      told = values;
      box.close();
    });
    box.addEventListener("close", () => { box.remove(); back?.isConnected && back.focus(); resolve(told); });
    document.body.append(box);
    box.showModal();
    (inputs[0]?.focus ?? submit).focus();
  });
}

export function closing(close) {
  return el("button", { type: "button", class: "icon-only", "aria-label": say("close"), onclick: close }, icon("close"));
}

function control(field, id) {
  const at = `${id}-${field.name}`;
  if (field.kind === "tick") {
    const input = el("input", { type: "checkbox", id: at, checked: !!field.value });
    return { name: field.name, element: el("div", { class: "tick" }, input, el("label", { htmlFor: at, text: field.label })), value: () => input.checked };
  }
  if (field.kind === "radio") return radios(field, id);
  const input = inputOf(field, at);
  const hint = field.hint ? el("p", { class: "hint", id: `${at}-hint`, text: field.hint }) : null;
  if (hint) input.setAttribute("aria-describedby", `${at}-hint`);
  return { name: field.name, focus: input, element: el("div", { class: "field" }, el("label", { htmlFor: at, text: field.label }), input, hint), value: () => input.value.trim() };
}

function inputOf(field, id) {
  const common = { id, required: !!field.required };
  if (field.kind === "choice") {
    const chosen = value => ({ value, selected: value === (field.value ?? "") });
    return el("select", common, field.options.map(([value, name, off]) => el("option", { ...chosen(value), text: name, disabled: !!off })));
  }
  if (field.kind === "area") return el("textarea", { ...common, rows: field.rows ?? 4, maxLength: field.most ?? 4000, value: field.value ?? "" });
  if (field.kind === "date") return el("input", { ...common, type: "date", value: field.value ?? "" });
  return el("input", { ...common, type: "text", maxLength: field.most ?? 200, value: field.value ?? "", autocomplete: "off" });
}

function radios(field, id) {
  const options = field.options.map(([value, name, hint], place) => {
    const at = `${id}-${field.name}-${place}`;
    const input = el("input", { type: "radio", id: at, name: field.name, value, required: !!field.required, checked: value === field.value });
    return { input, element: el("div", { class: "tick" }, input, el("label", { htmlFor: at }, name, hint ? el("span", { class: "hint", text: hint }) : null)) };
  });
  const element = el("fieldset", { class: "field radios" }, el("legend", { text: field.label }), options.map(one => one.element));
  return { name: field.name, focus: options.find(one => one.input.checked)?.input ?? options[0]?.input, element, value: () => options.find(one => one.input.checked)?.input.value ?? "" };
}

// A menu below a button: choices = [{ name, hint, do }].
export function menu(button, choices, label) {
  document.querySelector(".menu")?.remove();
  const items = choices.map(choice => el("button", { type: "button", role: "menuitem", class: "menu-item", tabIndex: -1, onclick: () => { close(); choice.do(); } },
    el("span", { text: choice.name }), choice.hint ? el("span", { class: "hint", text: choice.hint }) : null));
  const box = el("div", { class: "menu", role: "menu", "aria-label": label }, items);
  const close = () => { box.remove(); removeEventListener("pointerdown", outside, true); button.setAttribute("aria-expanded", "false"); };
  const outside = event => { if (!box.contains(event.target)) close(); };
  box.addEventListener("keydown", event => {
    const now = items.indexOf(document.activeElement);
    const to = { ArrowDown: now + 1, ArrowUp: now - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); items[to % items.length].focus(); }
    if (event.key === "Escape" || event.key === "Tab") { event.stopPropagation(); close(); button.focus(); }
  });
  document.body.append(box);
  place(box, button);
  button.setAttribute("aria-expanded", "true");
  addEventListener("pointerdown", outside, true);
  items[0]?.focus();
}

// Below the button, or above it where there is no room; never out of sight.
export function place(box, button) {
  const { left, top, bottom } = button.getBoundingClientRect(), { width, height } = box.getBoundingClientRect();
  const fits = bottom + height + 8 < innerHeight;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, fits ? bottom + 4 : top - height - 4)}px`;
}
