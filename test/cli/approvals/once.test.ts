/** One approval is one deployment, also of two that have both seen it. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRepository, makeScene, NOW, type Repository } from './scene.ts';

let repository: Repository;
beforeAll(() => {
  repository = makeRepository('');
});
afterAll(() => repository.remove());

async function approved() {
  const scene = makeScene(repository, 'production');
  const { id: approval } = await scene.waiting();
  const body = { approval, proof: 'unsigned', note: '' } as const;
  await scene.write({ type: 'approval_given', body }, 'bob');
  const asked = await scene.ask();
  expect(asked.kind).toBe('approved');
  return { scene, approval: asked.approval };
}

test('the first that begins has it, the second asks anew', async () => {
  const { scene, approval } = await approved();
  expect(await scene.admit(approval)).toBe('yes');
  expect(await scene.admit(approval)).toBe(
    'the approval of 1.9.0 does not count any more: it is used',
  );
  const next = await scene.ask();
  expect([next.kind, next.approval.id === approval.id]).toEqual(['waits', false]);
});

test('what is taken back or runs out in between does not do either', async () => {
  const first = await approved();
  const body = { approval: first.approval.id, reason: 'no' };
  await first.scene.write({ type: 'approval_rejected', body }, 'ann');
  expect(await first.scene.admit(first.approval)).toContain('it is rejected');
  const second = await approved();
  second.scene.at(NOW + 86_400_000);
  expect(await second.scene.admit(second.approval)).toContain('it is expired');
});

test('the request says what is accepted with it', async () => {
  const scene = makeScene(repository, 'production');
  const rehearsed = await scene.ask({ plan: { withoutTraffic: 'accept', trialSpeed: 60 } });
  expect(rehearsed.approval.accepts).toEqual([
    'npm-audit: backend_unavailable',
    'a watch that no request reached',
    'a rehearsal, 60 times as fast',
  ]);
});
