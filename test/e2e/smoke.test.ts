import { test } from 'vitest';
import { puppetProject } from './rig.ts';
test('x', async () => {
  const p = puppetProject();
  const a = await p.nemesis(['deploy:check']);
  console.log(a.code, '\n' + a.stdout, '\n' + a.stderr);
  const t = Date.now();
  const b = await p.check();
  console.log(
    b.code,
    Date.now() - t,
    JSON.stringify(b.json.runners.map((r) => [r.id, r.state, r.why, r.duration_ms])),
    JSON.stringify(b.json.score, null, 1),
  );
});
