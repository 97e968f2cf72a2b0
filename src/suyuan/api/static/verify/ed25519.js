// Ed25519 verification (RFC 8032), without the cofactor and strict about points. Nothing here is secret, so time may vary.

import { bigFromLittle, bytesFromBig, concat, isSame } from "./bytes.js";
import { sha512 } from "./hashes.js";

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const mod = (number) => ((number % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let square = mod(base), left = exponent; left; left >>= 1n, square = (square * square) % P) {
    if (left & 1n) result = (result * square) % P;
  }
  return result;
}

const inverse = (number) => power(number, P - 2n);
const D = mod(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
const NEUTRAL = [0n, 1n, 1n, 0n]; // extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z

// Complete on this curve: the same formula adds, doubles and adds the neutral point.
function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = ((y1 - x1) * (y2 - x2)) % P;
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (((2n * D * t1) % P) * t2) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [(e * f) % P, (g * h) % P, (f * g) % P, (e * h) % P];
}

const negate = ([x, y, z, t]) => [-x, y, z, -t];

function encode([x, y, z]) {
  const toAffine = inverse(mod(z));
  const bytes = bytesFromBig(mod(y * toAffine), 32).reverse();
  bytes[31] |= Number(mod(x * toAffine) & 1n) << 7;
  return bytes;
}

// The point of an encoding; null where there is none or where the encoding is not the one of its point.
function decode(bytes) {
  const sign = bytes[31] >> 7;
  const y = bigFromLittle(bytes) & (2n ** 255n - 1n);
  if (y >= P) return null;
  const square = mod((y * y - 1n) * inverse(mod(D * y * y + 1n)));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(x * x) !== square || (x === 0n && sign)) return null;
  if (Number(x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

function isSmall(point) {
  let eightfold = point;
  for (let times = 0; times < 3; times += 1) eightfold = add(eightfold, eightfold);
  return mod(eightfold[0]) === 0n && mod(eightfold[1] - eightfold[2]) === 0n;
}

const BASE = decode(bytesFromBig(mod(4n * inverse(5n)), 32).reverse());

// The point of a public key that may be believed, else null.
export function readEd25519Key(bytes) {
  const point = bytes.length === 32 ? decode(bytes) : null;
  return point && !isSmall(point) ? point : null;
}

export function verifyEd25519(bytes, message, signature) {
  const key = readEd25519Key(bytes);
  if (!key || signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  const s = bigFromLittle(signature.subarray(32));
  const point = decode(r);
  if (s >= ORDER || !point || isSmall(point)) return false;
  const k = bigFromLittle(sha512(concat(r, bytes, message))) % ORDER;
  const minusKey = negate(key);
  const table = [NEUTRAL, BASE, minusKey, add(BASE, minusKey)];
  let sum = NEUTRAL;
  for (let bit = 252n; bit >= 0n; bit -= 1n) {
    sum = add(sum, sum);
    const which = Number((s >> bit) & 1n) + 2 * Number((k >> bit) & 1n);
    if (which) sum = add(sum, table[which]);
  }
  return isSame(encode(sum), r);
}
