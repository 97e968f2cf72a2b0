// When a receipt holds: the numbered conditions of docs/reference/evidence-format.md, one function for each.

import { fromHex, Refusal, refuse, isSame } from "./bytes.js";
import { encode, readMoment, tellMoment } from "./json.js";
import { cosignatureTime } from "./note.js";
import { readAcknowledgement, readCheckpoint, readProof } from "./proof.js";
import { HASHES, leadsTo, leafHash, makeEntry } from "./tree.js";
import { keysUnder, readTrust, witnessKeys } from "./trust.js";

const SECOND = 1000000n;
const MINUTE = 60n * SECOND;
const END_OF_YEAR_9999 = 253402300800n;

const isValidAt = (key, time) => key.validFrom <= time && (key.validUntil === null || time < key.validUntil);

// Condition 8: the quorum's cosignatures, of each name the earliest, and of more than asked the earliest.
function countWitnesses(lines, quorum) {
  const earliest = new Map();
  const counting = lines.filter(({ key }) => key.algorithm === "cosignature" && !key.isStolen);
  for (const { key, signature } of counting) {
    const time = cosignatureTime(signature);
    if (!earliest.has(key.name) || time < earliest.get(key.name)) earliest.set(key.name, time);
  }
  const times = [...earliest.values()].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0)).slice(0, quorum);
  const all = counting.map(({ signature }) => cosignatureTime(signature));
  return { all, times, isComplete: times.length === quorum };
}

// Whether lines are there for all algorithms that were in use at a time.
function isSigned(trust, lines, time, counts) {
  const needed = new Set(trust.keys.filter((key) => isValidAt(key, time)).map((key) => key.algorithm));
  const signed = (algorithm) => lines.some(({ key }) => key.algorithm === algorithm && counts(key));
  return needed.size > 0 && [...needed].every(signed);
}

// Conditions 2 and 3: the log's own lines. A stolen key counts for what witnesses had seen before the theft.
function checkLogKeys(trust, head, witnesses) {
  const isSeenBefore = (moment) =>
    trust.quorum > 0 && witnesses.isComplete && witnesses.times.every((time) => time * SECOND < moment);
  const counts = (key) => isValidAt(key, head.time) && (key.stolenAt === null || isSeenBefore(key.stolenAt));
  if (!isSigned(trust, head.lines, head.time, counts)) {
    refuse(
      "The checkpoint is not signed by the keys of the log that counted at its time.",
      "检查点未由当时有效的日志密钥签名。",
    );
  }
}

// Condition 4: the record is the leaf at that place of both trees.
function checkPlace(proof, head) {
  const entry = makeEntry(proof.bytes, proof.blind);
  for (const [name, hash] of Object.entries(HASHES)) {
    const leaf = leafHash(hash, entry);
    const where = { leaf, index: proof.index, size: head.size, path: proof.paths[name], root: head.roots[name] };
    if (!leadsTo(hash, where)) {
      refuse(`The record does not stand in the log (${name} tree).`, `该记录不在日志中（${name} 树）。`);
    }
  }
  const { type, origin } = proof.fields;
  if (!["submission", "act", "log"].includes(type) || (type === "log" && origin !== head.origin)) {
    refuse("The record is of no known type, or of another log.", "记录类型未知，或属于另一日志。");
  }
}

// Condition 5, what was told: both digests stand in the record.
function checkTold({ fields, told }) {
  if (told === null) return;
  for (const [name, hash] of Object.entries(HASHES)) {
    if (!isSame(hash(told), fromHex(fields[`told_${name}`]))) {
      refuse(
        "What the platform is said to have answered is not what the record commits to.",
        "所附答复与记录中的摘要不符。",
      );
    }
  }
}

const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

// Condition 5: the row is the leaf at that place of both row trees.
function checkRow(proof) {
  checkTold(proof);
  const { row, fields } = proof;
  if (row === null) return;
  checkTold(row);
  const counts = [fields.accepted, fields.duplicate, fields.rejected];
  const isInForm = fields.type === "submission" && counts.every(isCount);
  if (!isInForm || !["accepted", "duplicate", "rejected"].includes(row.fields.outcome)) {
    refuse("The row has no place in such a record.", "该记录不可能含有此行。");
  }
  const size = counts.reduce((sum, count) => sum + BigInt(count), 0n);
  for (const [name, hash] of Object.entries(HASHES)) {
    const root = fromHex(fields[`rows_root_${name}`]);
    const leaf = leafHash(hash, row.bytes);
    if (!leadsTo(hash, { leaf, index: row.index, size, path: row.paths[name], root })) {
      refuse(`The row does not belong to the submission (${name} tree).`, `该行不属于该次报送（${name} 树）。`);
    }
  }
}

// Condition 6. Returns what became of the promise: kept, broken, or none that counts.
function checkAcknowledgement(proof, trust) {
  if (proof.acknowledgement === null) return null;
  const { fields, lines } = readAcknowledgement(proof.acknowledgement, keysUnder(trust, trust.name));
  const others = Object.keys(fields).filter((name) => name !== "included_by" && name !== "log");
  const agrees = others.every((name) => name in proof.fields && encode(fields[name]) === encode(proof.fields[name]));
  if (proof.fields.type !== "submission" || !agrees || fields.log !== trust.name) {
    refuse("The acknowledgement is of something else.", "受理确认与记录不一致。");
  }
  const includedBy = readMoment(fields.included_by);
  const committed = includedBy - MINUTE;
  const isInUse = (key) => key.validUntil === null || committed < key.validUntil;
  if (!isSigned(trust, lines, committed, isInUse)) {
    refuse("The acknowledgement is not signed by the keys of the log.", "受理确认未由日志密钥签名。");
  }
  const counts = isSigned(trust, lines, committed, (key) => isInUse(key) && key.stolenAt === null);
  if (!counts) return "void";
  return readMoment(proof.fields.sealed_at) > includedBy ? "broken" : "kept";
}

