/** The lacquer box recomputed: each card below the sum of the weights, the pity's among the brights alone, the pity by the pull before. */

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

/** The counter that a pull left: what the next one on the same banner begins with. */
function pityLeft(pull, rules) {
  return pull.cards.reduce((pity, card) => (rules.top.includes(card) ? 0 : pity + 1), pull.pity);
}

export const gacha = {
  async recompute(round, draw, rules) {
    const record = round.outcome;
    const [cards, guaranteed] = await gachaCards(draw, rules, record.pulls, record.pity);
    // A file saved before rounds named the pull before them has no `previous`; a banner's first pull has null.
    const chained = round.previous === undefined ? [] : [["pity", record.pity, round.previous ? pityLeft(round.previous, rules) : 0]];
    return [
      ...chained,
      ["cards", record.cards, cards],
      ["guaranteed", record.guaranteed, guaranteed],
    ];
  },

  async preview(draw, rules) {
    const [cards] = await gachaCards(draw, rules, 10, 0);
    return [["cards", cards]];
  },
};
