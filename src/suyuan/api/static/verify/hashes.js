// SHA-256 and SHA-512 (FIPS 180-4) and SM3 (GB/T 32905), since pages without TLS have no crypto.subtle, and none has SM3.

import { concat } from "./bytes.js";

const rotateLeft = (word, by) => (word << by) | (word >>> (32 - by));
const rotateRight = (word, by) => (word >>> by) | (word << (32 - by));

// The bytes, a one bit, zeros, and the count of bits: whole blocks.
function pad(bytes, blockSize) {
  const lengthSize = blockSize / 8;
  const zeros = (2 * blockSize - ((bytes.length + 1 + lengthSize) % blockSize)) % blockSize;
  const tail = new Uint8Array(1 + zeros + lengthSize);
  tail[0] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(tail.length - 4, bytes.length << 3);
  const padded = concat(bytes, tail);
  return new DataView(padded.buffer);
}

function bytesOfWords(words) {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, at) => view.setInt32(4 * at, word));
  return bytes;
}

// The standard's constants: the first 64 bits behind the point of roots of the first primes. Computed, none can be mistyped.
function root(power, prime) {
  const target = BigInt(prime) << BigInt(64 * power);
  let low = 0n;
  let high = 1n << 68n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(power) <= target) low = middle;
    else high = middle;
  }
  return BigInt.asUintN(64, low);
}

const PRIMES = [];
for (let number = 2; PRIMES.length < 80; number += 1) {
  if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
}
const K512 = PRIMES.map((prime) => root(3, prime));
const START512 = PRIMES.slice(0, 8).map((prime) => root(2, prime));
const firstHalf = (word) => Number(word >> 32n) | 0;
const K256 = Int32Array.from(K512.slice(0, 64), firstHalf);
const START256 = START512.map(firstHalf);

export function sha256(bytes) {
  const view = pad(bytes, 64);
  const state = Int32Array.from(START256);
  const w = new Int32Array(64);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let at = 0; at < 16; at += 1) w[at] = view.getInt32(block + 4 * at);
    for (let at = 16; at < 64; at += 1) {
      const before = w[at - 15];
      const last = w[at - 2];
      const small0 = rotateRight(before, 7) ^ rotateRight(before, 18) ^ (before >>> 3);
      const small1 = rotateRight(last, 17) ^ rotateRight(last, 19) ^ (last >>> 10);
      w[at] = w[at - 16] + small0 + w[at - 7] + small1;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at += 1) {
      const big1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
      const first = (h + big1 + ((e & f) ^ (~e & g)) + K256[at] + w[at]) | 0;
      const big0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
      const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] += word));
  }
  return bytesOfWords(state);
}

export function sha512(bytes) {
  const view = pad(bytes, 128);
  const cut = (word) => BigInt.asUintN(64, word);
  const turn = (word, by) => cut((word >> BigInt(by)) | (word << BigInt(64 - by)));
  const state = [...START512];
  const w = new Array(80);
  for (let block = 0; block < view.byteLength; block += 128) {
    for (let at = 0; at < 16; at += 1) w[at] = view.getBigUint64(block + 8 * at);
    for (let at = 16; at < 80; at += 1) {
      const before = w[at - 15];
      const last = w[at - 2];
      const small0 = turn(before, 1) ^ turn(before, 8) ^ (before >> 7n);
      const small1 = turn(last, 19) ^ turn(last, 61) ^ (last >> 6n);
      w[at] = cut(w[at - 16] + small0 + w[at - 7] + small1);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 80; at += 1) {
      const big1 = turn(e, 14) ^ turn(e, 18) ^ turn(e, 41);
      const first = h + big1 + ((e & f) ^ (cut(~e) & g)) + K512[at] + w[at];
      const big0 = turn(a, 28) ^ turn(a, 34) ^ turn(a, 39);
      const second = big0 + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, cut(d + first), c, b, a, cut(first + second)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] = cut(state[at] + word)));
  }
  const result = new Uint8Array(64);
  const out = new DataView(result.buffer);
  state.forEach((word, at) => out.setBigUint64(8 * at, word));
  return result;
}

const START_SM3 = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];

export function sm3(bytes) {
  const view = pad(bytes, 64);
  const state = Int32Array.from(START_SM3, (word) => word | 0);
  const w = new Int32Array(68);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let at = 0; at < 16; at += 1) w[at] = view.getInt32(block + 4 * at);
    for (let at = 16; at < 68; at += 1) {
      const mixed = w[at - 16] ^ w[at - 9] ^ rotateLeft(w[at - 3], 15);
      const spread = mixed ^ rotateLeft(mixed, 15) ^ rotateLeft(mixed, 23);
      w[at] = spread ^ rotateLeft(w[at - 13], 7) ^ w[at - 6];
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at += 1) {
      const isEarly = at < 16;
      const turned = rotateLeft(a, 12);
      const constant = rotateLeft(isEarly ? 0x79cc4519 : 0x7a879d8a, at % 32);
      const ss1 = rotateLeft((turned + e + constant) | 0, 7);
      const ff = isEarly ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = isEarly ? e ^ f ^ g : (e & f) | (~e & g);
      const tt1 = (ff + d + (ss1 ^ turned) + (w[at] ^ w[at + 4])) | 0;
      const tt2 = (gg + h + ss1 + w[at]) | 0;
      [d, c, b, a] = [c, rotateLeft(b, 9), a, tt1];
      [h, g, f, e] = [g, rotateLeft(f, 19), e, tt2 ^ rotateLeft(tt2, 9) ^ rotateLeft(tt2, 17)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] ^= word));
  }
  return bytesOfWords(state);
}
