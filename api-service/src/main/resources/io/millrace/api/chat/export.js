// A conversation as a file: as the API has it, or to read.

import { titleOf } from "./store.js";

/** The messages as the API takes them. */
export function apiMessages(messages, system) {
  const head = system?.trim() ? [{ role: "system", content: system }] : [];
  return head.concat(messages.filter((message) => !message.error || message.content).map(apiMessage));
}

function apiMessage({ role, content, toolCalls }) {
  if (!toolCalls?.length) return { role, content };
  const calls = toolCalls.map((call) => ({
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.arguments },
  }));
  return { role, content: content || null, tool_calls: calls };
}

export function asJson(conversation, system) {
  const { created, updated } = conversation;
  const file = {
    title: titleOf(conversation),
    created: new Date(created).toISOString(),
    updated: new Date(updated).toISOString(),
    messages: apiMessages(conversation.messages, system).map((message, at, all) => {
      const own = conversation.messages[at - (all.length - conversation.messages.length)];
      return own?.reasoning ? { ...message, reasoning_content: own.reasoning } : message;
    }),
  };
  return JSON.stringify(file, null, 2) + "\n";
}

export function asMarkdown(conversation, system) {
  const parts = ["# " + titleOf(conversation)];
  if (system?.trim()) parts.push("> " + system.trim().replace(/\n/g, "\n> "));
  for (const message of conversation.messages) {
    parts.push("## " + (message.role === "user" ? "You" : message.model || "Assistant"));
    if (message.content) parts.push(message.content);
    for (const call of message.toolCalls ?? []) {
      parts.push("Call of `" + call.name + "`:\n\n```json\n" + call.arguments + "\n```");
    }
  }
  return parts.join("\n\n") + "\n";
}

/** Has the browser save a text as a file. */
export function download(text, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A name that every file system takes. */
export function fileName(conversation, extension) {
  const words = titleOf(conversation).toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  return (words.replace(/^-|-$/g, "").slice(0, 60) || "conversation") + "." + extension;
}
