/**
 * Wrong gate and configuration files by the hundred, made from good ones. Deterministic. Each is wrong by the way it
 * was made, not because nemesis says so: the reason stands beside every spoiler.
 */

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { OWN_GATES, packageRoot, type Files } from './project.ts';
import { configSpoilers, gateSpoilers } from './shape-spoilers.ts';
import type { Spoiler } from './spoilers.ts';
import { textSpoilers } from './text-spoilers.ts';

export interface Case {
  readonly name: string;
  /** The file that is wrong, below the project. */
  readonly file: string;
  readonly files: Files;
}

const shipped = path.join(packageRoot, 'gates');

/** The shipped gates, as the gates of a project. */
export const GATES: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(shipped, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => [`gates/${name}`, readFileSync(path.join(shipped, name), 'utf8')]),
);

export const CONFIG_FILE = 'nemesis.config.yaml';

export const CONFIG = [
  'service: shop',
  "extends: ['nemesis/recommended']",
  'mode: { test: observe, staging: enforce }',
  'limits:',
  '  coverage_overall: 62%',
  '  eslint_warnings: 20',
  'levels:',
  '  coverage_overall: block',
  'tolerate:',
  '  npm-audit: [backend_unavailable, timed_out]',
  'require: [eslint, tsc]',
  'jobs: 2',
  'suites:',
  '  unit:',
  '    framework: vitest',
  "    args: ['--run', '--silent']",
  '    timeout: 5m',
  'secrets: [DATABASE_URL]',
  'timeout: 90s',
  'output_cap: 64MiB',
  'release: { version: { env: GITHUB_SHA }, artifact: dist, build: npm run build }',
  'environments:',
  '  staging:',
  '    driver: local',
  '    listen: 127.0.0.1:8081',
  '    start: node dist/main.js',
  '    health: { path: /healthz, interval: 1s }',
  '    steps:',
  '      notify_team: node ops/notify.js',
  '  production:',
  '    driver: command',
  '    observe: ops/look',
  '    apply: [ops/apply, --now]',
  '    dials: [instances, traffic]',
  'trial: { speed: 60 }',
  '',
].join('\n');

export function corpus(): readonly Case[] {
  const gates = Object.entries(GATES).flatMap(([file, good]) =>
    spoil(file, good, [...textSpoilers, ...gateSpoilers]).map(({ name, content }) => ({
      name,
      file,
      files: { ...GATES, [CONFIG_FILE]: OWN_GATES, [file]: content },
    })),
  );
  const configs = spoil(CONFIG_FILE, CONFIG, [...textSpoilers, ...configSpoilers]).map(
    ({ name, content }) => ({ name, file: CONFIG_FILE, files: { [CONFIG_FILE]: content } }),
  );
  return [...gates, ...configs];
}

interface Spoiled {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Every spoiler where it applies, the same content once. */
function spoil(file: string, good: string, spoilers: readonly Spoiler[]): readonly Spoiled[] {
  const made = new Map<string, Spoiled>();
  for (const { what, spoil } of spoilers) {
    for (const [index, content] of spoil(good).entries()) {
      const key = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
      if (content !== good && !made.has(key)) {
        made.set(key, { name: `${file}: ${what} ${index + 1}`, content });
      }
    }
  }
  return [...made.values()];
}
