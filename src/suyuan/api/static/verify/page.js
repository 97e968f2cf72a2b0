// The page /verify: files in, verdict out. Nothing leaves the browser; everything shown is put in as text, never as markup.

import { hex } from "./bytes.js";
import { sha256, sm3 } from "./hashes.js";
import { verifyReceipt } from "./receipt.js";

const isChinese = document.documentElement.lang === "zh-CN";
const say = (zh, en) => (isChinese ? zh : en);
const find = (id) => document.getElementById(id);
const files = { receipt: null, trust: null, original: null };
let isTrustChosen = false;

const OUTCOMES = {
  verified: ["good", say("核验通过", "Verified")],
  provisional: ["open", say("暂定：见证尚不足", "Provisional: not enough witnesses yet")],
  refused: ["bad", say("核验不通过", "Refused")],
};
const LABELS = {
  submission: say("报送编号", "Submission"),
  submitter: say("报送单位", "Submitter"),
  received_at: say("接收时间", "Received"),
  sealed_at: say("封存时间", "Sealed"),
  acted_at: say("操作时间", "Done"),
  act_no: say("操作序号", "Act"),
  kind: say("操作类型", "Kind of act"),
  actor: say("操作人", "Done by"),
  form: say("文件格式", "Form of the file"),
  file_name: say("文件名", "File name"),
  status: say("处理状态", "Status"),
  byte_count: say("字节数", "Bytes"),
  accepted: say("接受行数", "Rows accepted"),
  duplicate: say("重复行数", "Rows that repeat"),
  rejected: say("退回行数", "Rows refused"),
  digest_sha256: say("原文 SHA-256", "SHA-256 of the file"),
  digest_sm3: say("原文 SM3", "SM3 of the file"),
  origin: say("日志", "Log"),
  place: say("日志中的位置", "Place in the log"),
  checkpoint_time: say("检查点时间", "Checkpoint"),
  witnessed_at: say("见证完成时间", "Seen by the witnesses by"),
  row: say("行号", "Row"),
  outcome: say("处理结果", "Outcome"),
  codes: say("错误代码", "Error codes"),
  report_id: say("报告编号", "Report"),
  duplicate_of: say("重复于", "Repeats"),
};
const WORDS = {
  recorded: say("已记录", "recorded"),
  unreadable: say("无法读取", "unreadable"),
  accepted: say("已接受", "accepted"),
  duplicate: say("重复", "repeats an earlier report"),
  rejected: say("已退回", "refused"),
};

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

// Records say UTC; a person reads the time of Beijing, or UTC without its letters. What is no moment stays as it is.
function tellTime(text) {
  const at = Date.parse(`${text.slice(0, 19)}Z`);
  if (Number.isNaN(at)) return text;
  const shown = new Date(at + (isChinese ? 8 * 3600000 : 0)).toISOString();
  return `${shown.slice(0, 10)} ${shown.slice(11, 19)} ${say("北京时间", "UTC")}`;
}

function tellSentence([en, zh]) {
  return say(zh, en).replace(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/g, tellTime);
}

