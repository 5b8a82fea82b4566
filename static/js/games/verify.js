/**
 * Any round verified without the server: the round as `GET /api/games/rounds/{id}` gives it, the published rules, and
 * WebCrypto. A game is one module in verify/ with `recompute` and `preview`, entered below.
 */

import { commitment, Draw } from "./verify/draw.js";
import { crash } from "./verify/crash.js";
import { gacha } from "./verify/gacha.js";
import { rps } from "./verify/rps.js";
import { slot } from "./verify/slot.js";

export const games = { slot, crash, gacha, rps };

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Recompute a round. Gives {sealed: true} while its seed is not revealed, {unknown: version} for odds not in `rules`,
 * else {holds, checks: [{name, recorded, recomputed, holds}]}. Throws for what is no round at all.
 */
export async function verify(round, rules) {
  const { server_seed: serverSeed, server_seed_hash: hash, client_seed: clientSeed, nonce } = round.fairness;
  if (!serverSeed) return { sealed: true };
  const game = games[round.game];
  const known = rules[round.game]?.[round.odds_version];
  if (!game || !known) return { unknown: round.odds_version };
  const draw = new Draw(serverSeed, clientSeed, nonce);
  const compared = [
    ["server_seed_hash", hash, await commitment(serverSeed)],
    ...(await game.recompute(round, draw, known)),
  ];
  const checks = compared.map(([name, recorded, recomputed]) => ({ name, recorded, recomputed, holds: same(recorded, recomputed) }));
  return { holds: checks.every((check) => check.holds), checks };
}

/** What seeds give by themselves: the commitment and the game's draw, as [name, value]. */
export async function preview({ game, version, serverSeed, clientSeed, nonce }, rules) {
  const drawn = await games[game].preview(new Draw(serverSeed, clientSeed, nonce), rules[game][version]);
  return [["server_seed_hash", await commitment(serverSeed)], ...drawn];
}
