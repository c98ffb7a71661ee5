// What is kept in the browser: conversations, one entry each, and settings. Several installations
// below one address keep theirs apart by their prefix.

import { ROOT } from "./stream.js";

const PREFIX = "millrace" + ROOT.pathname;
const CONVERSATION = PREFIX + "conversation/";

/** What the browser keeps may be full or forbidden; the page works on without it. */
function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export const settings = {
  load: () => read(PREFIX + "settings") ?? {},
  save: (values) => write(PREFIX + "settings", values),
};

export const current = {
  load: () => read(PREFIX + "current"),
  save: (id) => write(PREFIX + "current", id),
};

/** An empty conversation. */
export function newConversation() {
  const now = Date.now();
  const random = crypto.getRandomValues(new Uint32Array(2)).join("");
  return { id: now + "-" + random, title: "", created: now, updated: now, messages: [] };
}

export const conversations = {
  load: (id) => read(CONVERSATION + id),

  /** Returns whether it is kept. */
  save(conversation) {
    conversation.updated = Date.now();
    return write(CONVERSATION + conversation.id, conversation);
  },

  /** As it was, with its time. */
  restore: (conversation) => write(CONVERSATION + conversation.id, conversation),

  remove(id) {
    try {
      localStorage.removeItem(CONVERSATION + id);
    } catch {
      // Nothing was kept.
    }
  },

  /** All of them, the latest first. */
  list() {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(CONVERSATION))
        .map(read)
        .filter((conversation) => conversation !== null)
        .sort((a, b) => b.updated - a.updated);
    } catch {
      return [];
    }
  },
};

/** What a conversation is called: its name, or how its first question begins. */
export function titleOf(conversation) {
  if (conversation.title) return conversation.title;
  const first = conversation.messages.find((message) => message.role === "user");
  if (!first) return "New conversation";
  const line = first.content.trim().split("\n")[0];
  return line.length > 60 ? line.slice(0, 57).trimEnd() + "…" : line;
}
