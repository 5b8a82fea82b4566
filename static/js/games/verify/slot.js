/** The slot recomputed: five stops below the strip's length, lines from the left, scatters anywhere. */

async function slotStops(draw, rules) {
  const stops = [];
  for (const strip of rules.strips) stops.push(Number(await draw.below(strip.length)));
  return stops;
}

function slotReels(stops, rules) {
  return rules.strips.map((strip, reel) =>
    Array.from({ length: rules.rows }, (_, row) => strip[(stops[reel] + row) % strip.length]),
  );
}

function slotWins(reels, lines, rules) {
  const wins = [];
  rules.lines.slice(0, lines).forEach((rows, index) => {
    const cards = reels.map((reel, at) => reel[rows[at]]);
    const first = cards[0];
    let count = 1;
    while (count < cards.length && (cards[count] === first || cards[count] === rules.wild)) count += 1;
    if (rules.paytable[first] && count >= 3) wins.push([index + 1, first, count, rules.paytable[first][count - 3]]);
  });
  return wins;
}

export const slot = {
  /** What the seeds give, beside what the round recorded: [name, recorded, recomputed]. */
  async recompute(round, draw, rules) {
    const record = round.outcome;
    const stops = await slotStops(draw, rules);
    const reels = slotReels(stops, rules);
    const wins = slotWins(reels, record.lines, rules);
    const scatters = reels.flat().filter((card) => card === rules.scatter).length;
    const multiples = BigInt(wins.reduce((sum, win) => sum + win[3], 0));
    const win = (BigInt(record.stake) * multiples) / BigInt(record.lines);
    return [
      ["stops", record.stops, stops],
      ["reels", record.reels, reels],
      ["wins", record.wins, wins],
      ["free_spins", record.free_spins, scatters >= rules.scatters_needed ? rules.free_spins : 0],
      ["win", round.win, Number(win)],
      ["multiplier", Math.round(round.multiplier * 100), Number((win * 100n) / BigInt(record.stake))],
    ];
  },

  /** What seeds alone decide. */
  async preview(draw, rules) {
    const stops = await slotStops(draw, rules);
    return [["stops", stops], ["reels", slotReels(stops, rules)]];
  },
};
