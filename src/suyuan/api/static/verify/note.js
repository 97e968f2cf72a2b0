// Signed notes (C2SP signed-note) with the three kinds of keys that a receipt knows.

import { bigFromBytes, concat, fromBase64, hex, refuse, utf8 } from "./bytes.js";
import { readEd25519Key, verifyEd25519 } from "./ed25519.js";
import { sha256 } from "./hashes.js";
import { readSm2Key, verifySm2 } from "./sm2.js";

const NOTE_BYTES_MAX = 1000000;
const LINES_MAX = 100;
const REMEMBERED_MAX = 1000;
const TIME_MAX = 2n ** 63n - 1n;

// A cosignature holds its time before the signature, and signs it with the text.
function verifyCosignature(key, message, signature) {
  if (signature.length !== 72) return false;
  const time = cosignatureTime(signature);
  if (time > TIME_MAX) return false;
  return verifyEd25519(key, concat(utf8(`cosignature/v1\ntime ${time}\n`), message), signature.subarray(8));
}

export function cosignatureTime(signature) {
  return bigFromBytes(signature.subarray(0, 8));
}

export const ALGORITHMS = {
  ed25519: { type: Uint8Array.of(1), readKey: readEd25519Key, verify: verifyEd25519 },
  "sm2-sm3": { type: concat([0xff], utf8("suyuan-sm2-sm3/1")), readKey: readSm2Key, verify: verifySm2 },
  cosignature: { type: Uint8Array.of(4), readKey: readEd25519Key, verify: verifyCosignature },
};

// The place that a key has in a note: its name and key ID.
export function placeOfKey(name, algorithm, bytes) {
  const id = sha256(concat(utf8(name), [10], ALGORITHMS[algorithm].type, bytes)).subarray(0, 4);
  return `${name} ${hex(id)}`;
}

// What was verified is remembered with the key: thousands of receipts may share one checkpoint.
function holds(key, message, signature) {
  const what = `${hex(sha256(message))} ${hex(signature)}`;
  if (!key.remembered.has(what)) {
    if (key.remembered.size >= REMEMBERED_MAX) key.remembered.clear();
    key.remembered.set(what, ALGORITHMS[key.algorithm].verify(key.bytes, message, signature));
  }
  return key.remembered.get(what);
}

// Splits a note into its text and lines; the text ends before the last empty line.
function split(note) {
  const bad = () => refuse("A signed note is not in its form.", "签名文本的格式不正确。");
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n") || utf8(note).length > NOTE_BYTES_MAX) bad();
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) bad();
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > LINES_MAX) bad();
  const signatures = lines.map((line) => {
    const match = /^— ([^\s+]+) (\S+)$/.exec(line) || bad();
    const bytes = fromBase64(match[2]);
    if (bytes.length < 5) bad();
    return { place: `${match[1]} ${hex(bytes.subarray(0, 4))}`, signature: bytes.subarray(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

// Returns the text of a note and its lines as {key, signature}. `keys`: what may sign it, by place. Every line must be of
// one of them and hold: a line that could be changed unnoticed would be a receipt with two forms.
export function openNote(note, keys) {
  const { text, signatures } = split(note);
  const message = utf8(text);
  const seen = new Set();
  const lines = signatures.map(({ place, signature }) => {
    const key = keys.get(place);
    if (!key) {
      refuse(
        `A signature line (${place}) is of no key that the trust file lists.`,
        `签名行（${place}）所用密钥不在信任文件中。`,
      );
    }
    if (seen.has(place)) refuse(`The key ${place} signs twice.`, `密钥 ${place} 重复签名。`);
    seen.add(place);
    if (!holds(key, message, signature)) {
      refuse(`The signature of ${place} does not hold.`, `${place} 的签名不成立。`);
    }
    return { key, signature };
  });
  return { text, lines };
}
