// The live page: sends what a person does, shows what others do, and asks after a break for what it has missed.
// It changes the page with what the server has drawn and escaped; it builds no HTML of anybody's words.

const token = document.querySelector('meta[name="token"]')?.content ?? "";
const state = document.getElementById("state");
const columns = document.getElementById("columns");
const dialog = document.getElementById("dialog");
const answer = document.getElementById("answer");
const say = (text, lost = false) => { state.textContent = text; state.classList.toggle("lost", lost); };
const element = (html) => { const holder = document.createElement("template"); holder.innerHTML = html; return holder.content.firstElementChild; };
const eventId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// ------------------------------------------------------------------ what a person does

async function send(path, fields) {
  const body = fields instanceof FormData ? fields : new FormData();
  if (!(fields instanceof FormData)) for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set("id", eventId()); // the same at every try: what arrives twice counts once
  for (const wait of [0, 500, 2000, 5000]) {
    await pause(wait);
    let response;
    try {
      response = await fetch(path, { method: "POST", body, headers: { "X-Muselab-Token": token } });
    } catch { continue; } // the server is not there; it may be in a moment
    if (response.status === 502 || response.status === 503 || response.status === 504) continue;
    const told = await response.json();
    if (told.error) { say(told.error, true); return null; }
    return told;
  }
  say(state.dataset.failed, true);
  return null;
}

function open(...parts) {
  answer.replaceChildren(...parts);
  if (!dialog.open) dialog.showModal();
  answer.querySelector("input, textarea, select, button")?.focus();
}

function show(told, quiet = false) {
  if (!told) return;
  if (told.form) { open(element(told.form)); return; }
  const cards = (told.cards ?? []).map(element);
  if (quiet && cards.length === 1) { say(cards[0].querySelector(".said")?.textContent ?? ""); return; }
  if (cards.length) open(...cards);
  else if (dialog.open) dialog.close();
  if (told.pending) say(state.dataset.working);
}

async function press(button) {
  const pressed = button.getAttribute("aria-pressed");
  let key = button.dataset.key;
  if (pressed === "true") key = key.replace(/:[^:]*$/, ":none");
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true"); // not disabled: that would take the focus from who presses by keyboard
  try {
    const told = await send(button.dataset.asks ? "/form" : "/press", { key });
    if (!told) return;
    if (pressed !== null) {
      const id = button.closest(".idea")?.id;
      for (const other of document.querySelectorAll(`#${id} [aria-pressed]`)) other.setAttribute("aria-pressed", "false");
      const now = document.querySelector(`#${id} [data-key="${CSS.escape(button.dataset.key)}"]`);
      now?.setAttribute("aria-pressed", pressed === "true" ? "false" : "true");
    }
    show(told, pressed !== null);
  } finally { button.removeAttribute("aria-busy"); }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.press");
  if (button) press(button);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".say, .asked")) return;
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  const fields = new FormData(form);
  if (form.matches(".asked")) fields.set("key", form.dataset.key);
  else fields.set("as", form.dataset.as);
  button.disabled = true;
  const told = await send(form.matches(".asked") ? "/press" : "/say", fields);
  button.disabled = false;
  if (!told) return;
  if (form.matches(".say")) form.reset();
  show(told, form.matches(".asked") || form.dataset.as !== "");
  if (form.matches(".asked") && dialog.open && form.isConnected) dialog.close();
});

// ------------------------------------------------------------------ what others do

function count() {
  for (const column of document.querySelectorAll(".column")) column.querySelector(".count").textContent = column.querySelectorAll(".idea").length;
}

function columnFor(found) {
  if (columns.dataset.gallery) return columns.querySelector(".ideas");
  const [id, title] = found.columns[columns.dataset.by];
  let column = document.getElementById(id);
  if (!column) {
    column = document.querySelector(".column").cloneNode(true);
    column.id = id;
    column.setAttribute("aria-labelledby", `${id}-h`);
    column.querySelector("h2").id = `${id}-h`;
    column.querySelector(".name").textContent = title;
    column.querySelector(".ideas").replaceChildren();
    columns.append(column);
  }
  return column.querySelector(".ideas");
}

function put(found) {
  const fresh = element(found.html);
  const old = document.getElementById(fresh.id);
  const list = columnFor(found);
  if (!list) return;
  if (!old) {
    if (columns.dataset.gallery && !fresh.querySelector("img, audio, video")) return;
    fresh.classList.add("fresh");
    list.prepend(fresh);
    setTimeout(() => fresh.classList.remove("fresh"), 4000);
    return;
  }
  // What a person has under their fingers stays: the pressed vote, the open menu, the focus, what is playing.
  for (const button of old.querySelectorAll('[aria-pressed="true"]')) {
    fresh.querySelector(`[data-key="${CSS.escape(button.dataset.key)}"]`)?.setAttribute("aria-pressed", "true");
  }
  if (old.querySelector("details")?.open) fresh.querySelector("details")?.setAttribute("open", "");
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset?.key ?? "" : null;
  for (const player of old.querySelectorAll("audio, video")) {
    const same = fresh.querySelector(`[src="${CSS.escape(player.getAttribute("src"))}"]`);
    if (same) same.replaceWith(player);
  }
  if (old.parentElement === list) old.replaceWith(fresh);
  else { old.remove(); list.prepend(fresh); }
  if (focused !== null) (focused ? fresh.querySelector(`[data-key="${CSS.escape(focused)}"]`) : fresh.querySelector("summary"))?.focus({ preventScroll: true });
}

function take(told) {
  for (const id of told.gone) document.getElementById(`i-${id}`)?.remove();
  for (const found of told.ideas) put(found);
  count();
}

async function missed(versions) {
  const here = new Map([...document.querySelectorAll(".idea")].map((one) => [one.dataset.id, one.dataset.version]));
  const wanted = [...Object.keys(versions).filter((id) => here.get(id) !== versions[id] && (here.has(id) || !columns.dataset.gallery)),
    ...[...here.keys()].filter((id) => !(id in versions))];
  for (let start = 0; start < wanted.length; start += 100) {
    const response = await fetch(`/cards?ids=${wanted.slice(start, start + 100).join(",")}`);
    if (!response.ok) return;
    take(await response.json());
  }
  if (wanted.length) say(wanted.length === 1 ? state.dataset.one : state.dataset.many.replace("{count}", wanted.length));
  else say(state.dataset.connected);
}

if (columns) {
  let stream;
  const listen = () => {
    stream = new EventSource("/events");
    stream.addEventListener("hello", (event) => missed(JSON.parse(event.data)));
    stream.addEventListener("board", (event) => take(JSON.parse(event.data)));
    stream.addEventListener("card", (event) => show({ cards: [JSON.parse(event.data).html] }));
    stream.addEventListener("doing", (event) => { const { text } = JSON.parse(event.data); say(text || state.dataset.connected); });
    stream.addEventListener("ended", () => { stream.close(); say(state.dataset.ended, true); });
    stream.addEventListener("error", () => {
      say(state.dataset.lost, true);
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3000); // a browser gives up at an answer that is no stream
    });
  };
  listen();
}
