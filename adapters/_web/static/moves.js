// Moving ideas: with a mouse by dragging, without one by a form. Both send the same.

import { element, fields, open, send, show, undoable } from "./page.js";

let dragged = null;
const marked = () => document.querySelector(".over");
const unmark = () => marked()?.classList.remove("over");

async function ask(path, back) {
  const response = await fetch(path);
  if (response.ok) open(back, element((await response.json()).form));
}

export async function shape(what) {
  const told = await send("/shape", fields(what));
  if (told) undoable(told);
  return told;
}

// Where a drag would end: on an idea's middle it is merged, on its edges or anywhere else in a column it moves there.
function target(event) {
  const column = event.target.closest?.(".column[data-drop]") ?? null;
  const idea = event.target.closest?.(".idea") ?? null;
  if (idea && idea !== dragged) {
    const { top, height } = idea.getBoundingClientRect();
    const place = (event.clientY - top) / height;
    if (!column || column === dragged.closest(".column") || (place > 0.25 && place < 0.75)) return idea;
  }
  return column && column !== dragged.closest(".column") ? column : null;
}

document.addEventListener("pointerdown", (event) => {
  const idea = event.target.closest?.(".idea[draggable]");
  if (idea) idea.draggable = !event.target.closest("audio, video, a, input, textarea"); // a player's slider is dragged for itself
});
document.addEventListener("dragstart", (event) => {
  const idea = event.target.closest?.('.idea[draggable="true"]');
  if (!idea) return;
  dragged = idea;
  event.dataTransfer.setData("text/plain", idea.dataset.id);
  event.dataTransfer.effectAllowed = "move";
  idea.classList.add("dragged");
});
document.addEventListener("dragover", (event) => {
  if (!dragged) return;
  const onto = target(event);
  if (marked() !== onto) { unmark(); onto?.classList.add("over"); }
  if (onto) event.preventDefault();
});
document.addEventListener("dragend", () => { unmark(); dragged?.classList.remove("dragged"); dragged = null; });
document.addEventListener("drop", (event) => {
  const idea = dragged, onto = dragged && target(event);
  if (!onto) return;
  event.preventDefault();
  unmark();
  if (onto.id === "state-dropped") ask(`/moving?idea=${idea.dataset.id}&to=state-dropped`, idea.id); // a reason may be said
  else shape({ idea: idea.dataset.id, to: onto.matches(".idea") ? `idea-${onto.dataset.id}` : onto.id });
});

document.addEventListener("click", (event) => {
  const move = event.target.closest("button.move"), rename = event.target.closest("button.rename");
  if (move) { const idea = move.closest(".idea"); ask(`/moving?idea=${idea.dataset.id}`, idea.id); }
  if (rename) ask(`/naming?theme=${rename.closest(".column").id.replace("theme-", "")}`, rename.closest(".column").id);
});
document.addEventListener("submit", async (event) => {
  if (!event.target.matches(".shape")) return;
  event.preventDefault();
  const to = event.target.elements.to.value;
  const told = await send("/shape", new FormData(event.target));
  if (!told) return;
  if (to.startsWith("idea-")) open.back = `i-${to.slice(5)}`; // the idea itself leaves the board: its whole gets the focus
  show({ cards: [] });
  undoable(told);
});
