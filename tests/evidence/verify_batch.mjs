// Verifies a batch: one JSON line in for each case, one JSON line out. The first argument is the folder of the verifier.
// A case is {"trust", "receipt"}, or {"algorithm", "public", "message", "signature"}; bytes are in base64.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const load = (name) => import(pathToFileURL(`${process.argv[2]}/${name}`).href);
const { trusting } = await load("receipt.js");
const { ALGORITHMS } = await load("note.js");
const read = (text) => new Uint8Array(Buffer.from(text, "base64"));
const trusts = new Map();

function judge({ trust, receipt }) {
    if (!trusts.has(trust)) trusts.set(trust, trusting(read(trust)));
    const { outcome, sentences, facts } = trusts.get(trust)(read(receipt));
    const { record, row, origin, index, size, checkpoint_time, witnessed_at, promise } = facts;
    return { outcome, sentences, facts: { record, row, origin, index, size, checkpoint_time, witnessed_at }, promise };
}

function verify({ algorithm, public: key, message, signature }) {
    return { outcome: ALGORITHMS[algorithm].verify(read(key), read(message), read(signature)) };
}

for (const line of readFileSync(0, "utf8").split("\n")) {
    if (!line) continue;
    const one = JSON.parse(line);
    process.stdout.write(`${JSON.stringify("algorithm" in one ? verify(one) : judge(one))}\n`);
}
