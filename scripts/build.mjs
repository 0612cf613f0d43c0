/** Builds dist/: one bundle with lazy chunks, the baked answers of --help and --version, the JSON Schemas. */

import { rmSync, writeFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const bundle = await rolldown({
  input: { main: path.join(root, 'src/main.ts') },
  platform: 'node',
  logLevel: 'warn',
});
await bundle.write({
  dir: dist,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
});
await bundle.close();

const { createProgram } = await import(path.join(root, 'src/cli/program.ts'));
const { commands } = await import(path.join(root, 'src/cli/commands/index.ts'));
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
writeFileSync(path.join(dist, 'version.txt'), `${version}\n`);
writeFileSync(
  path.join(dist, 'help.txt'),
  createProgram(commands, version, () => undefined).helpInformation(),
);
