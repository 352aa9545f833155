// The round: its phase, its timer, and one's own part in it. What everybody sees is drawn by the server and sent to all;
// what one person wrote or gave is fetched by that person's page alone.

import { fields, listen, say, send } from "./page.js";

const round = document.getElementById("round");
const part = (name) => document.getElementById(`round-${name}`);
let own = JSON.parse(round.dataset.own);

async function refresh() {
  const response = await fetch("/round/own");
  if (response.ok) { own = await response.json(); dress(); }
}

// Puts what is one's own into what everybody sees.
function dress() {
  round.classList.toggle("leading", own.leads);
  const mine = round.querySelector(".mine");
  if (mine) {
    mine.replaceChildren(...own.notes.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    round.querySelector(".mine-h").hidden = own.notes.length === 0;
  }
  for (const button of round.querySelectorAll(".round-ideas [aria-pressed]")) button.setAttribute("aria-pressed", own.pressed.includes(button.dataset.key));
  for (const idea of round.querySelectorAll(".round-ideas .idea")) {
    const output = idea.querySelector("output");
    if (output) output.textContent = own.points[idea.dataset.number] ?? 0;
  }
  const left = round.querySelector(".dots-left");
  if (left) left.textContent = left.dataset.some.replace("{count}", remaining(left)).replace("{all}", left.dataset.dots);
}

const remaining = (left) => left.dataset.dots - Object.values(own.points).reduce((sum, some) => sum + some, 0);

let giving = Promise.resolve(); // one after another: each sends all of one's points
document.addEventListener("click", (event) => {
  const dot = event.target.closest("button.dot");
  if (!dot) return;
  const left = round.querySelector(".dots-left"), number = dot.closest(".idea").dataset.number;
  const before = { ...own.points }, now = (own.points[number] ?? 0) + Number(dot.dataset.by);
  if (now < 0 || (Number(dot.dataset.by) > 0 && remaining(left) < 1)) return;
  if (now) own.points[number] = now; else delete own.points[number];
  dress();
  const ideas = Object.entries(own.points).map(([one, some]) => `${one}x${some}`).join(" ") || "none";
  giving = giving.then(async () => {
    const told = await send("/press", fields({ key: left.dataset.key, "f-ideas": ideas }));
    if (!told) { own.points = before; dress(); }
  });
});

document.addEventListener("sent", (event) => { if (event.target.matches(".jot, .decide")) refresh(); });

// Replaces what changed and leaves what a person has under their fingers: a text that is being written, the focus.
function take(told) {
  const fresh = document.createElement("template");
  fresh.innerHTML = told.html;
  const same = part("head")?.dataset.at === told.at;
  const active = document.activeElement;
  const within = part("ideas")?.contains(active) ? `#${active.closest(".idea")?.id} ${active.dataset.key ? `[data-key="${CSS.escape(active.dataset.key)}"]` : `[data-by="${active.dataset.by}"]`}` : null;
  for (const name of same ? ["head", "ideas"] : ["head", "act", "ideas"]) part(name).replaceWith(fresh.content.getElementById(`round-${name}`));
  dress();
  if (within) round.querySelector(within)?.focus({ preventScroll: true });
  if (!same) { say(part("head").querySelector("h2").firstChild.textContent); refresh(); }
}

listen("round", { hello: () => { say(document.getElementById("state").dataset.connected); refresh(); }, round: take });
dress();
