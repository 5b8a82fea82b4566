/**
 * The draw exactly as docs/fairness.md describes it, by WebCrypto and nothing else: commitment, words, integers.
 * Pure: it works in any page, in a saved file without a network, and in a worker.
 */

const WORDS = 2n ** 64n;
const encoder = new TextEncoder();

function bytesOf(hex) {
  if (!/^([0-9a-f]{2})+$/.test(hex)) throw new Error("not hexadecimal");
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}

/** SHA-256 of the server seed's bytes, in lower-case hex: what was shown before the first round. */
export async function commitment(serverSeed) {
  const digest = await crypto.subtle.digest("SHA-256", bytesOf(serverSeed));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The random numbers of one round, in order. */
export class Draw {
  constructor(serverSeed, clientSeed, nonce) {
    Object.assign(this, { serverSeed, clientSeed, nonce, cursor: 0, words: [] });
  }

  /** A whole number (BigInt) from 0 to `bound` − 1; words at or above the largest multiple of it are thrown away. */
  async below(bound) {
    const limit = BigInt(bound);
    const fair = WORDS - (WORDS % limit);
    for (;;) {
      const word = await this.word();
      if (word < fair) return word % limit;
    }
  }

  async word() {
    if (!this.words.length) {
      this.key ??= await crypto.subtle.importKey("raw", bytesOf(this.serverSeed), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      const message = encoder.encode(`${this.clientSeed}:${this.nonce}:${this.cursor}`);
      const block = new DataView(await crypto.subtle.sign("HMAC", this.key, message));
      this.words = [0, 8, 16, 24].map((at) => block.getBigUint64(at));
      this.cursor += 1;
    }
    return this.words.shift();
  }
}
