// SM2 verification with SM3 (GB/T 32918.2, the curve of GB/T 32918.5).

import { bigFromBytes, bytesFromBig, concat, utf8 } from "./bytes.js";
import { sm3 } from "./hashes.js";

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = P - 3n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const GX = 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n;
const GY = 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n;
const WHO = "1234567812345678";

const mod = (number) => ((number % P) + P) % P;

function inverse(number) {
  let result = 1n;
  for (let square = mod(number), left = P - 2n; left; left >>= 1n, square = (square * square) % P) {
    if (left & 1n) result = (result * square) % P;
  }
  return result;
}

// Jacobian coordinates: x = X/Z², y = Y/Z³; null is the point at infinity.
function double(point) {
  if (!point || point[1] === 0n) return null;
  const [x, y, z] = point;
  const square = mod(y * y);
  const s = mod(4n * x * square);
  const m = mod(3n * x * x + A * mod(z * z) ** 2n);
  const newX = mod(m * m - 2n * s);
  return [newX, mod(m * (s - newX) - 8n * square * square), mod(2n * y * z)];
}

function add(left, right) {
  if (!left) return right;
  if (!right) return left;
  const [x1, y1, z1] = left;
  const [x2, y2, z2] = right;
  const [square1, square2] = [mod(z1 * z1), mod(z2 * z2)];
  const [u1, u2] = [mod(x1 * square2), mod(x2 * square1)];
  const [s1, s2] = [mod(y1 * square2 * z2), mod(y2 * square1 * z1)];
  if (u1 === u2) return s1 === s2 ? double(left) : null;
  const h = mod(u2 - u1);
  const r = mod(s2 - s1);
  const [squared, cubed] = [mod(h * h), mod(h * h * h)];
  const v = mod(u1 * squared);
  const newX = mod(r * r - cubed - 2n * v);
  return [newX, mod(r * (v - newX) - s1 * cubed), mod(h * z1 * z2)];
}

const BASE = [GX, GY, 1n];

// The point of a public key 0x04 || x || y that lies on the curve, else null.
export function readSm2Key(bytes) {
  if (bytes.length !== 65 || bytes[0] !== 4) return null;
  const [x, y] = [bigFromBytes(bytes.subarray(1, 33)), bigFromBytes(bytes.subarray(33))];
  return x < P && y < P && mod(y * y - x * x * x - A * x - B) === 0n ? [x, y, 1n] : null;
}

// What the standard signs is not the message alone: the digest of who signs, the curve and the key goes before it.
function digestOfSigner(bytes) {
  const who = utf8(WHO);
  const curve = [A, B, GX, GY].map((number) => bytesFromBig(number, 32));
  return sm3(concat(bytesFromBig(BigInt(8 * who.length), 2), who, ...curve, bytes.subarray(1)));
}

export function verifySm2(bytes, message, signature) {
  const key = readSm2Key(bytes);
  if (!key || signature.length !== 64) return false;
  const [r, s] = [bigFromBytes(signature.subarray(0, 32)), bigFromBytes(signature.subarray(32))];
  if (r < 1n || r >= ORDER || s < 1n || s >= ORDER) return false;
  const t = (r + s) % ORDER;
  if (t === 0n) return false;
  const table = [null, BASE, key, add(BASE, key)];
  let sum = null;
  for (let bit = 255n; bit >= 0n; bit -= 1n) {
    sum = double(sum);
    sum = add(sum, table[Number((s >> bit) & 1n) + 2 * Number((t >> bit) & 1n)]);
  }
  if (!sum) return false;
  const e = bigFromBytes(sm3(concat(digestOfSigner(bytes), message)));
  return (e + mod(sum[0] * inverse(sum[2] * sum[2]))) % ORDER === r;
}
