import { expect, test } from 'vitest';
import { playMany, shrink } from './model/run.ts';
import { specOf } from './model/spec.ts';

const FROM = Number(process.env['NEMESIS_MODEL_FROM'] ?? 1);
const HISTORIES = Number(process.env['NEMESIS_MODEL'] ?? 2000);

test('deployments that are killed, frozen, taken over and gone on with keep every promise', async () => {
  const began = performance.now();
  const { wrong, histories, endings } = await playMany(
    FROM,
    HISTORIES,
    () => performance.now() - began > 8000,
  );
  const [first] = wrong;
  if (first !== undefined) {
    const smallest = await shrink(specOf(first.seed));
    expect.fail(
      `seed ${first.seed}: ${first.laws.join('\n')}\n${JSON.stringify(smallest, null, 1)}`,
    );
  }
  expect(histories).toBeGreaterThan(100);
  // Every way of ending is met, or the histories are not what they are meant to be.
  for (const kind of [
    'succeeded',
    'rolled_back',
    'withdrawn',
    'taken_over',
    'refused',
    'interrupted',
  ])
    expect(endings[kind], kind).toBeGreaterThan(0);
});
