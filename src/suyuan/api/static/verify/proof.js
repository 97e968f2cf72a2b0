// The file of a receipt, taken apart: a C2SP tlog-proof whose extra data holds the record. Nothing is believed yet.

import { fromBase64, fromHex, readUtf8, refuse, utf8 } from "./bytes.js";
import { readCanonical, readMoment } from "./json.js";
import { openNote } from "./note.js";
import { hasKeys } from "./trust.js";

const RECEIPT_BYTES_MAX = 8000000;
const PATH_MAX = 63;
const NUMBER_END = 2n ** 63n;

const bad = () => refuse("The receipt is not in the form of a receipt.", "回执文件格式不正确。");

function readNumber(text) {
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text)) bad();
  return BigInt(text) < NUMBER_END ? BigInt(text) : bad();
}

function readHash(text) {
  const bytes = fromBase64(text);
  return bytes.length === 32 ? bytes : bad();
}

function readPath(texts) {
  return Array.isArray(texts) && texts.length <= PATH_MAX ? texts.map(readHash) : bad();
}

// A record with its bytes and, where it was given, what was told.
function readRecord(text, holder) {
  const told = "told" in holder ? fromBase64(holder.told) : null;
  return { fields: readCanonical(text), bytes: utf8(text), told };
}

function readRow(value) {
  const isInForm = hasKeys(value, ["index", "record", "path_sha256", "path_sm3"], ["told"]);
  if (!isInForm || !Number.isSafeInteger(value.index) || value.index < 0) bad();
  const paths = { sha256: readPath(value.path_sha256), sm3: readPath(value.path_sm3) };
  return { ...readRecord(value.record, value), index: BigInt(value.index), paths };
}

function readExtra(line) {
  if (!line.startsWith("extra ")) bad();
  const value = readCanonical(readUtf8(fromBase64(line.slice(6))));
  if (!hasKeys(value, ["format", "record", "blind", "path_sm3"], ["acknowledgement", "told", "row"])) bad();
  if (value.format !== "suyuan-receipt/1") bad();
  const blind = fromHex(value.blind);
  if (blind.length !== 32) bad();
  const acknowledgement = "acknowledgement" in value ? value.acknowledgement : "";
  if (typeof acknowledgement !== "string") bad();
  const row = "row" in value ? readRow(value.row) : null;
  return {
    ...readRecord(value.record, value),
    blind,
    sm3: readPath(value.path_sm3),
    acknowledgement: "acknowledgement" in value ? acknowledgement : null,
    row,
  };
}

// Takes a receipt apart: record, blind, index, both paths, and the checkpoint as text.
export function readProof(bytes) {
  if (bytes.length > RECEIPT_BYTES_MAX) bad();
  const text = readUtf8(bytes);
  const end = text.indexOf("\n\n");
  if (end < 0) bad();
  const [header, extraLine, indexLine, ...pathLines] = text.slice(0, end).split("\n");
  if (header !== "c2sp.org/tlog-proof@v1" || !indexLine || !indexLine.startsWith("index ")) bad();
  const { sm3, ...extra } = readExtra(extraLine);
  const paths = { sha256: readPath(pathLines), sm3 };
  if (sm3.length !== pathLines.length) bad();
  return { ...extra, index: readNumber(indexLine.slice(6)), paths, checkpoint: text.slice(end + 2) };
}

const CHECKPOINT = /^([!-*,-~]+)\/[0-9]{4}\n([0-9]+)\n(\S+)\nsm3 (\S+)\ntime (\S+)\n$/;

// Reads a checkpoint whose lines all hold. `keysOf`: from its origin to the keys that may sign.
export function readCheckpoint(note, name, keysOf) {
  const wrong = () =>
    refuse("The checkpoint is not one of the log that the trust file names.", "检查点不属于信任文件所指日志。");
  const origin = note.slice(0, note.indexOf("\n"));
  const { text, lines } = openNote(note, keysOf(origin));
  const match = CHECKPOINT.exec(text);
  if (!match || match[1] !== name) wrong();
  const [, , size, sha256, sm3, time] = match;
  return {
    origin,
    lines,
    size: readNumber(size),
    roots: { sha256: readHash(sha256), sm3: readHash(sm3) },
    time: readMoment(time),
    timeText: time,
  };
}

const ACKNOWLEDGEMENT_KEYS = [
  "accepted",
  "byte_count",
  "digest_sha256",
  "digest_sm3",
  "duplicate",
  "included_by",
  "log",
  "received_at",
  "rejected",
  "status",
  "submission",
  "submitter",
];

// Reads an acknowledgement whose lines all hold.
export function readAcknowledgement(note, keys) {
  const { text, lines } = openNote(note, keys);
  const [label, json, rest, ...more] = text.split("\n");
  if (label !== "suyuan-acknowledgement/1" || rest !== "" || more.length) bad();
  const fields = readCanonical(json);
  return hasKeys(fields, ACKNOWLEDGEMENT_KEYS) ? { fields, lines } : bad();
}
