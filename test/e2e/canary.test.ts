/** Canaries of the example for real. The good one is promoted; `npm run faults -- canary` asks that twenty times. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCanaries, type Canaries } from './canary-rig.ts';

let canaries: Canaries | undefined;
beforeAll(async () => {
  canaries = await openCanaries();
}, 120_000);
afterAll(() => canaries?.close());

const verdictsOf = async (faults: string) => {
  const { outcome, records } = await canaries!.run(faults);
  const answers = records.flatMap((one) => (one.type === 'judged' ? [one.body.answer] : []));
  return { outcome, answers };
};

describe('a canary of the example', () => {
  test('that is no worse is promoted', async () => {
    const { outcome, answers } = await verdictsOf('');
    expect(outcome).toEqual({ kind: 'succeeded' });
    expect(answers.at(-1)).toBe('pass');
  }, 180_000);

  test('with a type of error that is new is taken back by it', async () => {
    const { outcome } = await verdictsOf('new_error_type_share=0.05');
    expect(outcome).toMatchObject({
      kind: 'rolled_back',
      because: { trigger: 'no_new_error_types' },
    });
  }, 180_000);
});
