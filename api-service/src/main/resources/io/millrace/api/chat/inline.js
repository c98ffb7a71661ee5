// Markdown within a line: code, emphasis, links. Builds nodes; HTML in the text stays text.

import { el } from "./dom.js";

const DEEPEST = 8;
const WORD = /[\p{L}\p{N}]/u;
const ESCAPED = /[\\`*_{}[\]()#+\-.!|~<>"'$&,/:;=?@^%]/;
const BARE_URL = /^https?:\/\/[^\s<>"'`]+/;
const SAFE = new Set(["http:", "https:", "mailto:"]);

/** The nodes of a text. */
export function inline(text, depth = 0) {
  return depth > DEEPEST ? [text] : new Scanner(text, depth).nodes();
}

/** What a link may lead to, or null. */
function safeUrl(address) {
  try {
    const url = new URL(address);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function link(address, children) {
  const href = safeUrl(address);
  return href === null
    ? null
    : el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, children);
}

class Scanner {
  constructor(text, depth) {
    this.text = text;
    this.depth = depth;
    this.at = 0;
    this.plain = "";
    this.out = [];
    // What does not come again: looked for once, so that no text takes quadratic time.
    this.absent = new Set();
  }

  nodes() {
    while (this.at < this.text.length) {
      const special = this.special(this.text[this.at]);
      if (special === null) this.plain += this.text[this.at++];
      else this.push(special);
    }
    this.flush();
    return this.out;
  }

  push({ node, length }) {
    this.at += length;
    if (typeof node === "string") {
      this.plain += node;
      return;
    }
    this.flush();
    this.out.push(node);
  }

  flush() {
    if (this.plain) this.out.push(this.plain);
    this.plain = "";
  }

  special(char) {
    switch (char) {
      case "\\":
        return this.escape();
      case "`":
        return this.code();
      case "*":
      case "_":
        return this.emphasis(char.repeat(3), "strong", "em") ?? this.emphasis(char.repeat(2), "strong")
          ?? this.emphasis(char, "em");
      case "~":
        return this.emphasis("~~", "del");
      case "!":
        return this.text[this.at + 1] === "[" ? this.bracket(1) : null;
      case "[":
        return this.bracket(0);
      case "<":
        return this.autolink();
      case "h":
        return this.bareUrl();
      case "\n":
        return this.lineBreak();
      default:
        return null;
    }
  }

  find(token, from) {
    if (this.absent.has(token)) return -1;
    const found = this.text.indexOf(token, from);
    if (found < 0) this.absent.add(token);
    return found;
  }

  escape() {
    const next = this.text[this.at + 1];
    if (next === "\n") return { node: el("br"), length: 2 };
    return next !== undefined && ESCAPED.test(next) ? { node: next, length: 2 } : null;
  }

  code() {
    const ticks = /^`+/.exec(this.text.slice(this.at, this.at + 32))[0];
    const begin = this.at + ticks.length;
    const end = this.find(ticks, begin);
    if (end < 0) return { node: ticks, length: ticks.length };
    const inner = this.text.slice(begin, end).replace(/\n/g, " ");
    const trimmed = /^ .*[^ ].* $/.test(inner) ? inner.slice(1, -1) : inner;
    return { node: el("code", {}, trimmed), length: end + ticks.length - this.at };
  }

  emphasis(token, tag, within = null) {
    if (!this.text.startsWith(token, this.at)) return null;
    const begin = this.at + token.length;
    const before = this.text[this.at - 1] ?? " ";
    if (/\s/.test(this.text[begin] ?? " ") || (token[0] === "_" && WORD.test(before))) return null;
    const end = this.closing(token, begin);
    if (end < 0) return null;
    const children = inline(this.text.slice(begin, end), this.depth + 1);
    const node = el(tag, {}, within ? el(within, {}, children) : children);
    return { node, length: end + token.length - this.at };
  }

  /** A few are looked at: the first may stand before a space, or within a longer run. */
  closing(token, begin) {
    let end = this.find(token, begin + 1);
    for (let tries = 0; end >= 0 && tries < 8; tries++) {
      const after = this.text[end + token.length] ?? " ";
      const within = token.length === 1 && (after === token || this.text[end - 1] === token);
      const open = /\s/.test(this.text[end - 1]) || (token[0] === "_" && WORD.test(after));
      if (!within && !open) return end;
      end = this.find(token, end + (within ? 2 : 1));
    }
    return -1;
  }

  /** [text](address); an image becomes a link, as nothing is fetched from elsewhere. */
  bracket(mark) {
    const begin = this.at + mark + 1;
    const middle = this.find("](", begin);
    const end = middle < 0 ? -1 : this.addressEnd(middle + 2);
    if (end < 0 || this.text.slice(begin, middle).includes("\n\n")) return null;
    const address = this.text.slice(middle + 2, end).trim().split(/\s/)[0].replace(/^<|>$/g, "");
    const label = this.text.slice(begin, middle) || address;
    const node = link(address, inline(label, this.depth + 1));
    const length = end + 1 - this.at;
    return { node: node ?? this.text.slice(this.at, this.at + length), length };
  }

  /** Addresses may hold pairs of parentheses. */
  addressEnd(begin) {
    let open = 0;
    for (let at = begin; at < Math.min(this.text.length, begin + 2048); at++) {
      if (this.text[at] === "\n") return -1;
      if (this.text[at] === "(") open++;
      if (this.text[at] === ")" && open-- === 0) return at;
    }
    return -1;
  }

  autolink() {
    const found = /^<((?:https?:\/\/|mailto:)[^\s<>]+)>/.exec(this.text.slice(this.at, this.at + 2048));
    const node = found && link(found[1], [found[1]]);
    return node ? { node, length: found[0].length } : null;
  }

  bareUrl() {
    if (WORD.test(this.text[this.at - 1] ?? " ")) return null;
    const found = BARE_URL.exec(this.text.slice(this.at, this.at + 2048));
    const address = found && found[0].replace(/[.,;:!?*_~)\]]+$/, "");
    const node = address && link(address, [address]);
    return node ? { node, length: address.length } : null;
  }

  lineBreak() {
    const hard = /(?: {2,})$/.test(this.plain.slice(-8));
    return hard ? { node: el("br"), length: 1 } : null;
  }
}
