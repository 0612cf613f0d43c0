/** Builds dist/, then artifact/: all that an instance needs to start, and nothing else. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const artifact = path.join(root, 'artifact');
const inRoot = (name) => path.join(root, name);

for (const folder of ['dist', 'artifact']) rmSync(inRoot(folder), { recursive: true, force: true });

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const argv = [tsc, '-p', 'tsconfig.build.json'];
const { status } = spawnSync(process.execPath, argv, { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

mkdirSync(artifact);
for (const name of ['dist', 'prompts', 'public', 'package.json']) {
  cpSync(inRoot(name), path.join(artifact, name), { recursive: true });
}

// A release that is given a version carries it.
const { NEMESIS_VERSION } = process.env;
if (NEMESIS_VERSION) {
  const file = path.join(artifact, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify({ ...manifest, version: NEMESIS_VERSION }, null, 2)}\n`);
}
