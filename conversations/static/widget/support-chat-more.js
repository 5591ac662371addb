// What a chat can do besides words: thumbs with a reason, the queue and its offers, yes and no, files, a copy by mail,
// a rating at the end. support-chat.js loads it with the first dial, and tells it what happens; without it one can chat.
const MOST_BYTES = 10 * 1024 * 1024, DEADLINE = 20e3;
const KINDS = ".png,.jpg,.jpeg,.gif,.webp,.pdf,.txt,.csv,.docx,.xlsx";
const WHYS = ["not_asked", "not_true", "unclear", "too_little", "other"];
export const STRINGS = {
	up: "Helpful", down: "Not helpful", why: "What was wrong with this answer?", why_not_asked: "Not what I asked",
	why_not_true: "Not true", why_unclear: "Hard to understand", why_too_little: "Too little", why_other: "Something else",
	words: "In your own words (optional)", ok: "Send", skip: "Not now", thanks: "Thank you.",
	queue: "You are number {n} in the queue.",
	leave: "Leave my e-mail address", go_on: "Go on with the assistant", offer: "How shall we go on?",
	email: "Your e-mail address", email_bad: "Please enter a whole e-mail address, such as name@example.com.",
	promise: "We answer you there as soon as somebody is here.", back: "Back",
	joined: "{n} joined the conversation.", joined_of: "{n} of {team} joined the conversation.",
	has_read: "You need not repeat anything: everything above can be read.",
	yes: "Yes", no: "No", confirm: "Do you want to talk to a person?",
	cut: "Cut off here: a person took over.", attach: "Attach a file", uploading: "Sending {n}…", save: "Save {n}",
	too_large: "{n} is too large: a file has at most 10 MB.", empty: "{n} is empty.",
	bad_kind: "{n} cannot be sent. Send a picture, PDF, text, CSV, Word or Excel file.",
	not_sent: "{n} could not be sent. Please try again.", many_files: "Too many files at once. Please wait a little.",
	mail: "Send me this conversation by e-mail", mail_own: "Empty: the address of your account.",
	mailed: "The conversation is on its way to {n}.", mail_many: "Three copies a day are the most.",
	mail_nothing: "Nothing was said yet that could be sent.",
	rate: "How was this conversation?", rate_1: "Very bad", rate_2: "Bad", rate_3: "So-so", rate_4: "Good", rate_5: "Very good",
	rate_pick: "Please choose one of the five.", failed_now: "That did not go through. Please try again.", read: "Read",
};
const ERRORS = {
	email_needed: "email_bad", address_needed: "email_bad", too_many_transcripts: "mail_many", nothing_to_send: "mail_nothing",
	file_too_large: "too_large", file_empty: "empty", file_kind_refused: "bad_kind", too_many_files: "many_files",
};
const THUMB = "M7 21V10l5-8 2 2v5h7l-2 12zH3V10h4";
const CLIP = "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.5 8.5a1.7 1.7 0 0 1-2.5-2.5l7.5-7.5";
const MAIL = "M3 5h18v14H3zM3 6l9 7 9-7";
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`
.cite{min-width:24px;height:24px;border-radius:7px;font-size:12px}
details{width:100%;padding:5px 12px;border-radius:10px}
.vote{min-width:26px;min-height:26px;padding:4px;border-radius:6px}.vote[value=down]{rotate:180deg}
.vote[aria-pressed=true]{color:var(--text);background:var(--soft)}
.card{display:grid;gap:10px;width:100%;padding:14px;border:var(--line);border-radius:14px;background:var(--bg);font-size:14px}
.card p{margin:0}.card .hint{color:var(--mute);font-size:13px}
fieldset{display:grid;gap:8px;min-width:0;margin:0;padding:0;border:0}legend{padding:0 0 8px;font-weight:600}
.choices{display:flex;flex-wrap:wrap;gap:8px}
.choice{position:relative;display:flex}
.choice input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.choice span,.plain,.main{display:block;min-height:34px;padding:6px 12px;border:1px solid var(--mute);border-radius:17px;text-align:center}
.choice input:checked+span,.main{background:var(--accent);border-color:var(--accent);color:var(--on)}
.choice input:focus-visible+span{outline:2px solid;outline-offset:2px}
.stars{display:grid;grid-template-columns:repeat(5,1fr);gap:6px}.stars .choice span{width:100%;padding:6px 0}
.ends{display:flex;justify-content:space-between;color:var(--mute);font-size:13px}
.field{display:grid;gap:4px;font-size:13px;font-weight:600}
.field input,.field textarea{width:100%;padding:8px 10px;border:1px solid var(--mute);border-radius:10px;background:var(--bg);
color:var(--text);font:inherit;font-size:16px;font-weight:400;resize:vertical}
.wrong{color:light-dark(#b3261e,#ffb4ab);font-weight:600}.wrong:empty,.said:empty{display:none}
.clip{width:36px;height:36px;border-radius:50%;color:var(--mute);flex:none}.mail{padding:8px}
.file{display:flex;gap:8px;align-items:center;max-width:100%;min-height:34px;padding:6px 12px;border:var(--line);border-radius:12px;
color:var(--text);background:var(--bg);text-align:start}
.file svg{flex:none;margin:0}.file small{color:var(--mute)}
.hang{display:grid;gap:8px;justify-items:center;padding-bottom:6px}.hang>.choices{justify-content:center}.hang .card{justify-items:start}.hang .field{width:100%}
.sheet{padding:12px 14px;border-bottom:var(--line);background:var(--bg)}.sheet .card{border:0;padding:0}
.cut{text-align:start;border-top:1px dashed var(--mute);padding-top:4px}
.row .say:empty{display:none}.unseen{position:absolute;clip-path:inset(50%)}
`);

