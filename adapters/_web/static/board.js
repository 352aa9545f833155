// The live board and gallery: shows what others do, and asks after a break for what it has missed.

import { element, listen, say } from "./page.js";
import "./moves.js";

const state = document.getElementById("state");
const columns = document.getElementById("columns");

function count() {
  for (const column of document.querySelectorAll(".column:has(.count)")) {
    const here = column.querySelectorAll(".idea").length;
    column.querySelector(".count").textContent = here;
    if (!here && /^(theme|topic)-[0-9a-f]+$/.test(column.id)) column.remove();
  }
}

function columnFor(found) {
  if (columns.dataset.gallery) return columns.querySelector(".ideas");
  const [id, title] = found.columns[columns.dataset.by];
  let column = document.getElementById(id);
  if (column && columns.dataset.by === "theme" && found.named) column.querySelector(".name").textContent = title;
  if (!column) {
    column = document.querySelector(".column:has(.ideas)").cloneNode(true);
    column.id = id;
    if (columns.dataset.by === "theme") column.dataset.drop = "yes";
    column.setAttribute("aria-labelledby", `${id}-h`);
    column.querySelector("h2").id = `${id}-h`;
    column.querySelector(".name").textContent = title;
    column.querySelector(".ideas").replaceChildren();
    columns.querySelector(columns.dataset.by === "theme" ? "#theme-none" : "#none")?.before(column) ?? columns.append(column);
  }
  return column.querySelector(".ideas");
}

function put(found) {
  const fresh = element(found.html);
  const old = document.getElementById(fresh.id);
  const list = columnFor(found);
  if (!list) return;
  if (!old) {
    if (columns.dataset.gallery && !fresh.querySelector("img:not(.small), audio, video")) return;
    fresh.classList.add("fresh");
    list.prepend(fresh);
    setTimeout(() => fresh.classList.remove("fresh"), 4000);
    return;
  }
  // What a person has under their fingers stays: the pressed vote, the open menu, the focus, what is playing.
  for (const button of old.querySelectorAll('[aria-pressed="true"]')) {
    fresh.querySelector(`[data-key="${CSS.escape(button.dataset.key)}"]`)?.setAttribute("aria-pressed", "true");
  }
  if (old.dataset.own) { fresh.dataset.own = "yes"; fresh.querySelector(".note")?.replaceWith(old.querySelector(".note")); }
  const more = old.querySelector("details");
  if (more?.open) fresh.querySelector("details")?.replaceWith(more);
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const focused = active && (active.dataset.key ? `[data-key="${CSS.escape(active.dataset.key)}"]` : active.matches(".move") ? ".move" : "summary");
  for (const player of old.querySelectorAll("audio, video")) {
    const same = fresh.querySelector(`[src="${CSS.escape(player.getAttribute("src"))}"]`);
    if (same) same.replaceWith(player);
  }
  if (old.parentElement === list) old.replaceWith(fresh);
  else { old.remove(); list.prepend(fresh); }
  if (focused) fresh.querySelector(focused)?.focus({ preventScroll: true });
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

// An idea's menu is fetched when it is opened: sent with every idea it would be most of a board.
document.addEventListener("toggle", async (event) => {
  const more = event.target;
  if (!more.matches?.(".more") || !more.open || more.querySelector(".menu")) return;
  const response = await fetch(`/menu?idea=${more.closest(".idea").dataset.id}`);
  if (response.ok && !more.querySelector(".menu")) more.append(element((await response.json()).html));
}, true);

if (columns) {
  const banner = document.getElementById("banner");
  listen("board", {
    hello: missed,
    board: take,
    round: (told) => { if (banner) banner.innerHTML = told.banner; },
  });
}
