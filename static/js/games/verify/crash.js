/**
 * The crane flight recomputed: ⌊99 · 2⁵² / u⌋ hundredths, u a whole number from 1 to 2⁵²; the multiplier after ms
 * milliseconds is ⌊100 · e^(0.00006 · ms)⌋. No threshold lies so near a whole millisecond that doubles could err.
 */

const CRASH_DRAWS = 2n ** 52n;
const GROWTH_PER_MS = 0.00006;

async function crashPoint(draw, rules) {
  return Number((BigInt(rules.return_hundredths) * CRASH_DRAWS) / ((await draw.below(CRASH_DRAWS)) + 1n));
}

const multiplierAt = (ms) => Math.floor(100 * Math.exp(GROWTH_PER_MS * ms));
const msFor = (multiplier) => (multiplier <= 100 ? 0 : Math.ceil(Math.log(multiplier / 100) / GROWTH_PER_MS));

function flightEnding(point, record, rules) {
  const target = record.auto_cashout ?? rules.max_multiplier;
  const reached = target <= point;
  const ends = msFor(reached ? target : point + 1);
  if (record.status === "cashed_out" && record.at_ms < ends) {
    return ["cashed_out", record.at_ms, multiplierAt(record.at_ms)];
  }
  return reached ? ["auto_cashed", ends, target] : ["crashed", ends, 0];
}

export const crash = {
  async recompute(round, draw, rules) {
    const record = round.outcome;
    const point = await crashPoint(draw, rules);
    const [status, atMs, multiplier] = flightEnding(point, record, rules);
    return [
      ["crash_point", record.crash_point, point],
      ["status", record.status, status],
      ["at_ms", record.at_ms, atMs],
      ["multiplier", Math.round(round.multiplier * 100), multiplier],
      ["win", round.win, Number((BigInt(round.bet) * BigInt(multiplier)) / 100n)],
    ];
  },

  async preview(draw, rules) {
    return [["crash_point", await crashPoint(draw, rules)]];
  },
};
