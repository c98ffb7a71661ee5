// Markdown as models write it, as nodes: headings, lists, quotes, tables, code. While a text grows,
// only the blocks that change are made anew, so that a selection or a scrolled table stays.

import { copyButton, el } from "./dom.js";
import { inline } from "./inline.js";

const DEEPEST = 12;
const FENCE = /^( {0,3})(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$/;
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])(?:\s+(.*)|\s*)$/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

const blank = (line) => line.trim() === "";
const indent = (line) => /^\s*/.exec(line)[0].replace(/\t/g, "    ").length;

/** Shows a text in an element, which shows an earlier state of it or nothing. */
export function show(target, text) {
  const blocks = blocksOf(text.replace(/\r\n?/g, "\n").split("\n"));
  const old = target.markdown ?? [];
  let same = 0;
  while (same < blocks.length && same < old.length && old[same] === blocks[same].source) same++;
  while (target.childNodes.length > same) target.lastChild.remove();
  blocks.slice(same).forEach((block) => target.append(render(block, 0)));
  target.markdown = blocks.map((block) => block.source);
}

/** The blocks of some lines, each with its source. */
function blocksOf(lines) {
  const blocks = [];
  for (let at = 0; at < lines.length; ) {
    if (blank(lines[at])) {
      at++;
      continue;
    }
    const block = fence(lines, at) ?? heading(lines, at) ?? quote(lines, at) ?? list(lines, at)
      ?? table(lines, at) ?? paragraph(lines, at);
    block.source = block.kind + "\n" + lines.slice(at, block.end).join("\n");
    blocks.push(block);
    at = block.end;
  }
  return blocks;
}

function fence(lines, at) {
  const open = FENCE.exec(lines[at]);
  if (!open) return null;
  const close = new RegExp("^ {0,3}" + open[2][0] + "{" + open[2].length + ",}\\s*$");
  let end = at + 1;
  while (end < lines.length && !close.test(lines[end])) end++;
  const margin = new RegExp("^ {0," + open[1].length + "}");
  const code = lines.slice(at + 1, end).map((line) => line.replace(margin, ""));
  return { kind: "code", language: open[3], text: code.join("\n"), end: Math.min(end + 1, lines.length) };
}

function heading(lines, at) {
  const found = HEADING.exec(lines[at]);
  if (found) return { kind: "heading", level: found[1].length, text: found[2] ?? "", end: at + 1 };
  return RULE.test(lines[at]) ? { kind: "rule", end: at + 1 } : null;
}

function quote(lines, at) {
  if (!/^ {0,3}>/.test(lines[at])) return null;
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(lines[end])) end++;
  return { kind: "quote", lines: lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, "")), end };
}

/** Items, each with the lines that are indented under it. */
function list(lines, at) {
  const first = ITEM.exec(lines[at]);
  if (!first || RULE.test(lines[at])) return null;
  const margin = indent(lines[at]);
  const ordered = /\d/.test(first[2]);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const found = ITEM.exec(lines[end]);
    if (found && indent(lines[end]) < margin + 2) {
      if (/\d/.test(found[2]) !== ordered || indent(lines[end]) < margin || RULE.test(lines[end])) break;
      items.push([found[3] ?? ""]);
    } else if (!continuesItem(lines, end, margin)) {
      break;
    } else {
      items[items.length - 1].push(lines[end]);
    }
    end++;
  }
  while (blank(lines[end - 1])) end--;
  return { kind: "list", ordered, start: parseInt(first[2], 10), items: items.map(unindent), end };
}

function continuesItem(lines, at, margin) {
  if (!blank(lines[at])) {
    return indent(lines[at]) >= margin + 2 || (!blank(lines[at - 1]) && !beginsBlock(lines, at));
  }
  const next = lines.slice(at, at + 3).find((line) => !blank(line));
  return next !== undefined && (indent(next) >= margin + 2 || (ITEM.test(next) && indent(next) >= margin));
}

function unindent([first, ...others]) {
  const depths = others.filter((line) => !blank(line)).map(indent);
  const margin = depths.reduce((least, depth) => Math.min(least, depth), 8);
  return [first, ...others.map((line) => line.replace(/\t/g, "    ").slice(margin))];
}

function table(lines, at) {
  if (!lines[at].includes("|") || at + 1 >= lines.length || !DIVIDER.test(lines[at + 1])) return null;
  const head = cells(lines[at]);
  const rules = cells(lines[at + 1]);
  if (head.length !== rules.length) return null;
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|") && !blank(lines[end])) end++;
  const align = rules.map((rule) =>
    rule.endsWith(":") ? (rule.startsWith(":") ? "center" : "right") : "left");
  return { kind: "table", head, align, rows: lines.slice(at + 2, end).map(cells), end };
}

function cells(line) {
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
}

function paragraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && !blank(lines[end]) && !beginsBlock(lines, end)) end++;
  return { kind: "text", text: lines.slice(at, end).map((line) => line.trimStart()).join("\n"), end };
}

function beginsBlock(lines, at) {
  const line = lines[at];
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || /^ {0,3}>/.test(line)
    || ITEM.test(line) || table(lines, at) !== null;
}

function render(block, depth) {
  switch (block.kind) {
    case "code":
      return code(block);
    case "heading":
      // The page's own headings are h1 and h2.
      return el("h" + Math.min(block.level + 2, 6), { className: "h" + block.level }, inline(block.text));
    case "rule":
      return el("hr");
    case "quote":
      return el("blockquote", {}, inner(block.lines, depth));
    case "list":
      return listOf(block, depth);
    case "table":
      return tableOf(block);
    default:
      return el("p", {}, inline(block.text));
  }
}

function inner(lines, depth) {
  return depth > DEEPEST ? [lines.join("\n")] : blocksOf(lines).map((block) => render(block, depth + 1));
}

function listOf({ ordered, start, items }, depth) {
  const loose = items.some((item) => item.slice(0, -1).some((line, at) => at > 0 && blank(line)));
  const nodes = items.map((item) => {
    const task = /^\[([ xX])\]\s+/.exec(item[0]);
    const lines = task ? [item[0].slice(task[0].length), ...item.slice(1)] : item;
    const children = inner(lines, depth);
    // A tight item is its text, without a paragraph around it.
    const tight = !loose && children[0]?.tagName === "P";
    const content = tight ? [...children[0].childNodes, ...children.slice(1)] : children;
    const box = task && el("span", { className: "task" }, task[1] === " " ? "☐ " : "☑ ");
    return el("li", {}, box, content);
  });
  return ordered ? el("ol", { start }, nodes) : el("ul", {}, nodes);
}

function tableOf({ head, align, rows }) {
  const cell = (tag) => (text, column) => el(tag, { className: align[column] ?? "left" }, inline(text ?? ""));
  const row = (texts) => el("tr", {}, head.map((_, column) => cell("td")(texts[column], column)));
  const made = el("table", {}, el("thead", {}, el("tr", {}, head.map(cell("th")))), el("tbody", {}, rows.map(row)));
  return el("div", { className: "wide-table", tabIndex: 0, role: "region", "aria-label": "Table" }, made);
}

function code({ language, text }) {
  const bar = el("div", { className: "code-bar" }, el("span", {}, language || "text"), copyButton("Copy the code", () => text));
  const pre = el("pre", { tabIndex: 0, role: "region", "aria-label": "Code" }, el("code", {}, text));
  return el("div", { className: "code-block" }, bar, pre);
}
