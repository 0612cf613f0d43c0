/** Which files are the project's own, by git, and without it. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listFiles } from '../../src/measure/files.ts';
import { repository } from './change/repository.ts';
import { folderWith } from './folder.ts';

const FORGOTTEN = {
  '.venv/bin/activate': '',
  'apps/shop/venv/lib/tea.py': '',
  'my env/pyvenv.cfg': '',
  'my env/lib/tea.py': '',
  'web/node_modules/tea/index.js': '',
  '.nemesis/reports/x.json': '',
};

test('an environment that nobody told git to ignore is nobody’s source', async () => {
  const { root, write, change } = repository({ 'shop.py': '', '.gitignore': 'old/\n' });
  write({ ...FORGOTTEN, 'new.py': 'x = 1\n', 'old/a.py': '' });
  expect((await listFiles(root, true)).files).toEqual(['.gitignore', 'new.py', 'shop.py']);
  const read = await change({ asked: 'HEAD' });
  expect(read).toMatchObject({ kind: 'change', change: { files: [{ path: 'new.py' }] } });
});

test('what is tracked stays, wherever it lies', async () => {
  const tracked = { 'venv/README.md': '', 'node_modules/own/index.js': '', 'env/pyvenv.cfg': '' };
  const { root, write } = repository(tracked);
  write({ 'env/new.py': '', 'venv/new.py': '' });
  expect((await listFiles(root, true)).files).toEqual([
    ...['env/new.py', 'env/pyvenv.cfg', 'node_modules/own/index.js', 'venv/README.md'],
  ]);
});

test('without git the same is left out by its name', async () => {
  const root = folderWith({ 'shop.py': '' });
  for (const name of ['.venv/a.py', 'node_modules/b.js', '__pycache__/c.pyc']) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), '');
  }
  expect((await listFiles(root, false)).files).toEqual(['shop.py']);
});
