// The list of conversations: open, rename, delete.

import { byId, el, iconButton, toast } from "./dom.js";
import { conversations, titleOf } from "./store.js";

const list = byId("conversations");
const narrow = matchMedia("(max-width: 859px)");

/** Shows the list; actions: open(id), and gone(id) once one is deleted. */
export function showList(currentId, actions) {
  list.replaceChildren(...conversations.list().map((one) => item(one, one.id === currentId, actions)));
}

function item(conversation, isCurrent, actions) {
  const name = titleOf(conversation);
  const open = el("button", { type: "button", className: "open", title: name, onclick: () => actions.open(conversation.id) }, name);
  if (isCurrent) open.setAttribute("aria-current", "true");
  const row = el("li", {}, open,
    iconButton("edit", "Rename " + name, () => rename(conversation, row, actions)),
    iconButton("delete", "Delete " + name, () => remove(conversation, actions)));
  return row;
}

function rename(conversation, row, actions) {
  const field = el("input", { value: titleOf(conversation), "aria-label": "Name of the conversation", maxLength: 120 });
  let ended = false;
  const end = (keep) => {
    if (ended) return;
    ended = true;
    const stored = conversations.load(conversation.id);
    if (keep && stored) {
      stored.title = field.value.trim();
      conversations.restore(stored);
    }
    actions.renamed(conversation.id, keep ? field.value.trim() : conversation.title);
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") end(true);
    if (event.key === "Escape") end(false);
    event.stopPropagation();
  });
  field.addEventListener("blur", () => end(true));
  row.replaceChildren(field);
  field.select();
}

function remove(conversation, actions) {
  const kept = conversations.load(conversation.id);
  conversations.remove(conversation.id);
  actions.gone(conversation.id);
  toast("Deleted “" + titleOf(conversation) + "”.", "Undo", () => {
    if (kept) conversations.restore(kept);
    actions.open(conversation.id);
  });
}

/** On a narrow screen the list lies over the conversation, and what is below cannot be reached. */
export function openSidebar(open) {
  const over = open && narrow.matches;
  document.body.classList.toggle("sidebar-open", over);
  byId("menu").setAttribute("aria-expanded", String(over));
  byId("room").inert = over;
  if (over) byId("new").focus();
}

/** Opens and closes it from now on. */
export function beginSidebar() {
  byId("menu").addEventListener("click", () => openSidebar(true));
  byId("scrim").addEventListener("click", () => openSidebar(false));
  narrow.addEventListener("change", () => openSidebar(false));
  byId("sidebar").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !narrow.matches) return;
    openSidebar(false);
    byId("menu").focus();
  });
}
