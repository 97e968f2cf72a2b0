// Merkle trees after RFC 6962, hashed with either hash.

import { concat, isSame, utf8 } from "./bytes.js";
import { sha256, sm3 } from "./hashes.js";

export const HASHES = { sha256, sm3 };

export function leafHash(hash, content) {
  return hash(concat([0], content));
}

// What the log publishes of a record: digests under a blind.
export function makeEntry(record, blind) {
  const preimage = concat(utf8("suyuan-entry/1\0"), blind, record);
  return concat([1], sha256(preimage), sm3(preimage));
}

// Whether a path leads from a leaf to a root. Index and size are BigInt.
export function leadsTo(hash, { leaf, index, size, path, root }) {
  if (index >= size) return false;
  let place = index;
  let last = size - 1n;
  let reached = leaf;
  for (const sibling of path) {
    if (last === 0n) return false;
    if (place & 1n || place === last) {
      reached = hash(concat([1], sibling, reached));
      // Where the tree is not full, a last node without a sibling rises unhashed.
      while (!(place & 1n) && place !== 0n) {
        place >>= 1n;
        last >>= 1n;
      }
    } else {
      reached = hash(concat([1], reached, sibling));
    }
    place >>= 1n;
    last >>= 1n;
  }
  return last === 0n && isSame(reached, root);
}
