/** `canary:judge --record`: a verdict of a real history, told again from what was recorded with it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import type { Io } from '../../src/cli/io.ts';
import { codeOf } from '../../src/cli/run.ts';
import { asJson } from '../../src/history/canonical.ts';
import { openSqlite } from '../../src/history/stores/sqlite.ts';
import { stores } from '../../src/history/stores/index.ts';
import { decide } from '../../src/rollout/analysis/decide.ts';
import { noteIn } from '../../src/rollout/journal.ts';
import { evidence, five, SAME, side, spec } from '../rollout/analysis/rig.ts';

const top = mkdtempSync(path.join(tmpdir(), 'nemesis-record-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const root = path.join(top, 'shop');
const nothing = () => Promise.reject(new Error('nothing is measured here'));

async function ask(words: string) {
  const said = { out: '', err: '' };
  const io: Io = {
    ...{ columns: 80, outIsTerminal: false, errIsTerminal: false, cwd: root },
    ...{ argv: words.split(' '), env: { HOME: path.join(top, 'home'), USER: 'ada' } },
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    ...{ now: () => Date.now(), sleep: () => Promise.resolve() },
    signal: new AbortController().signal,
  };
  const packageRoot = path.resolve(import.meta.dirname, '..', '..');
  const parts = {
    ...{ packageRoot, version: '1.2.3', build: undefined, runners: nothing, custom: nothing },
    ...{ engine: nothing, stores: () => Promise.resolve(stores) },
    sources: async () => (await import('../../src/measure/runners.ts')).runners,
  };
  return { code: await codeOf(io, parts, commands), ...said };
}

test('a recorded verdict replays to the same, and one that was altered is told', async () => {
  mkdirSync(root);
  writeFileSync(path.join(root, 'nemesis.config.yaml'), 'service: shop\n');
  // Makes the history.
  const made = await ask('deploy:record --env staging --release 1.0.0 --status succeeded');
  expect([made.code, made.err]).toEqual([0, '']);
  const opened = await openSqlite(path.join(root, '.nemesis/history.sqlite'));
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  const store = opened.value;
  let ids = 0;
  const author = {
    actor: 'ada',
    host: 'ci',
    now: () => Date.now(),
    newId: () => `j-${(ids += 1)}`,
  };
  const note = noteIn(store, { service: 'shop', environment: 'staging' }, author);
  const looksOf = {
    good: five(evidence(SAME)),
    slow: five(evidence(side({ errors: 10, p95: 200 }))),
    between: five(evidence(side({ errors: 32 }))),
  };
  for (const [deployment, looks] of Object.entries(looksOf)) {
    const analysis = asJson({ spec: spec(), looks });
    const { answer } = decide(spec(), looks);
    const body = { deployment, step: 1, answer, reasons: [], analysis };
    const noted = await note([{ type: 'judged', body }]);
    if (!noted.ok) throw new Error(JSON.stringify(noted.failure));
  }
  const lied = { spec: spec(), looks: looksOf.slow };
  const body = {
    deployment: 'lied',
    step: 1,
    answer: 'pass',
    reasons: [],
    analysis: asJson(lied),
  } as const;
  await note([{ type: 'judged', body }]);
  await store.close();

  for (const [deployment, code, answer] of [
    ['good', 0, 'pass'],
    ['slow', 1, 'fail'],
    ['between', 3, 'inconclusive'],
  ] as const) {
    const told = await ask(`canary:judge --json --record ${deployment}`);
    expect([told.code, (JSON.parse(told.out) as { readonly answer: string }).answer]).toEqual([
      code,
      answer,
    ]);
  }
  const altered = await ask('canary:judge --record lied');
  expect(altered.code).toBe(3);
  expect(altered.err).toContain('the record says pass');
});
