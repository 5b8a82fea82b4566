/** Rock, paper, scissors recomputed: the house's hand is below(3); draw, win or loss by (player − house) mod 3. */

const RPS_RESULTS = ["draw", "win", "lose"];

async function rpsHand(draw, rules) {
  return rules.hands[Number(await draw.below(rules.hands.length))];
}

export const rps = {
  async recompute(round, draw, rules) {
    const record = round.outcome;
    const computer = await rpsHand(draw, rules);
    const result = RPS_RESULTS[(rules.hands.indexOf(record.choice) - rules.hands.indexOf(computer) + 3) % 3];
    const win = Math.floor((round.bet * { draw: 100, win: rules.pays, lose: 0 }[result]) / 100);
    return [
      ["computer", record.computer, computer],
      ["result", record.result, result],
      ["win", round.win, win],
      ["multiplier", Math.round(round.multiplier * 100), Math.floor((win * 100) / round.bet)],
    ];
  },

  async preview(draw, rules) {
    return [["computer", await rpsHand(draw, rules)]];
  },
};
