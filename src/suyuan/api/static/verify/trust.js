// The trust file: which keys and witnesses count, and when.

import { fromBase64, hex, readUtf8, refuse } from "./bytes.js";
import { isObject, readJson, readMoment } from "./json.js";
import { ALGORITHMS, placeOfKey } from "./note.js";

const TRUST_BYTES_MAX = 1000000;
const KEYS_MAX = 1000;
const WITNESSES_MAX = 64;
const NAME = /^[!-*,-~]+$/; // printable ASCII without blank and plus

const bad = (en, zh) => refuse(`The trust file cannot be used: ${en}`, `信任文件无法使用：${zh}`);

// Exactly the keys named, and of the optional ones any.
export function hasKeys(value, names, optional = []) {
  return (
    isObject(value) &&
    names.every((name) => name in value) &&
    Object.keys(value).every((name) => names.includes(name) || optional.includes(name))
  );
}

function readPublic(text, algorithm) {
  const bytes = fromBase64(text);
  return ALGORITHMS[algorithm].readKey(bytes) ? bytes : bad("a public key is not valid.", "公钥无效。");
}

function readLogKey(value) {
  const isInForm = hasKeys(value, ["algorithm", "public", "valid_from"], ["valid_until", "stolen_at"]);
  if (!isInForm || !["ed25519", "sm2-sm3"].includes(value.algorithm)) {
    bad("a key is not in its form.", "密钥格式不正确。");
  }
  const moment = (name) => (name in value ? readMoment(value[name]) : null);
  const [validFrom, validUntil, stolenAt] = [moment("valid_from"), moment("valid_until"), moment("stolen_at")];
  if (validUntil !== null && validUntil <= validFrom) bad("a key ends before it begins.", "密钥失效早于生效。");
  const bytes = readPublic(value.public, value.algorithm);
  return { algorithm: value.algorithm, bytes, validFrom, validUntil, stolenAt, remembered: new Map() };
}

function readWitness(value, isStolen) {
  if (!hasKeys(value, ["name", "public"]) || typeof value.name !== "string" || !NAME.test(value.name)) {
    bad("a witness is not in its form.", "见证方格式不正确。");
  }
  const bytes = readPublic(value.public, "cosignature");
  return { algorithm: "cosignature", name: value.name, bytes, isStolen, remembered: new Map() };
}

function readList(value, count, read) {
  if (!Array.isArray(value) || value.length > count) bad("a list is none or too long.", "列表缺失或过长。");
  return value.map(read);
}

// Reads a trust file; refuses one that says anything else or anything twice.
export function readTrust(bytes) {
  if (bytes.length > TRUST_BYTES_MAX) bad("it is too long.", "文件过长。");
  const value = readJson(readUtf8(bytes));
  if (!hasKeys(value, ["format", "name", "quorum", "keys", "witnesses"], ["stolen_witnesses"])) {
    bad("it has not the keys of its format.", "字段与格式不符。");
  }
  const { format, name, quorum } = value;
  if (format !== "suyuan-trust/1") bad("its format is not suyuan-trust/1.", "格式不是 suyuan-trust/1。");
  if (typeof name !== "string" || !NAME.test(name)) bad("the log's name is not valid.", "日志名称无效。");
  const keys = readList(value.keys, KEYS_MAX, readLogKey);
  if (!keys.length) bad("it has no key.", "没有密钥。");
  const present = readList(value.witnesses, WITNESSES_MAX, (one) => readWitness(one, false));
  const stolen = "stolen_witnesses" in value ? value.stolen_witnesses : [];
  const witnesses = [...present, ...readList(stolen, WITNESSES_MAX, (one) => readWitness(one, true))];
  const publics = [...keys, ...witnesses].map((key) => hex(key.bytes));
  if (new Set(publics).size < publics.length) bad("a public key stands in two places.", "同一公钥出现两次。");
  const names = new Set(present.map((witness) => witness.name));
  if (!Number.isSafeInteger(quorum) || quorum < 0 || quorum > names.size) {
    bad("its quorum is more than its witnesses.", "法定见证数超过见证方数。");
  }
  return { name, quorum, keys, witnesses };
}

// The keys that may sign a note of the log under a name, by their place in it.
export function keysUnder(trust, name) {
  return new Map(trust.keys.map((key) => [placeOfKey(name, key.algorithm, key.bytes), key]));
}

export function witnessKeys(trust) {
  return new Map(trust.witnesses.map((key) => [placeOfKey(key.name, "cosignature", key.bytes), key]));
}
