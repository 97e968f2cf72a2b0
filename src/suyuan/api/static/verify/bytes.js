// Bytes and their texts: strict both ways, so that no receipt can be written in two ways.

export class Refusal extends Error {
  // What does not hold, in English and Chinese; whoever verifies turns it into a verdict.
  constructor(en, zh) {
    super(en);
    this.sentence = [en, zh];
  }
}

export function refuse(en, zh) {
  throw new Refusal(en, zh);
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function isSame(left, right) {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

export function utf8(text) {
  return new TextEncoder().encode(text);
}

// Without ignoreBOM the browser would drop a byte order mark, and two files would read the same.
export function readUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    return refuse("The text is not UTF-8.", "文本不是 UTF-8 编码。");
  }
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text) {
  if (typeof text !== "string" || !/^(?:[0-9a-f]{2})*$/.test(text)) {
    refuse("A text is not lower-case hexadecimal.", "文本不是小写十六进制。");
  }
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

export function bigFromBytes(bytes) {
  return bytes.length ? BigInt("0x" + hex(bytes)) : 0n;
}

export function bigFromLittle(bytes) {
  return bigFromBytes(Uint8Array.from(bytes).reverse());
}

export function bytesFromBig(number, length) {
  return fromHex(number.toString(16).padStart(2 * length, "0"));
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const SIXES = new Int16Array(128).fill(-1);
for (let at = 0; at < 64; at += 1) SIXES[ALPHABET.charCodeAt(at)] = at;

// RFC 4648 section 4 with padding. The browser's own decoder forgives blanks, missing padding and stray last bits.
export function fromBase64(text) {
  const bad = () => refuse("A text is not strict base64.", "文本不是严格的 base64。");
  if (typeof text !== "string" || text.length % 4) bad();
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const letters = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let held = 0;
  let bits = 0;
  let place = 0;
  for (let at = 0; at < letters; at += 1) {
    const code = text.charCodeAt(at);
    const six = code < 128 ? SIXES[code] : -1;
    if (six < 0) bad();
    held = ((held << 6) | six) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[place] = held >> bits;
      place += 1;
    }
  }
  if (held & ((1 << bits) - 1)) bad();
  return bytes;
}
