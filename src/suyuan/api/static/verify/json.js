// JSON in the log's narrow profile, and moments. JSON.parse will not do: it forgets that a key stood there twice.

import { refuse } from "./bytes.js";

const DEPTH_MAX = 32;
const BLANKS = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
const WORD = /true|false|null/y;
const LONE_SURROGATE = /[\ud800-\udfff]/u;

const bad = () => refuse("A text is not JSON as the format has it.", "文本不是格式所要求的 JSON。");

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return null;
    this.at = pattern.lastIndex;
    return match[0];
  }

  // Takes a mark with the blanks around it.
  mark(character) {
    this.take(BLANKS);
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    this.take(BLANKS);
    return true;
  }

  value(depth) {
    if (depth > DEPTH_MAX) bad();
    this.take(BLANKS);
    const first = this.text[this.at];
    if (first === "{") return this.object(depth);
    if (first === "[") return this.list(depth);
    if (first === '"') return this.string();
    const number = this.take(NUMBER);
    if (number !== null) return Number.isSafeInteger(Number(number)) ? Number(number) : bad();
    const word = this.take(WORD);
    return word === null ? bad() : JSON.parse(word);
  }

  string() {
    if (this.text[this.at] !== '"') bad();
    // Step by step to the closing quote: a pattern with a choice in it runs out of stack on a text of megabytes.
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === "\\" ? 2 : 1;
    const written = this.text.slice(this.at, end + 1);
    this.at = end + 1;
    const text = JSON.parse(written); // what may stand between the quotes it knows itself, and throws
    return LONE_SURROGATE.test(text) ? bad() : text;
  }

  list(depth) {
    const items = [];
    this.mark("[");
    if (this.mark("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.mark(","));
    return this.mark("]") ? items : bad();
  }

  // Without a prototype, so that a key named __proto__ is a key like any other.
  object(depth) {
    const fields = Object.create(null);
    this.mark("{");
    if (this.mark("}")) return fields;
    do {
      const key = this.string();
      if (key in fields || !this.mark(":")) bad();
      fields[key] = this.value(depth + 1);
    } while (this.mark(","));
    return this.mark("}") ? fields : bad();
  }
}

export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Any JSON object whose numbers are whole and no key of which stands there twice.
export function readJson(text) {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.take(BLANKS);
  return reader.at === text.length && isObject(value) ? value : bad();
}

export function encode(value) {
  if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value); // RFC 8785 is what JavaScript writes
  const keys = Object.keys(value).sort();
  if (!keys.every((key) => /^[a-z0-9_]+$/.test(key))) bad();
  return `{${keys.map((key) => `"${key}":${encode(value[key])}`).join(",")}}`;
}

// An object in canonical JSON: a text that is its own encoding.
export function readCanonical(text) {
  const value = typeof text === "string" ? readJson(text) : bad();
  if (encode(value) !== text) {
    refuse("A record is not in canonical JSON.", "记录不是规范化 JSON。");
  }
  return value;
}

const MOMENT = /^([12][0-9]{3})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{6})Z$/;

// A moment as microseconds since 1970; BigInt, for they pass 2^53 in the year 2255.
export function readMoment(text) {
  const match = typeof text === "string" ? MOMENT.exec(text) : null;
  if (match) {
    const [year, month, day, hour, minute, second, micros] = match.slice(1).map(Number);
    const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
    // A day that does not exist comes back as another one.
    if (new Date(milliseconds).toISOString().slice(0, 19) === text.slice(0, 19)) {
      return BigInt(milliseconds) * 1000n + BigInt(micros);
    }
  }
  return refuse(`${String(text)} is no moment.`, `${String(text)} 不是有效时刻。`);
}

export function tellMoment(micros) {
  const text = new Date(Number(micros / 1000n)).toISOString();
  return `${text.slice(0, -1)}${String(micros % 1000n).padStart(3, "0")}Z`;
}
