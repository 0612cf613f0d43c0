/** The parts of the fault suite that judge canaries: generated series, drawn ones, and the example's own. */

import path from 'node:path';

const tests = path.join(path.dirname(import.meta.dirname), 'test');
const from = (/** @type {string} */ file) => import(path.join(tests, file));

/** @typedef {import('./faults-rollouts.mjs').Row} Row */

/** @param {Row} row */
export async function judge(row) {
  const { promotedOf, takenBack, SAMPLE } = await from('rollout/analysis/series.ts');
  await row('series with no data, NaN, stale or too few samples', 20_000, async () => {
    const promoted = promotedOf(20_000);
    return { found: `${promoted.length} promoted`, wrong: promoted };
  });
  const canaries = 2000;
  await row(`equal releases, statistical judge, ${SAMPLE} requests`, canaries, async () => {
    const failed = takenBack(canaries, 0.01, 1);
    const wrong = failed <= canaries / 100 ? [] : ['more than 1 of 100 taken back'];
    return { found: `${failed} taken back`, wrong };
  });
  await row(`a doubled error rate, ${SAMPLE} requests`, canaries, async () => {
    const failed = takenBack(canaries, 0.02, 2);
    const wrong = failed >= canaries * 0.95 ? [] : ['fewer than 95 of 100 seen'];
    return { found: `${failed} seen`, wrong };
  });
}

/** @param {Row} row */
export async function canary(row) {
  const { openCanaries } = await from('e2e/canary-rig.ts');
  await row('good release of the example in a trial', 20, async () => {
    const canaries = await openCanaries();
    /** @type {string[]} */
    const wrong = [];
    try {
      for (let round = 1; round <= 20; round += 1) {
        const { outcome } = await canaries.run('');
        if (outcome.kind !== 'succeeded') wrong.push(`${round}: ${JSON.stringify(outcome)}`);
      }
    } finally {
      await canaries.close();
    }
    return { found: `${20 - wrong.length} promoted`, wrong };
  });
}
