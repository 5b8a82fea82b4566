/** The lacquer box recomputed: each card below the sum of the weights, the pity's among the brights alone. */

async function gachaCards(draw, rules, pulls, pityBefore) {
  const weighed = rules.deck.map((card, at) => [card, rules.weights[at]]);
  const tops = new Set(rules.top);
  const sum = (pairs) => pairs.reduce((total, [, weight]) => total + weight, 0);
  const cards = [];
  const guaranteed = [];
  let pity = pityBefore;
  for (let pull = 0; pull < pulls; pull += 1) {
    const given = pity === rules.pity - 1;
    const among = given ? weighed.filter(([card]) => tops.has(card)) : weighed;
    let at = Number(await draw.below(sum(among)));
    const [card] = among.find(([, weight]) => (at -= weight) < 0);
    pity = tops.has(card) ? 0 : pity + 1;
    cards.push(card);
    guaranteed.push(given);
  }
  return [cards, guaranteed];
}

export const gacha = {
  async recompute(round, draw, rules) {
    const record = round.outcome;
    const [cards, guaranteed] = await gachaCards(draw, rules, record.pulls, record.pity);
    return [
      ["cards", record.cards, cards],
      ["guaranteed", record.guaranteed, guaranteed],
    ];
  },

  async preview(draw, rules) {
    const [cards] = await gachaCards(draw, rules, 10, 0);
    return [["cards", cards]];
  },
};