export default function more({el, t: own, h, icon, button, sure, post, attr, host, save, log, head, foot, box, input, end, saved}) {
	const t = {...STRINGS, ...own}, say = (name, values) => t[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
	const queue = h("p.note", {role: "status"}), wait = h("div.hang", {hidden: true}, queue), told = h("p.note said", {role: "status"});
	const sheet = h("div.sheet", {hidden: true}), rating = h("div.list"), picker = h("input", {type: "file", accept: KINDS, hidden: true});
	const spoken = h("p.unseen", {role: "status"});
	let marks = {}, hers = new Map(), trouble, offered, asking, owner;
	el.shadowRoot.adoptedStyleSheets = [...el.shadowRoot.adoptedStyleSheets.filter(one => one !== SHEET), SHEET];
	const clip = h("button.clip", {ariaLabel: t.attach, disabled: !saved().conversation, onclick: () => picker.click()}, icon(CLIP));
	const mail = h("button.mail", {ariaLabel: t.mail, onclick: () => sheet.hidden ? openMail() : closeSheet()}, icon(MAIL));
	box.prepend(clip, picker);
	foot.prepend(wait);
	head.after(sheet);
	head.lastChild.before(mail);
	end.append(spoken, told, rating);

	// Forms: what goes wrong stands at the form, and what was typed stays too
	function form(children, {ok = t.ok, cancel = t.skip, onsend, oncancel, first}) {
		const wrong = h("p.wrong", {role: "alert"}), go = h("button.main", {type: "submit"}, ok);
		const made = h("form.card", {noValidate: true, onsubmit(event) {
			event.preventDefault();
			wrong.textContent = onsend() || "";
			if (wrong.textContent) return;
			go.disabled = true;
			const late = setTimeout(() => refuse(t.failed_now), DEADLINE);
			const refuse = text => {
				clearTimeout(late);
				go.disabled = false;
				wrong.textContent = text;
				if (trouble === refuse) trouble = null;
			};
			trouble = refuse;
			made.settle = () => {clearTimeout(late); if (trouble === refuse) trouble = null;};
		}}, ...children, wrong, h("div.choices", {}, go, h("button.plain", {type: "button", onclick: oncancel}, cancel)));
		made.settle = () => {};
		if (first) queueMicrotask(() => first.focus());
		return made;
	}

	const field = (label, node) => h("label.field", {}, label, node);
	const choice = (name, value, shown, label) => h("label.choice", {}, h("input", {type: "radio", name, value, ariaLabel: label}), h("span", {ariaHidden: true}, shown));
	const picked = made => made.querySelector("input:checked")?.value;
	const isAddress = text => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

	// Thumbs
	function thumbs(seq, row) {
		const both = ["up", "down"].map(value => h("button.vote", {value, ariaLabel: t[value], ariaPressed: false, onclick() {
			const isNew = this.ariaPressed !== "true";
			marks[seq](value);
			sure({type: "feedback", seq, value});
			row.querySelector("form")?.remove();
			if (value === "down" && isNew) row.append(why(seq, row));
		}}, icon(THUMB)));
		marks[seq] = value => both.forEach(one => {one.ariaPressed = one.value === value;});
		return both;
	}

	function why(seq, row) {
		const words = h("textarea", {rows: 2, maxLength: 450}), close = () => {made.remove(); row.querySelector("[value=down]").focus();};
		const all = WHYS.map(code => choice(`why${seq}`, code, t[`why_${code}`], t[`why_${code}`]));
		const made = form([h("fieldset", {}, h("legend", {}, t.why), h("div.choices", {}, ...all)), field(t.words, words)], {
			first: all[0].firstChild, oncancel: close, onsend() {
				const code = picked(made), text = words.value.trim();
				if (!code && !text) return t.why;
				sure({type: "feedback", seq, value: "down", reason: [code || "other", text].filter(Boolean).join(": ")});
				queueMicrotask(() => {made.settle(); made.replaceWith(h("p.note", {role: "status"}, t.thanks)); input.focus();});
			},
		});
		return made;
	}

	// The queue and what is offered instead
	function showQueue({position, eta_s}) {
		wait.hidden = false;
		queue.textContent = say("queue", {n: position}) + (eta_s ? ` ≈ ${Math.ceil(eta_s / 60)} min` : "");
		if (!offered) wait.append(offered = offers(["ticket"]));
	}

	function hideQueue() {
		wait.hidden = true;
		queue.textContent = "";
	}

	function offers(choices, words = "") {
		const here = h("div.hang", {role: "group", ariaLabel: t.offer}), buttons = h("div.choices");
		const taken = {ticket: () => here.replaceChildren(address(here, buttons)), assistant: () => sure({type: "offer", choice: "assistant"})};
		for (const one of choices) if (taken[one]) buttons.append(h(one === "ticket" && words ? "button.main" : "button.plain", {onclick: taken[one]}, t[one === "ticket" ? "leave" : "go_on"]));
		here.append(buttons);
		return here;
	}

	function address(here, buttons) {
		const email = h("input", {type: "email", autocomplete: "email", maxLength: 254});
		return form([field(t.email, email), h("p.hint", {}, t.promise)], {
			first: email, cancel: t.back, oncancel: () => here.replaceChildren(buttons), onsend() {
				if (!isAddress(email.value.trim())) return t.email_bad;
				sure({type: "offer", choice: "ticket", email: email.value.trim()});
			},
		});
	}

	function endOffers() {
		for (const one of [offered, asking]) {
			one?.querySelector("form")?.settle();
			one?.remove();
		}
		offered = asking = null;
	}

	function confirm() {
		const answer = word => {asking?.remove(); asking = null; post(word); input.focus();};
		return h("div.choices", {role: "group", ariaLabel: t.confirm},
			h("button.main", {onclick: () => answer(t.yes)}, t.yes), h("button.plain", {onclick: () => answer(t.no)}, t.no));
	}

	// Files
	const shown = size => size < 1e6 ? `${Math.max(1, Math.round(size / 1e3))} kB` : `${(size / 1e6).toFixed(1)} MB`;
	const door = id => `${host}/widget/${attr("tenant")}/${saved().conversation}/files/${id ? `${id}/` : ""}`;
	const key = () => ({Authorization: `Bearer ${attr("token") || saved().token}`});

	function fileOf({id, name, size}) {
		const get = h("button.file", {ariaLabel: say("save", {n: name}), async onclick() {
			try {
				const answer = await fetch(door(id), {headers: key()});
				if (!answer.ok) throw answer;
				const href = URL.createObjectURL(await answer.blob());
				h("a", {href, download: name}).click();
				setTimeout(() => URL.revokeObjectURL(href), 60e3);
			} catch {told.textContent = t.failed_now;}
		}}, icon(CLIP), h("bdi", {}, name), h("small", {}, shown(size)));
		return get;
	}

	async function upload(file) {
		const n = file.name, ending = `.${n.split(".").pop().toLowerCase()}`;
		const wrong = file.size > MOST_BYTES ? "too_large" : !file.size ? "empty" : !KINDS.split(",").includes(ending) ? "bad_kind" : "";
		if (wrong) return void (told.textContent = say(wrong, {n}));
		told.textContent = say("uploading", {n});
		clip.disabled = true;
		const body = new FormData();
		body.append("file", file, n);
		try {
			const answer = await fetch(door(), {method: "POST", headers: key(), body});
			const {code, message} = answer.ok ? {} : await answer.json();
			told.textContent = answer.ok ? "" : ERRORS[code] ? say(ERRORS[code], {n}) : message || say("not_sent", {n});
		} catch {told.textContent = say("not_sent", {n});}
		clip.disabled = false;
		input.focus();
	}

	picker.onchange = () => {
		const [file] = picker.files;
		picker.value = "";
		if (file) upload(file);
	};
	input.addEventListener("paste", event => {
		const [file] = event.clipboardData?.files || [];
		if (!file) return;
		event.preventDefault();
		upload(file);
	});

	// A copy by mail
	function openMail() {
		const email = h("input", {type: "email", autocomplete: "email", maxLength: 254}), isKnown = !!attr("token");
		sheet.hidden = false;
		sheet.replaceChildren(form([h("p.said", {}, h("strong", {}, t.mail)), field(t.email, email), isKnown && h("p.hint", {}, t.mail_own) || ""], {
			first: email, oncancel: closeSheet, onsend() {
				const to = email.value.trim();
				if (to ? !isAddress(to) : !isKnown) return t.email_bad;
				sure({type: "transcript", email: to});
			},
		}));
		sheet.firstChild.ariaLabel = t.mail;
	}

	function closeSheet() {
		sheet.querySelector("form")?.settle();
		sheet.hidden = true;
		sheet.replaceChildren();
		mail.focus();
	}

	// How it was
	function ask({episode}) {
		const mark = `${saved().conversation}:${episode}`, comment = h("textarea", {rows: 2, maxLength: 1000});
		if (saved().asked === mark || rating.firstChild) return;
		const five = [1, 2, 3, 4, 5].map(n => choice("score", n, n, `${n}, ${t[`rate_${n}`]}`)), chosen = h("p.hint", {ariaHidden: true});
		const made = form([h("fieldset", {onchange: () => {chosen.textContent = t[`rate_${picked(made)}`];}}, h("legend", {}, t.rate),
			h("div.stars", {}, ...five), h("div.ends", {ariaHidden: true}, h("span", {}, t.rate_1), chosen, h("span", {}, t.rate_5))),
		field(t.words, comment)], {
			oncancel() {save({asked: mark}); rating.replaceChildren(); input.focus();},
			onsend() {
				const score = Number(picked(made));
				if (!score) return t.rate_pick;
				sure({type: "rate", episode, score, comment: comment.value.trim()});
			},
		});
		made.ariaLabel = t.rate;
		rating.append(made);
		spoken.textContent = t.rate;
	}

	// What happens
	function decorate(f, row) {
		const {author: {kind}, data = {}, seq, text} = f, meta = row.querySelector(".meta"), files = data.attachments || [];
		if (kind === "customer") {
			log.querySelector(".read")?.remove();
			hers.set(seq, meta);
			told.textContent = "";
			asking?.remove();
			asking = null;
			if (rating.firstChild && owner !== "closed") rating.replaceChildren();
		}
		if (files.length && text === `[${files[0].name}]`) row.querySelector(".say").replaceChildren();
		if (files.length) meta.before(...files.map(fileOf));
		if (data.cut) meta.before(h("p.note cut", {}, t.cut));
		if (kind === "ai") meta.append(...thumbs(seq, row));
	}

	function noted({kind, data = {}, author}, note) {
		if (kind === "feedback") marks[data.seq]?.(data.value);
		if (kind === "owner" && data.owner === "agent" && data.name) {
			const who = say(data.of ? "joined_of" : "joined", {n: data.name, team: data.of});
			note.textContent = `${who} ${t.has_read}`;
		}
		if (data.offer?.length && author.kind !== "customer") {
			endOffers();
			note.after(offered = offers(data.offer, note.textContent));
		}
	}

	const on = {
		reset() {
			endOffers();
			marks = {};
			hers.clear();
			rating.replaceChildren();
		},
		welcome(f) {
			owner = f.owner;
			clip.disabled = false;
			hideQueue();
			if (f.csat) ask(f.csat);
		},
		log(f, node) {
			const data = f.data || {};
			if (data.owner) owner = data.owner;
			if (data.owner && data.owner !== "queue") hideQueue();
			if (data.owner || data.handoff) endOffers();
			if (f.kind === "message") decorate(f, node);
			else noted(f, node);
			if (f.kind === "notice" && !data.offer && offered && !wait.contains(offered)) endOffers();
			if (data.asks) node.after(asking = confirm());
		},
		seen({seq}) {
			for (const [at, meta] of hers) if (at <= seq) {
				meta.querySelector(".read")?.remove();
				hers.delete(at);
				if (!hers.size) meta.append(h("span.read", {}, t.read));
			}
		},
		queue: showQueue,
		csat: ask,
		rated() {
			rating.firstChild?.settle();
			rating.replaceChildren();
			told.textContent = t.thanks;
		},
		transcript({to}) {
			closeSheet();
			told.textContent = say("mailed", {n: to});
		},
		refused({code, message}) {
			const refuse = trouble;
			refuse?.(t[ERRORS[code]] || message);
			return !!refuse;
		},
	};
	return (name, ...values) => on[name]?.(...values);
}
