/** Dependencies without npm's help: other package managers, none declared, nothing installed. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Project } from '../../../src/measure/project.ts';
import { dependencies } from '../../../src/measure/tools/dependencies.ts';
import { contextFor, engineOf } from '../suites/replay.ts';
import { projectWith } from './support.ts';
import { temporary } from '../../temporary.ts';

const engine = engineOf(() => {
  throw new Error('nothing is started here');
});

function measure(given: Partial<Project>) {
  const root = temporary('dependencies');
  const app = path.join(root, 'apps', 'till');
  mkdirSync(path.join(app, 'node_modules', 'own'), { recursive: true });
  mkdirSync(path.join(root, 'node_modules', '@shop', 'shared'), { recursive: true });
  writeFileSync(path.join(app, 'node_modules', 'own', 'package.json'), '{}');
  writeFileSync(path.join(root, 'node_modules', '@shop', 'shared', 'package.json'), '{}');
  const project = projectWith({ root: app, repositoryTop: root, packageManager: 'pnpm', ...given });
  return dependencies.measure(contextFor(project, engine));
}

test('each is looked for from the root up', async () => {
  const manifest = { dependencies: { own: '1' }, devDependencies: { '@shop/shared': '1' } };
  expect(await measure({ manifest })).toMatchObject({
    state: 'clean',
    metrics: { all_resolved: true, dependencies_unresolved: 0 },
  });
  const lacking = { dependencies: { own: '1', gone: '1' }, optionalDependencies: { rare: '1' } };
  expect(await measure({ manifest: lacking })).toMatchObject({
    state: 'findings',
    metrics: { all_resolved: false, dependencies_unresolved: 1 },
    summary: '1 of 2 missing',
    findings: [{ rule: 'missing', message: 'missing: gone', metric: 'dependencies_unresolved' }],
  });
});

test('none declared are all resolved', async () => {
  const measured = await measure({ manifest: { name: 'till' }, packageManager: 'npm' });
  expect(measured).toMatchObject({ state: 'clean', metrics: { all_resolved: true } });
});

test('nothing installed is no number', async () => {
  const manifest = { dependencies: { own: '1' } };
  const measured = await measure({ manifest, installed: false, installCommand: 'pnpm install' });
  expect(measured).toMatchObject({ state: 'not_installed', help: 'pnpm install', metrics: {} });
});

test('without package.json it is not in play', () => {
  expect(dependencies.inPlay(projectWith())).toEqual({ inPlay: false, why: 'no package.json' });
});
