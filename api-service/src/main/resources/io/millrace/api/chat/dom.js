// Elements of the page. Text only ever becomes text nodes: nothing here reads HTML.

export const byId = (id) => document.getElementById(id);

/** An element with properties (data-* and aria-* as attributes) and children: nodes, text, lists of them. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** One of the page's symbols. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", "#i-" + name);
  svg.append(use);
  return svg;
}

/** A button with a symbol, and words for those who do not see it. */
export function iconButton(name, label, onclick) {
  return el("button", { type: "button", className: "plain", "aria-label": label, title: label, onclick }, icon(name));
}

/** A button that copies what text() gives, and says so. */
export function copyButton(label, text) {
  const button = iconButton("copy", label, async () => {
    await copy(text());
    button.replaceChildren(icon("done"));
    announce("Copied");
    setTimeout(() => button.replaceChildren(icon("copy")), 1500);
  });
  return button;
}

async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Over plain HTTP from another machine there is no clipboard API.
  const area = el("textarea", { value: text, className: "unseen" });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** Says something to screen readers, once. */
export function announce(text) {
  byId("announcer").textContent = text;
}

let toastEnd = 0;

/** Shows a line for some seconds, perhaps with something to do about it. */
export function toast(text, action, run) {
  const box = byId("toast");
  const hide = () => (box.hidden = true);
  const act = () => {
    hide();
    run();
  };
  box.replaceChildren(text, ...(action ? [el("button", { type: "button", onclick: act }, action)] : []));
  box.hidden = false;
  clearTimeout(toastEnd);
  toastEnd = setTimeout(hide, 7000);
}

/** A textarea as high as its text, up to what its style allows. */
export function fit(area) {
  area.style.height = "auto";
  area.style.height = area.scrollHeight + 2 + "px";
}
