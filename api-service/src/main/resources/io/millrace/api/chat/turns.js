// The conversation as it is seen: a turn for each message.

import { announce, byId, copyButton, el, fit, icon, iconButton } from "./dom.js";
import { show } from "./markdown.js";

const list = byId("turns");

/** Shows a whole conversation. */
export function showAll(messages, actions) {
  list.replaceChildren();
  messages.forEach((message, at) => add(message, at, actions));
}

/** Adds the turn of a message; returns what shows its later states. */
export function add(message, at, actions) {
  const turn = message.role === "user" ? new Question(message, at, actions) : new Answer(message, at, actions);
  list.append(turn.element);
  turn.update();
  return turn;
}

class Question {
  constructor(message, at, actions) {
    this.message = message;
    this.save = (text) => actions.edit(at, text);
    this.text = el("div", { className: "said" });
    const tools = el("div", { className: "tools" }, copyButton("Copy the message", () => message.content),
      iconButton("edit", "Edit and send again", () => this.edit()));
    this.element = el("article", { className: "question", "aria-label": "You" }, this.text, tools);
  }

  update() {
    this.text.textContent = this.message.content;
  }

  edit() {
    const area = el("textarea", { value: this.message.content, "aria-label": "Edit the message" });
    const back = () => form.replaceWith(this.text);
    const form = el("form", { className: "edit" }, area, el("div", { className: "row" },
      el("button", { type: "button", onclick: back }, "Cancel"),
      el("button", { type: "submit", className: "strong" }, "Send")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (area.value.trim()) this.save(area.value);
    });
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
      if (event.key === "Escape") {
        event.stopPropagation();
        back();
      }
    });
    area.addEventListener("input", () => fit(area));
    this.text.replaceWith(form);
    fit(area);
    area.focus();
  }
}

class Answer {
  constructor(message, at, actions) {
    this.message = message;
    this.thought = el("div", { className: "text" });
    this.reasoning = el("details", { className: "folded" }, el("summary", {}, "Reasoning"), this.thought);
    this.text = el("div", { className: "text" });
    this.calls = el("div");
    this.wheel = el("div", { className: "waiting" }, icon("wheel"), el("span"));
    this.failure = el("p", { className: "error" });
    this.stats = el("span", { className: "stats" });
    const again = () => actions.regenerate(at);
    this.retry = el("button", { type: "button", onclick: again }, "Try again");
    this.tools = el("div", { className: "tools" }, copyButton("Copy the answer", () => message.content),
      iconButton("again", "Regenerate", again), this.stats);
    const who = el("div", { className: "who" }, message.model ?? "Assistant");
    this.element = el("article", { className: "answer", "aria-label": "Answer of " + (message.model ?? "the model") },
      who, this.reasoning, this.text, this.calls, this.wheel, this.failure, this.retry, this.tools);
  }

  /** Shows the message as it is now; state is what a person is told while it is written. */
  update(state = null) {
    const { content, reasoning, toolCalls, error } = this.message;
    this.reasoning.hidden = !reasoning;
    if (reasoning) show(this.thought, reasoning);
    show(this.text, content);
    this.updateCalls(toolCalls ?? []);
    this.wheel.hidden = state === null;
    this.wheel.lastChild.textContent = state ?? "";
    this.element.classList.toggle("open", state !== null);
    this.failure.hidden = this.retry.hidden = !error;
    this.failure.textContent = error ?? "";
    this.tools.hidden = state !== null || (!content && !toolCalls?.length && error !== undefined);
    this.stats.textContent = statsText(this.message);
  }

  updateCalls(calls) {
    calls.forEach((call, at) => {
      const shown = this.calls.children[at] ?? this.addCall();
      shown.querySelector("summary").replaceChildren("Call of ", el("code", {}, call.name));
      shown.querySelector("pre").textContent = pretty(call.arguments);
    });
  }

  addCall() {
    const call = el("details", { className: "folded" }, el("summary"), el("pre", { tabIndex: 0 }));
    this.calls.append(call);
    return call;
  }

  /** Tells a screen reader once how it has ended. */
  announceEnd() {
    const { error, stats } = this.message;
    announce(error ? "Failed: " + error : "The answer is complete" + (stats?.tokens ? ", " + stats.tokens + " tokens" : ""));
  }
}

function pretty(json) {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

const ENDS = { length: "cut at the limit", stopped: "stopped" };

function statsText({ stats, finish }) {
  const parts = [];
  if (stats?.first !== undefined) parts.push((stats.first / 1000).toFixed(2) + " s to the first token");
  if (stats?.rate) parts.push((stats.rate < 10 ? stats.rate.toFixed(1) : Math.round(stats.rate)) + " tokens/s");
  if (stats?.tokens) parts.push(stats.tokens + " tokens");
  if (ENDS[finish]) parts.push(ENDS[finish]);
  return parts.join(" · ");
}
