// What every page does: sends what a person does, shows what they are told, and hears what happens.
// It changes the page with what the server has drawn and escaped; it builds no HTML of anybody's words.

const token = document.querySelector('meta[name="token"]')?.content ?? "";
const state = document.getElementById("state");
const dialog = document.getElementById("dialog");
const answer = document.getElementById("answer");
const undo = document.getElementById("undo");
export const say = (text, lost = false) => { undo.replaceChildren(); state.textContent = text; state.classList.toggle("lost", lost); };
export const element = (html) => { const holder = document.createElement("template"); holder.innerHTML = html; return holder.content.firstElementChild; };
const eventId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const fields = (pairs) => { const body = new FormData(); for (const [name, value] of Object.entries(pairs)) body.set(name, value); return body; };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// ------------------------------------------------------------------ what a person does

export async function send(path, body) {
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

// `back`: the id of what gets the focus afterwards, as what was pressed may have been drawn anew by then.
export function open(back, ...parts) {
  open.back = back;
  answer.replaceChildren(...parts);
  if (!dialog.open) dialog.showModal();
  answer.querySelector("select, input:not([type=hidden]), textarea, button")?.focus();
}
dialog.addEventListener("close", () => {
  const back = open.back && document.getElementById(open.back);
  if (back && !back.contains(document.activeElement)) (back.querySelector("button.move") ?? back.querySelector("button.rename"))?.focus({ preventScroll: true });
  open.back = "";
  if (document.querySelector("[data-reloads]")) location.reload(); // what was done there changes what stands there
});

export function show(told, { quiet = false, into = null, back = "" } = {}) {
  if (!told) return;
  if (told.form) { open(back, element(told.form)); return; }
  const cards = (told.cards ?? []).map(element);
  if (into && cards.length) { into.replaceChildren(...cards); into.querySelector("button")?.focus(); return; }
  if (quiet && cards.length === 1) { say(cards[0].querySelector(".said, h2")?.textContent ?? ""); if (dialog.open) dialog.close(); return; }
  if (cards.length) open(back, ...cards);
  else if (dialog.open) dialog.close();
  if (told.pending) say(state.dataset.working);
}

// What was done, in the line at the top, with the button that takes it back.
export function undoable(told) {
  const card = element((told.cards ?? []).at(-1) ?? "<p></p>");
  say(card.querySelector("h2, .said")?.textContent ?? "");
  const button = [...card.querySelectorAll(".card > .controls .press")].find((one) => /:undo$|^state:.*:\d+$/.test(one.dataset.key));
  if (button) undo.replaceChildren(button);
}

async function press(button) {
  const pressed = button.getAttribute("aria-pressed");
  let key = button.dataset.key;
  if (pressed === "true") key = key.replace(/:[^:]*$/, ":none");
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true"); // not disabled: that would take the focus from who presses by keyboard
  try {
    const id = button.closest(".idea")?.id ?? "";
    const told = await send(button.dataset.asks ? "/form" : "/press", fields({ key }));
    if (!told) return;
    if (pressed !== null) {
      for (const other of document.querySelectorAll(`#${id} [aria-pressed]`)) other.setAttribute("aria-pressed", "false");
      const now = document.querySelector(`#${id} [data-key="${CSS.escape(button.dataset.key)}"]`);
      now?.setAttribute("aria-pressed", pressed === "true" ? "false" : "true");
    }
    if (/^merge:/.test(key)) { undoable(told); return; }
    show(told, { quiet: pressed !== null || undo.contains(button) || /^round:/.test(key), into: button.closest("[data-into]"), back: id });
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
  const body = new FormData(form), asked = form.matches(".asked");
  if (asked) body.set("key", form.dataset.key);
  else body.set("as", form.dataset.as);
  button.disabled = true;
  const told = await send(asked ? "/press" : "/say", body);
  button.disabled = false;
  if (!told) return;
  if (!dialog.contains(form)) form.reset();
  show(told, { quiet: asked || form.dataset.as !== "" });
  form.dispatchEvent(new Event("sent", { bubbles: true }));
});

// ------------------------------------------------------------------ what happens

export function listen(view, heard) {
  let stream;
  const connect = () => {
    stream = new EventSource(`/events?view=${view}`);
    for (const [name, hear] of Object.entries(heard)) stream.addEventListener(name, (event) => hear(JSON.parse(event.data)));
    stream.addEventListener("card", (event) => show({ cards: [JSON.parse(event.data).html] }));
    stream.addEventListener("doing", (event) => { const { text } = JSON.parse(event.data); say(text || state.dataset.connected); });
    stream.addEventListener("ended", () => { stream.close(); say(state.dataset.ended, true); });
    stream.addEventListener("error", () => {
      say(state.dataset.lost, true);
      if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 3000); // a browser gives up at an answer that is no stream
    });
  };
  connect();
}

// Timers count down by this machine's monotonic clock from what the server said was left: clocks may differ.
const ends = new WeakMap();
function tick() {
  for (const timer of document.querySelectorAll(".timer[data-left]")) {
    if (!ends.has(timer)) ends.set(timer, performance.now() + 1000 * timer.dataset.left);
    const left = Math.max(0, Math.round((ends.get(timer) - performance.now()) / 1000));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (timer.textContent !== text) timer.textContent = text;
    timer.classList.toggle("soon", left <= 30);
  }
}
setInterval(tick, 250);
tick();
