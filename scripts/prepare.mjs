/**
 * What npm runs after `npm ci` here, and before it packs nemesis for somebody who installs it from git, as pre-commit
 * does. There `npm install --global` prepares the clone without its packages, and on whatever Node it finds: so what
 * is missing is installed first, and the build goes on with the Node 24 among it.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const packages = path.join(root, 'node_modules');
const ownNode = path.join(packages, 'node', 'bin', 'node');

if (!existsSync(path.join(packages, 'rolldown'))) {
  npm('ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund');
  npm('rebuild', 'node');
}
const node = isOld() && existsSync(ownNode) ? ownNode : process.execPath;
run(node, [path.join(root, 'scripts', 'build.mjs')]);

function isOld() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major < 22 || (major === 22 && minor < 18);
}

/** What the outer npm was asked for, a global place above all, is not meant for this one. */
function npm(/** @type {string[]} */ ...argv) {
  const notOurs = /^npm_(config_(?!registry|cache|userconfig)|package_|lifecycle_)|^NODE_ENV$/i;
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !notOurs.test(name)),
  );
  run('npm', argv, env);
}

/** @param {string} program @param {string[]} argv @param {NodeJS.ProcessEnv} [env] */
function run(program, argv, env = process.env) {
  // Standard output belongs to the npm that packs.
  const { status, error } = spawnSync(program, argv, { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