// Condition 7: one after the other, as things happen.
function checkTimes({ fields }, head, witnesses) {
  const began = { submission: "received_at", act: "acted_at", log: "sealed_at" }[fields.type];
  const sealed = readMoment(fields.sealed_at);
  const isInOrder = readMoment(fields[began]) <= sealed && sealed <= head.time;
  const isSeenInTime = (time) => time * SECOND >= head.time - MINUTE && time < END_OF_YEAR_9999;
  if (!isInOrder || !witnesses.all.every(isSeenInTime)) {
    refuse("The times contradict each other.", "各时间相互矛盾。");
  }
}

const PROMISES = {
  kept: ["The platform sealed it within the time it had promised.", "平台按承诺时限完成封存。"],
  broken: ["The platform broke its promise: it sealed later than it had promised.", "平台违反承诺：封存晚于承诺时限。"],
  void: [
    "The acknowledgement is signed with a stolen key: its promise counts for nothing.",
    "受理确认所用密钥已失窃，其承诺不予采信。",
  ],
};

function tellWhat({ fields }) {
  if (fields.type === "submission") {
    const { submission, submitter, received_at: at } = fields;
    return [
      `submission ${submission} of ${submitter}, received at ${at},`,
      `${submitter} 于 ${at} 报送的 ${submission} `,
    ];
  }
  if (fields.type === "act") {
    return [
      `act ${fields.act_no} (${fields.kind}) of ${fields.acted_at}`,
      `${fields.acted_at} 的第 ${fields.act_no} 号操作（${fields.kind}）`,
    ];
  }
  return [`the opening of ${fields.origin}`, `日志 ${fields.origin} 的开启`];
}

function tell(proof, trust, witnesses, promise) {
  const [en, zh] = tellWhat(proof);
  const latest =
    witnesses.isComplete && trust.quorum > 0 ? tellMoment(witnesses.times[trust.quorum - 1] * SECOND) : null;
  const sentences = [];
  if (latest) {
    sentences.push([
      `Proved: ${en} stands in the log. ${trust.quorum} independent witnesses saw it by ${latest}.`,
      `已证明：${zh}已载入日志，${trust.quorum} 个独立见证方在 ${latest} 前看到。`,
    ]);
  } else if (trust.quorum === 0) {
    sentences.push([`The operator signs that ${en} stands in the log.`, `运营方签名确认：${zh}已载入日志。`]);
    sentences.push([
      "This trust file asks for no witness: the verdict rests on the operator's word alone.",
      "该信任文件不要求见证：结论仅凭运营方一方之言。",
    ]);
  } else {
    const [seen, asked] = [witnesses.times.length, trust.quorum];
    sentences.push([
      `So far on the operator's word: ${en} stands in the log. ${seen} of ${asked} witnesses saw it; fetch the receipt again later.`,
      `目前仅凭运营方之言：${zh}已载入日志。见证 ${seen}/${asked}，请稍后重新获取回执。`,
    ]);
  }
  if (promise) sentences.push(PROMISES[promise]);
  return { sentences, latest };
}

const asNumber = (big) => (big < 2n ** 53n ? Number(big) : String(big));

// Judges a receipt against a trust that was read. Throws a Refusal where it does not hold.
function judge(bytes, trust) {
  const proof = readProof(bytes);
  const keysOf = (origin) => new Map([...keysUnder(trust, origin), ...witnessKeys(trust)]);
  const head = readCheckpoint(proof.checkpoint, trust.name, keysOf);
  const witnesses = countWitnesses(head.lines, trust.quorum);
  checkLogKeys(trust, head, witnesses);
  checkPlace(proof, head);
  checkRow(proof);
  const promise = checkAcknowledgement(proof, trust);
  checkTimes(proof, head, witnesses);
  const { sentences, latest } = tell(proof, trust, witnesses, promise);
  const facts = {
    record: proof.fields,
    origin: head.origin,
    index: asNumber(proof.index),
    size: asNumber(head.size),
    checkpoint_time: head.timeText,
    witnessed_at: latest,
    told: proof.told,
    row: proof.row && proof.row.fields,
    row_told: proof.row && proof.row.told,
    promise,
  };
  return { outcome: witnesses.isComplete ? "verified" : "provisional", sentences, facts };
}

// Whatever goes wrong is a refusal: a verifier that breaks off might be taken for one that found nothing.
function guarded(work) {
  try {
    return work();
  } catch (error) {
    const unknown = ["The receipt cannot be read.", "回执无法读取。"];
    return { outcome: "refused", sentences: [error instanceof Refusal ? error.sentence : unknown], facts: {} };
  }
}

// Reads a trust file once for many receipts; returns a function from a receipt's bytes to its verdict.
export function trusting(trustBytes) {
  let trust;
  const failure = guarded(() => {
    trust = readTrust(trustBytes);
    return null;
  });
  return (bytes) => failure || guarded(() => judge(bytes, trust));
}

// Verifies a receipt: {outcome: "verified" | "provisional" | "refused", sentences: [[en, zh], …], facts}. Never throws.
export function verifyReceipt(bytes, trustBytes) {
  return trusting(trustBytes)(bytes);
}
