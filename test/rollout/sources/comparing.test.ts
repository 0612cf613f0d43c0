/** Sources while a canary is watched: one that fails is given up, and the release is not blamed for it. */

import { expect, test } from 'vitest';
import { comparingOf } from '../../../src/rollout/comparing.ts';
import type { Observed, Traffic } from '../../../src/rollout/driver.ts';
import type { AskSources, Sayings } from '../../../src/rollout/sources/ask-all.ts';
import { spec } from '../analysis/rig.ts';
import { CANDIDATE, planned, STABLE } from '../rig.ts';

const value = (of: number): Sayings[string] => ({
  kind: 'told',
  told: { kind: 'value', value: of, samples: 12 },
  isByPoints: true,
});

function traffic(requests: number): Traffic {
  const latency = new Array<number>(244).fill(0);
  latency[75] = requests;
  return { requests, errors: 0, latency, failures: {} };
}

const observed = (requests: number): Observed => {
  const slot = { instances: 4, healthy: 4, problems: [] };
  return {
    ...{ fence: 1, restorable: [] },
    slots: [
      { ...slot, release: CANDIDATE, share: 0.1, traffic: traffic(requests) },
      { ...slot, release: STABLE, share: 0.9, traffic: traffic(requests * 9) },
    ],
  };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Ten looks a second apart, after a second of warming up. */
async function compared(sources: AskSources) {
  const metrics = { error_rate: { kind: 'command', argv: ['x'], timeoutMs: 1000 } } as const;
  const plan = { ...planned(), metrics };
  let now = 0;
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const ports = { clock, sources, lost: new AbortController().signal };
  const comparing = comparingOf(spec({ declared: ['error_rate'] }), plan, ports, 1000);
  const troubles: (string | undefined)[] = [];
  for (; now <= 10_000; now += 1000) {
    comparing.see(observed(now / 5), now);
    await settled();
    troubles.push(comparing.trouble());
  }
  const { verdict, looks } = await comparing.judge();
  comparing.end();
  return { verdict, looks, troubles };
}

test('what is declared goes before what was counted, by the requests that were counted', async () => {
  const both = { candidate: { error_rate: value(0.05) }, stable: { error_rate: value(0.01) } };
  const { verdict, looks } = await compared(() => Promise.resolve({ ...both, troubles: [] }));
  expect(looks.at(-1)!.candidate!.told).toEqual({
    error_rate: { kind: 'value', value: 0.05, samples: 1800 },
  });
  expect(
    verdict.judgements.filter(({ answer }) => answer !== 'pass').map(({ sentence }) => sentence),
  ).toEqual(['error_rate <= baseline + 1%']);
});

test('a source that fails is no data, and given up the fifth time in a row', async () => {
  const told = { kind: 'none', why: 'the source failed' } as const;
  const said = { error_rate: { kind: 'told', told } } as const;
  const { verdict, troubles } = await compared(() =>
    Promise.resolve({ candidate: said, stable: said, troubles: ['error_rate: it answered 500'] }),
  );
  expect(verdict.answer).toBe('no_data');
  expect(troubles.findIndex((trouble) => trouble !== undefined)).toBe(5);
  expect(troubles.at(-1)).toBe('error_rate: it answered 500');
});

test('one that fails now and then is asked again', async () => {
  let count = 0;
  const both = { candidate: { error_rate: value(0.01) }, stable: { error_rate: value(0.01) } };
  const { verdict, troubles } = await compared(() => {
    count += 1;
    return Promise.resolve({ ...both, troubles: count % 5 === 0 ? [] : ['error_rate: slow'] });
  });
  expect([verdict.answer, troubles.some(Boolean)]).toEqual(['pass', false]);
});

test('one that never answers holds up no look, and is waited for at the end', async () => {
  let isAsked = false;
  const said = { error_rate: { kind: 'told', told: { kind: 'none', why: 'slow' } } } as const;
  const { verdict } = await compared(async () => {
    if (!isAsked) await new Promise((resolve) => setTimeout(resolve, 200));
    isAsked = true;
    return { candidate: said, stable: said, troubles: [] };
  });
  expect(verdict.answer).toBe('no_data');
});