function tellValue(name, value) {
  if (typeof value === "string" && /_at$|_time$/.test(name)) return tellTime(value);
  if (name === "outcome" || name === "status") return WORDS[value] || String(value);
  if (name === "codes" && Array.isArray(value)) return value.join(say("、", ", "));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function table(fields) {
  const rows = Object.keys(LABELS).filter((name) => name in fields && fields[name] !== null);
  const whole = make("table");
  for (const name of rows) {
    const line = whole.appendChild(make("tr"));
    line.appendChild(make("th", LABELS[name])).scope = "row";
    line.appendChild(make("td", tellValue(name, fields[name]), /^digest/.test(name) ? "code words" : "words"));
  }
  return whole;
}

function card(title, ...content) {
  const section = make("section", undefined, "card");
  section.append(make("h2", title), ...content);
  return section;
}

// A report or an answer as lines of name and value; what is no JSON is shown as it is.
function listing(bytesOrValue) {
  let value = bytesOrValue;
  if (bytesOrValue instanceof Uint8Array) {
    value = new TextDecoder().decode(bytesOrValue);
    try {
      value = JSON.parse(value);
    } catch (error) {
      // shown as text
    }
  }
  return make("pre", typeof value === "string" ? value : JSON.stringify(value, null, 2), "words");
}

function rowCard(facts) {
  const content = [table(facts.row)];
  if (facts.row.report)
    content.push(make("p", say("记录的报告：", "The report as it was recorded:")), listing(facts.row.report));
  if (facts.row_told)
    content.push(make("p", say("平台当时的答复：", "What the platform answered:")), listing(facts.row_told));
  return card(say("这一行", "The row"), ...content);
}

function originalCard({ record }) {
  const isSame = hex(sha256(files.original)) === record.digest_sha256 && hex(sm3(files.original)) === record.digest_sm3;
  const words = isSame
    ? say("所选文件就是当时报送的原文，一个字节不差。", "The chosen file is what was submitted, to the byte.")
    : say("所选文件不是当时报送的原文。", "The chosen file is not what was submitted.");
  const section = card(say("原文件", "The file that was submitted"), make("p", words));
  section.classList.add(isSame ? "good" : "bad");
  return section;
}

function show({ outcome, sentences, facts }) {
  const [tone, title] = OUTCOMES[outcome];
  const verdict = card(title, ...sentences.map((sentence) => make("p", tellSentence(sentence), "words")));
  verdict.classList.add(tone);
  if (!isTrustChosen) {
    verdict.append(
      make(
        "p",
        say("依据的是本平台自己的信任文件，见页末。", "Judged by this platform's own trust file; see below."),
        "hint",
      ),
    );
  }
  const cards = [verdict];
  if (facts.record) {
    if (files.original && facts.record.type === "submission") cards.push(originalCard(facts));
    const number = BigInt(facts.index) + 1n;
    const place = say(`第 ${number} 位，共 ${facts.size} 位`, `${number} of ${facts.size}`);
    cards.push(card(say("记录", "The record"), table({ ...facts.record, ...facts, row: null, place })));
    if (facts.row) cards.push(rowCard(facts));
    if (facts.told)
      cards.push(card(say("平台对整个文件的答复", "What was told of the file as a whole"), listing(facts.told)));
  }
  find("verdict").replaceChildren(...cards);
}

function tellTrust() {
  const from = isTrustChosen
    ? say("您选择的信任文件，SHA-256：", "The trust file that you chose, SHA-256: ")
    : say("本平台提供的信任文件，SHA-256：", "The trust file of this platform, SHA-256: ");
  find("trust-name").textContent = files.trust
    ? from
    : say("尚无信任文件，请选择。", "There is no trust file yet; choose one.");
  find("trust-digest").textContent = files.trust ? hex(sha256(files.trust)).replace(/(.{8})(?!$)/g, "$1 ") : "";
  find("trust-warning").hidden = isTrustChosen || !files.trust;
}

function judge() {
  tellTrust();
  if (!files.receipt || !files.trust) return;
  find("verdict").replaceChildren(make("p", say("正在核验…", "Verifying…"), "card"));
  // After the browser had time to paint: a cheap phone computes for a second.
  setTimeout(() => {
    show(verifyReceipt(files.receipt, files.trust));
    find("verdict").scrollIntoView({ behavior: "smooth", block: "start" });
  }, 30);
}

function take(what, file) {
  const reader = new FileReader();
  reader.onload = () => {
    files[what] = new Uint8Array(reader.result);
    if (what === "trust") isTrustChosen = true;
    judge();
  };
  reader.onerror = () =>
    find("verdict").replaceChildren(make("p", say("文件无法读取。", "The file cannot be read."), "card"));
  reader.readAsArrayBuffer(file);
}

function watch() {
  for (const what of Object.keys(files)) {
    find(what).addEventListener("change", (event) => event.target.files[0] && take(what, event.target.files[0]));
  }
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    for (const file of event.dataTransfer.files) take(/\.json$/i.test(file.name) ? "trust" : "receipt", file);
  });
}

// Opened from a disk there is no platform to ask.
async function fetchTrust() {
  if (location.protocol !== "file:") {
    const answer = await fetch("/log/trust.json").catch(() => null);
    if (answer && answer.ok && !isTrustChosen) files.trust = new Uint8Array(await answer.arrayBuffer());
  }
  judge();
}

watch();
fetchTrust();
