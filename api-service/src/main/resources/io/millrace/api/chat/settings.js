// The drawer: system prompt, sampling, form of the answer, key.

import { byId, el } from "./dom.js";
import { settings } from "./store.js";
import { models } from "./stream.js";

const NUMBERS = ["temperature", "top_p", "max_tokens", "seed"];
const form = byId("drawer-form");
let served = [];

const fields = () => [...form.elements].filter((field) => field.name);

/** All values, by the names of the fields. */
export function values() {
  return Object.fromEntries(fields().map((field) => [field.name, field.value]));
}

/** The model that is asked. */
export function model() {
  return values().model || served[0] || byId("model").textContent;
}

/** The request to a conversation's end; throws with words where a field cannot be read. */
export function request(messages) {
  const set = values();
  const body = { model: model(), messages, stream: true, stream_options: { include_usage: true } };
  for (const name of NUMBERS) if (set[name].trim() !== "") body[name] = Number(set[name]);
  const stop = set.stop.split("\n").filter((line) => line !== "");
  if (stop.length) body.stop = stop;
  const schema = json("JSON Schema", set.schema);
  if (schema !== null) {
    body.response_format = { type: "json_schema", json_schema: { name: "answer", schema } };
  }
  const tools = json("Functions", set.tools);
  if (tools !== null) body.tools = tools;
  return JSON.stringify(body);
}

function json(name, text) {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(name + " in the settings is not valid JSON: " + error.message);
  }
}

function check() {
  const box = byId("drawer-error");
  try {
    request([]);
    box.hidden = true;
  } catch (error) {
    box.textContent = error.message;
    box.hidden = false;
  }
}

function showModel() {
  byId("model").textContent = model();
  byId("welcome-model").textContent = model();
}

/** The list of models, as far as the server tells it. */
async function loadModels() {
  try {
    served = await models(values().key);
  } catch {
    // Asking will say why.
    return;
  }
  const chosen = settings.load().model ?? "";
  form.elements.model.replaceChildren(...served.map((name) => el("option", { value: name }, name)));
  form.elements.model.value = served.includes(chosen) ? chosen : served[0] ?? "";
  showModel();
}

function changed(event) {
  settings.save(values());
  check();
  showModel();
  if (event?.target.name === "key" && event.type === "change") loadModels();
}

/** Opens the drawer from now on. */
export function begin() {
  const kept = settings.load();
  for (const field of fields()) if (field.name !== "model") field.value = kept[field.name] ?? "";
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  byId("settings").addEventListener("click", () => {
    check();
    byId("drawer").showModal();
    loadModels();
  });
  byId("drawer").addEventListener("click", (event) => {
    if (event.target === byId("drawer")) byId("drawer").close();
  });
  byId("reset").addEventListener("click", () => {
    for (const field of fields()) if (field.name !== "model") field.value = "";
    changed();
  });
  return loadModels();
}
