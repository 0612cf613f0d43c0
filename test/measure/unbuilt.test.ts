/** A monorepo after a fresh clone: its packages have no output yet. */

import { expect, test } from 'vitest';
import { unbuiltIn } from '../../src/measure/unbuilt.ts';
import { folderWith } from './folder.ts';
import { projectWith } from './tools/support.ts';

const manifests = {
  'packages/money/package.json': { name: '@shop/money', main: 'dist/index.js' },
  'packages/tax/package.json': {
    name: '@shop/tax',
    exports: { '.': { import: './dist/index.mjs' }, './package.json': './package.json' },
  },
  'packages/plain/package.json': { name: '@shop/plain', main: './index' },
  'packages/plain/index.js': '',
  'packages/broken/package.json': '{',
};

function unbuilt(messages: string[], scripts: Record<string, string> = {}) {
  const root = folderWith(manifests);
  return unbuiltIn(projectWith({ root, files: Object.keys(manifests), scripts }), messages);
}

const missing = (name: string) => `Cannot find module '${name}' from 'src/till.ts'`;

test('an import of a package without output means: build first', () => {
  expect(unbuilt([missing('@shop/money')], { build: 'tsc -b' })).toEqual({
    why: 'packages of this repository are not built: @shop/money',
    help: 'npm run build',
  });
  const both = ['Failed to resolve entry for package "@shop/tax".', missing('@shop/money/dist/x')];
  const scripts = { build: 'tsc -b', pretest: 'npm run build' };
  expect(unbuilt(both, scripts)).toEqual({
    why: 'packages of this repository are not built: @shop/money and 1 more',
    help: 'npm run pretest',
  });
  expect(unbuilt([missing('@shop/money')])).not.toHaveProperty('help');
});

test('anything else that is missing is a fault like any other', () => {
  expect(unbuilt([missing('@shop/plain')])).toBeUndefined();
  expect(unbuilt([missing('@shop/moneybox'), missing('./cart')])).toBeUndefined();
  expect(unbuilt(["expected '@shop/money' to be '@shop/tax'"])).toBeUndefined();
});
