import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { specOf } from './model/spec.ts';
import { play } from './model/history.ts';
import { brokenLaws } from './model/laws.ts';

test('model', async () => {
  const began = performance.now();
  const kinds = new Map<string, number>();
  const bad = new Map<string, number[]>();
  const n = Number(process.env['N'] ?? 500);
  const from = Number(process.env['FROM'] ?? 1);
  for (let seed = from; seed < from + n; seed += 1) {
    let wrong: readonly string[]; writeFileSync('/tmp/seed', String(seed));
    try {
      const played = await play(specOf(seed));
      for (const e of played.ended) {
        const k =
          e.kind === 'outcome'
            ? e.outcome.kind
            : e.kind === 'refused'
              ? 'refused ' + e.refusal.kind
              : e.kind;
        kinds.set(k, (kinds.get(k) ?? 0) + 1);
      }
      wrong = await brokenLaws(played);
    } catch (error) {
      wrong = [
        'THROWN ' +
          String((error as Error).stack)
            .split('\n')
            .slice(0, 4)
            .join(' | '),
      ];
    }
    for (const w of wrong) {
      const key = w
        .replace(/id-\d+/g, 'ID')
        .replace(/\d+(\.\d+)?/g, '#')
        .slice(0, 150);
      bad.set(key, [...(bad.get(key) ?? []), seed]);
    }
  }
  console.log(performance.now() - began, 'ms', [...kinds]);
  if (process.env['SHOW']) { const spec = specOf(Number(process.env['SHOW'])); console.dir(spec, { depth: 9 }); const played = await play(spec); console.log((await brokenLaws(played)).join('\n')); console.dir(played.ended, { depth: 6 }); for (const e of played.events) console.log(e.seq, e.at - 1000000, e.fence, e.type, JSON.stringify(e.type === 'rollout_planned' ? (e.body.plan as any).steps.map((s: any) => s.name + ' ' + JSON.stringify(s.desired?.slots.map((x: any) => [x.release.version, x.instances, x.share]))) : e.body).slice(0, 400)); console.dir(played.observed.slots.map(s => [s.release.version, s.instances, s.healthy, s.share])); }
  for (const [k, seeds] of [...bad].sort((a, b) => b[1].length - a[1].length).slice(0, 25))
    console.log(seeds.length, k, seeds.slice(0, 5));
});
