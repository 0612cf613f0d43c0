/** F-076: whatever is broken, the emergency rollback restores the last good release. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  bareBin,
  commandScene,
  localScene,
  STREAM,
  type Scene,
  type Starting,
} from './island-scene.ts';

let scene: Scene | undefined;
afterEach(async () => {
  await scene?.close();
  scene = undefined;
});

type Trouble = 'config' | 'gates' | 'store' | 'lease' | 'git' | 'cwd' | 'clone';

const COMBINATIONS: readonly (readonly Trouble[])[] = [
  [],
  ['config'],
  ['gates'],
  ['store'],
  ['lease'],
  ['git'],
  ['cwd'],
  ['clone'],
  ['config', 'store'],
  ['config', 'lease', 'git'],
  ['store', 'git', 'cwd'],
  ['config', 'gates', 'store', 'git', 'clone'],
];

/** Breaks it, and says how the island is started then. */
async function make(troubles: readonly Trouble[], of: Scene): Promise<Starting> {
  const has = (trouble: Trouble) => troubles.includes(trouble);
  for (const folder of [of.project, of.clone]) {
    if (has('config'))
      writeFileSync(path.join(folder, 'nemesis.config.yaml'), 'service: pay\n\t{{{: [\n');
    if (has('gates')) {
      mkdirSync(path.join(folder, 'gates', 'code'), { recursive: true });
      writeFileSync(path.join(folder, 'gates', 'code', 'x.yaml'), '\t{{{');
    }
  }
  if (has('lease')) {
    const store = await of.store();
    const held = { id: 'dead', owner: 'ci', host: 'gone', step: 'canary', ttlMs: 600_000 };
    await store.acquire(STREAM, held);
    await store.close();
  }
  if (has('store')) {
    const file = path.join(of.project, '.nemesis', 'history.sqlite');
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    writeFileSync(file, 'this is no history any more'.repeat(1000));
  }
  const cwd = has('clone') ? of.clone : has('cwd') ? of.elsewhere : of.project;
  return { cwd, ...(has('git') && { env: { PATH: bareBin(of) } }) };
}

describe.each([
  ['local', localScene],
  ['command', commandScene],
] as const)('a %s environment', (_, open) => {
  it.each(COMBINATIONS.map((all) => [all.length === 0 ? 'nothing' : all.join(', '), all] as const))(
    'comes back although broken: %s',
    async (__, troubles) => {
      scene = await open();
      const starting = await make(troubles, scene);
      const { code, out, err, ms } = await scene.island([], starting);
      expect(err).toMatch(/^pay · production · /);
      expect(out).toContain('✔ ROLLED BACK in ');
      expect(code).toBe(0);
      expect(await scene.serving()).toEqual(['1.8.2']);
      expect(ms).toBeLessThan(10_000);
      const isKept = troubles.includes('store');
      expect(out.includes('kept here')).toBe(isKept);
    },
  );
});
