import { describe, expect, it } from 'vitest';
import { chooseRelease } from '../../../src/rollout/island/choose-release.ts';
import type { Observed } from '../../../src/rollout/driver.ts';
import type { Known } from '../../../src/rollout/last-good.ts';
import { known, observed, release } from './releases.ts';

const [v7, v8, v9] = [release('1.7.0'), release('1.8.2'), release('1.9.0')];
const pin = { release: v8, reason: 'errors', at: 1 };

interface Case {
  readonly is: string;
  readonly seen: Observed;
  readonly known: Partial<Known>;
  readonly asked?: string;
  readonly chosen: object;
}

const cases: readonly Case[] = [
  {
    is: 'the release before what serves',
    seen: observed([
      [v9, 4, 1],
      [v8, 4, 0],
    ]),
    known: { good: [v9, v8, v7] },
    chosen: { kind: 'restore', good: v8, bad: v9 },
  },
  {
    is: 'the one before, also where it only could run',
    seen: observed([[v9, 4, 1]], { restorable: [v8] }),
    known: { good: [v9, v8] },
    chosen: { kind: 'restore', good: v8, bad: v9 },
  },
  {
    is: 'nothing, where it cannot be restored',
    seen: observed([[v9, 4, 1]], { restorable: [v7] }),
    known: { good: [v9, v8, v7] },
    chosen: { kind: 'not_restorable', wanted: '1.8.2' },
  },
  {
    is: 'what was stable, of a rollout that is under way',
    seen: observed([
      [v8, 4, 0.9],
      [v9, 1, 0.1],
    ]),
    known: { good: [v8, v7], candidate: v9 },
    chosen: { kind: 'restore', good: v8, bad: v9 },
  },
  {
    is: 'what is stable, although the candidate has no traffic yet',
    seen: observed([
      [v8, 4, 1],
      [v9, 4, 0],
    ]),
    known: { good: [v8], candidate: v9 },
    chosen: { kind: 'restore', good: v8, bad: v9 },
  },
  {
    is: 'what is stable, although the candidate has no instance yet: whoever deploys is fenced out',
    seen: observed([[v8, 4, 1]]),
    known: { good: [v8], candidate: v9 },
    chosen: { kind: 'restore', good: v8, bad: v9 },
  },
  {
    is: 'nothing at all, of a first deployment under way',
    seen: observed([[v9, 4, 1]]),
    known: { candidate: v9 },
    chosen: { kind: 'withdraw', bad: v9 },
  },
  {
    is: 'nothing, where what serves was the first',
    seen: observed([[v9, 4, 1]]),
    known: { good: [v9] },
    chosen: { kind: 'nothing_before', serves: v9 },
  },
  {
    is: 'what is pinned, and it serves',
    seen: observed([[v8, 4, 1]]),
    known: { good: [v8, v7], pin },
    chosen: { kind: 'serves_already', good: v8 },
  },
  {
    is: 'what is pinned, after a rollback that was left half done',
    seen: observed([
      [v8, 2, 0],
      [v9, 4, 1],
    ]),
    known: { good: [v8, v7], pin },
    chosen: { kind: 'restore', good: v8, bad: v9 },
  },
  {
    is: 'what is known to be good, where somebody rolls out from elsewhere',
    seen: observed([
      [v8, 4, 0.9],
      [v9, 1, 0.1],
    ]),
    known: { good: [v8, v7] },
    chosen: { kind: 'restore', good: v8, bad: v9 },
  },
  {
    is: 'not told by what is known, where something serves that nobody here has heard of',
    seen: observed([[v9, 4, 1]], { restorable: [v7] }),
    known: { good: [v7] },
    chosen: { kind: 'undecided' },
  },
  {
    is: 'an older one than what serves, never one that was taken back meanwhile',
    seen: observed([[v8, 4, 1]], { restorable: [v9, v7] }),
    known: { good: [v9, v8, v7] },
    chosen: { kind: 'restore', good: v7, bad: v8 },
  },
  {
    is: 'the last good one, where nothing serves',
    seen: observed([], { restorable: [v9, v8] }),
    known: { good: [v9, v8] },
    chosen: { kind: 'restore', good: v9, bad: null },
  },
  {
    is: 'what was named',
    seen: observed([[v9, 4, 1]], { restorable: [v8, v7] }),
    known: { good: [v9, v8] },
    asked: '1.7.0',
    chosen: { kind: 'restore', good: v7, bad: v9 },
  },
  {
    is: 'not what was named, where the environment does not have it',
    seen: observed([[v9, 4, 1]], { restorable: [v8] }),
    known: { good: [v9, v8] },
    asked: '1.7.0',
    chosen: { kind: 'not_restorable', wanted: '1.7.0' },
  },
  {
    is: 'the artifact that was good, of two with the version that was named',
    seen: observed([[v9, 4, 1]], { restorable: [{ ...v8, artifact: 'sha256:other' }, v8] }),
    known: { good: [v9, v8] },
    asked: '1.8.2',
    chosen: { kind: 'restore', good: v8, bad: v9 },
  },
];

describe('the release an emergency goes to is', () => {
  it.each(cases)('$is', ({ seen, known: of, asked, chosen }) => {
    expect(chooseRelease(seen, known(of), asked)).toEqual(chosen);
  });
});
