/** Versions of tools behind small scripts, and what to do where a tool is not there. */

import path from 'node:path';
import { expect, test } from 'vitest';
import { locateTool } from '../../src/measure/locate.ts';
import { folderWith } from './folder.ts';
import { projectWith } from './tools/support.ts';

const SHIM = '#!/bin/sh\nexec node ../.store/tool.js "$@"\n';

test('a script in node_modules/.bin has the version of its package', () => {
  const root = folderWith({
    'node_modules/.bin/tsc': SHIM,
    'node_modules/.bin/lone': SHIM,
    'node_modules/typescript/package.json': { name: 'typescript', version: '5.9.3' },
  });
  const project = projectWith({ root, path: path.join(root, 'node_modules/.bin') });
  expect(locateTool({ name: 'tsc', declaredAs: 'typescript' }, project)).toMatchObject({
    version: '5.9.3',
    from: 'project',
  });
  expect(locateTool({ name: 'lone' }, project)).toMatchObject({ version: undefined });
});

test('while nothing is installed, installing is the first step, declared or not', () => {
  const project = projectWith({
    path: '/nowhere',
    installed: false,
    dependencies: new Set(['@typescript-eslint/eslint-plugin']),
  });
  expect(locateTool({ name: 'eslint' }, project)).toMatchObject({ help: 'npm ci' });
  const installed = { ...project, installed: true };
  expect(locateTool({ name: 'eslint' }, installed)).not.toHaveProperty('help');
});
