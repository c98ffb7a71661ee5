// An answer that is being written: what its events add to the message.

/** Adds what an event brings; returns whether it brought something to see. */
export function addChunk(message, chunk) {
  const choice = chunk.choices?.[0];
  const delta = choice?.delta ?? {};
  if (chunk.model) message.model = chunk.model;
  if (chunk.usage) message.stats.tokens = chunk.usage.completion_tokens;
  if (choice?.finish_reason) message.finish = choice.finish_reason;
  if (delta.content) message.content += delta.content;
  if (delta.reasoning_content) message.reasoning = (message.reasoning ?? "") + delta.reasoning_content;
  (delta.tool_calls ?? []).forEach((piece) => addCall(message, piece));
  return Boolean(delta.content || delta.reasoning_content || delta.tool_calls?.length);
}

function addCall(message, { index, id, function: said }) {
  message.toolCalls ??= [];
  const call = (message.toolCalls[index] ??= { id: "", name: "", arguments: "" });
  if (id) call.id = id;
  if (said?.name) call.name += said.name;
  if (said?.arguments) call.arguments += said.arguments;
}

/** Measures an answer: time to the first token, then tokens a second. */
export class StopWatch {
  /** resumed: whether another page has had the beginning, whose time is not known here. */
  constructor(stats, resumed) {
    this.stats = stats;
    this.resumed = resumed;
    this.begin = performance.now();
    this.pieces = 0;
  }

  piece() {
    const now = performance.now();
    this.pieces++;
    this.firstAt ??= now;
    this.lastAt = now;
    this.stats.first ??= now - this.begin;
  }

  /** The first token is none of those that the time after it brought. */
  end() {
    if (this.pieces === 0) return;
    const tokens = this.stats.tokens ?? this.pieces;
    const seconds = (this.lastAt - this.firstAt) / 1000;
    if (tokens > 1 && seconds > 0.01 && !this.resumed) this.stats.rate = (tokens - 1) / seconds;
    this.stats.tokens = tokens;
  }
}
