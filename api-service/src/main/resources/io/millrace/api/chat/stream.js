// A chat's answer as it is written. A connection that is lost is taken up again: the same body with
// the id of the last event gives exactly the rest.

/** The root of the API: this file lies one folder below it, whatever prefix a proxy adds. */
export const ROOT = new URL("../", import.meta.url);

const MOST_TRIES = 12;
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 4000;
/** The server sends a comment every 15 s; what is silent for longer is taken to be dead. */
const SILENCE = 50_000;
const PASSING = new Set([502, 503, 504]);

/** A refusal or an error of the server, in its words. */
export class ServerError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

function headers(key) {
  const all = { "Content-Type": "application/json" };
  if (key) all.Authorization = "Bearer " + key;
  return all;
}

async function refusal(response) {
  const text = await response.text();
  try {
    return new ServerError(JSON.parse(text).error.message, response.status);
  } catch {
    return new ServerError("the server answered with status " + response.status, response.status);
  }
}

/** The names of the models that can be asked. */
export async function models(key) {
  const response = await fetch(new URL("v1/models", ROOT), { headers: headers(key) });
  if (!response.ok) throw await refusal(response);
  return (await response.json()).data.map((model) => model.id);
}

export class ChatStream {
  /**
   * body: the request, as text; lastId: of the last event that was had, to go on behind it.
   */
  constructor(body, key, lastId = null) {
    this.body = body;
    this.key = key;
    this.lastId = lastId;
    this.aborter = new AbortController();
  }

  stop() {
    this.aborter.abort();
  }

  get stopped() {
    return this.aborter.signal.aborted;
  }

  /** Runs to the end: onChunk has each event, onLost(true) and onLost(false) tell of a lost connection. */
  async run(onChunk, onLost) {
    for (let tries = 0; ; tries++) {
      try {
        const done = await this.connect((chunk) => {
          if (tries > 0) onLost(false);
          tries = 0;
          onChunk(chunk);
        });
        if (done || this.stopped) return;
      } catch (error) {
        if (this.stopped) return;
        if (!this.mayPass(error, tries)) throw error;
      }
      if (tries >= MOST_TRIES) throw new Error("the connection is lost");
      onLost(true);
      await this.pause(Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE));
      if (this.stopped) return;
    }
  }

  /** Without an id nobody knows whether the question was taken, and asking again could ask twice. */
  mayPass(error, tries) {
    const passing = !(error instanceof ServerError) || PASSING.has(error.status);
    return this.lastId !== null && passing && tries < MOST_TRIES;
  }

  pause(milliseconds) {
    return new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
      addEventListener("online", resolve, { once: true });
      this.aborter.signal.addEventListener("abort", resolve, { once: true });
    });
  }

  /** One connection; returns whether the answer has come to its end. */
  async connect(onChunk) {
    const connection = new AbortController();
    const cut = () => connection.abort();
    this.aborter.signal.addEventListener("abort", cut);
    let watch = setTimeout(cut, SILENCE);
    try {
      const response = await this.ask(connection.signal);
      this.lastId ??= response.headers.get("Last-Event-ID");
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const events = new EventParser();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return false;
        clearTimeout(watch);
        watch = setTimeout(cut, SILENCE);
        for (const event of events.add(value)) if (this.take(event, onChunk)) return true;
      }
    } finally {
      clearTimeout(watch);
      this.aborter.signal.removeEventListener("abort", cut);
    }
  }

  async ask(signal) {
    const sent = headers(this.key);
    if (this.lastId !== null) sent["Last-Event-ID"] = this.lastId;
    const address = new URL("v1/chat/completions", ROOT);
    const response = await fetch(address, { method: "POST", headers: sent, body: this.body, signal });
    if (!response.ok) throw await refusal(response);
    return response;
  }

  take({ id, data }, onChunk) {
    if (id) this.lastId = id;
    if (data === "[DONE]") return true;
    const chunk = JSON.parse(data);
    if (chunk.error) throw new ServerError(chunk.error.message, 0);
    onChunk(chunk);
    return false;
  }
}

/** Server-sent events out of pieces of text, which may end anywhere. */
export class EventParser {
  constructor() {
    this.rest = "";
    this.id = null;
    this.data = [];
  }

  /** The events that are complete with this piece. */
  add(text) {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop();
    return lines.map((line) => this.line(line.replace(/\r$/, ""))).filter((event) => event !== null);
  }

  line(line) {
    if (line === "") return this.event();
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line.startsWith("id:")) this.id = value;
    if (line.startsWith("data:")) this.data.push(value);
    return null;
  }

  event() {
    const event = this.data.length ? { id: this.id, data: this.data.join("\n") } : null;
    this.data = [];
    return event;
  }
}
