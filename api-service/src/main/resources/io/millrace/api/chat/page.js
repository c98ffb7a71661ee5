// The chat page: what happens when somebody does something.

import { addChunk, StopWatch } from "./answer.js";
import { announce, byId, fit, toast } from "./dom.js";
import { apiMessages, asJson, asMarkdown, download, fileName } from "./export.js";
import * as settings from "./settings.js";
import { beginSidebar, openSidebar, showList } from "./sidebar.js";
import { conversations, current, newConversation, titleOf } from "./store.js";
import { ChatStream } from "./stream.js";
import { add, showAll } from "./turns.js";

const question = byId("question");
const scroll = byId("scroll");

let conversation = newConversation();
/** The answer that is being written: { stream, turn, message, conversation }, or null. */
let running = null;
let following = true;

const turnActions = {
  edit(at, text) {
    stop();
    conversation.messages.length = at;
    ask(text);
  },
  regenerate(at) {
    stop();
    conversation.messages.length = at;
    showConversation();
    answer();
  },
};

const listActions = {
  open,
  renamed(id, title) {
    if (id === conversation.id) conversation.title = title;
    showTitle();
  },
  gone(id) {
    if (id === conversation.id) begin(newConversation());
    else showTitle();
  },
};

function save(one = conversation) {
  if (one === conversation) current.save(one.id);
  if (!conversations.save(one)) toast("This browser has no room for the conversation; export it to keep it.");
}

function showTitle() {
  byId("title").textContent = titleOf(conversation);
  document.title = conversation.messages.length ? titleOf(conversation) + " - Millrace" : "Millrace";
  showList(conversation.id, listActions);
}

function showConversation() {
  showAll(conversation.messages, turnActions);
  const empty = conversation.messages.length === 0;
  byId("welcome").hidden = !empty;
  byId("export").hidden = empty;
  showTitle();
  showRunning();
  toEnd();
}

function showRunning() {
  byId("stop").hidden = running === null;
  byId("send").hidden = running !== null;
}

function begin(one) {
  stop();
  conversation = one;
  current.save(one.id);
  showConversation();
  resume();
}

function open(id) {
  const stored = conversations.load(id);
  if (stored) begin(stored);
  openSidebar(false);
  question.focus();
}

function ask(text) {
  conversation.messages.push({ role: "user", content: text });
  save();
  showConversation();
  answer();
}

function answer() {
  const message = { role: "assistant", content: "", model: settings.model(), stats: {} };
  try {
    const messages = apiMessages(conversation.messages, settings.values().system);
    run(message, new ChatStream(settings.request(messages), settings.values().key));
  } catch (error) {
    message.error = error.message;
    conversation.messages.push(message);
    showConversation();
  }
}

/** Goes on with an answer that was being written when the page was left. */
function resume() {
  const message = conversation.messages.at(-1);
  if (!message?.pending) return;
  const { body, lastId } = message.pending;
  delete message.pending;
  conversation.messages.pop();
  run(message, new ChatStream(body, settings.values().key, lastId));
}

async function run(message, stream) {
  const own = conversation;
  own.messages.push(message);
  showAll(own.messages.slice(0, -1), turnActions);
  const turn = add(message, own.messages.length - 1, turnActions);
  byId("welcome").hidden = true;
  byId("export").hidden = false;
  const watch = new StopWatch(message.stats, Boolean(message.content));
  running = { stream, turn, message, watch, conversation: own };
  showRunning();
  announce("The answer is being written");
  toEnd();
  const frame = frames(turn);
  frame(message.content ? "" : "Waiting for the first token");
  try {
    await stream.run(
      (chunk) => {
        if (addChunk(message, chunk)) watch.piece();
        frame("");
      },
      (lost) => {
        frame(lost ? "Reconnecting" : "");
        if (lost) announce("The connection is lost; reconnecting");
      },
    );
  } catch (error) {
    message.error = readable(error);
  }
  if (running?.stream !== stream) return;
  end();
  turn.announceEnd();
  follow();
}

/** Nothing is being written from now on; what there is of the answer stays. */
function end() {
  const { message, turn, watch, conversation: own } = running;
  running = null;
  watch.end();
  turn.update();
  save(own);
  showTitle();
  showRunning();
}

function readable(error) {
  const network = error instanceof TypeError || error.name === "NetworkError";
  const text = network ? "the server cannot be reached" : error.message;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Shows the latest state, once for each frame that is painted. */
function frames(turn) {
  let state = null;
  let asked = false;
  return (next) => {
    state = next;
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      if (running?.turn !== turn) return;
      turn.update(state);
      follow();
    });
  };
}

/** Stops the answer that is being written, if there is one. */
function stop() {
  if (running === null) return;
  running.stream.stop();
  running.message.finish = "stopped";
  end();
  announce("Stopped");
}

function toEnd() {
  following = true;
  follow();
}

function follow() {
  if (following) scroll.scrollTop = scroll.scrollHeight;
}

function send() {
  const text = question.value;
  if (!text.trim() || running !== null) return;
  question.value = "";
  fit(question);
  ask(text);
}

function beginComposer() {
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  question.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  question.addEventListener("input", () => fit(question));
  byId("stop").addEventListener("click", () => {
    stop();
    question.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !byId("drawer").open) stop();
  });
  for (const example of byId("examples").children) {
    example.addEventListener("click", () => ask(example.textContent));
  }
}

function beginHeader() {
  byId("new").addEventListener("click", () => {
    begin(newConversation());
    openSidebar(false);
    question.focus();
  });
  byId("theme").addEventListener("click", toggleTheme);
  nameTheme();
  byId("export").addEventListener("click", (event) => {
    const kind = event.target.dataset?.export;
    if (!kind) return;
    const text = (kind === "md" ? asMarkdown : asJson)(conversation, settings.values().system);
    download(text, fileName(conversation, kind), kind === "md" ? "text/markdown" : "application/json");
    byId("export").open = false;
  });
  document.addEventListener("click", (event) => {
    if (!byId("export").contains(event.target)) byId("export").open = false;
  });
}

const isDark = () =>
  (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function toggleTheme() {
  const chosen = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = chosen;
  try {
    localStorage.setItem("millrace.theme", chosen);
  } catch {
    // It holds until the page is left.
  }
  nameTheme();
}

function nameTheme() {
  byId("theme").setAttribute("aria-label", isDark() ? "Light theme" : "Dark theme");
}

function beginScroll() {
  const latest = byId("latest");
  scroll.addEventListener("scroll", () => {
    following = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 48;
    latest.hidden = following;
  });
  latest.addEventListener("click", toEnd);
}

/** Who comes back soon enough reads on where the page was left. */
addEventListener("pagehide", () => {
  if (running === null) return;
  const { stream, message, conversation: own } = running;
  if (stream.lastId !== null) message.pending = { body: stream.body, lastId: stream.lastId };
  save(own);
  delete message.pending;
});

beginComposer();
beginHeader();
beginScroll();
beginSidebar();
showConversation();
await settings.begin();
const stored = current.load() && conversations.load(current.load());
if (stored) begin(stored);
question.focus();
