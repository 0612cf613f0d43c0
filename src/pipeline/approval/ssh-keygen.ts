/** `ssh-keygen -Y`, asked without a shell. What it says with its exit code is taken, and nothing else. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ProcessEngine } from '../../measure/process/contract.ts';
import { resolveBinary } from '../../measure/process/resolve-binary.ts';

export interface KeygenPlace {
  /** The project: what lies in it, or in any `node_modules`, is no ssh-keygen. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: ProcessEngine['run'];
}

export type KeygenSaid =
  | {
      readonly kind: 'said';
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** It is not there, or did not end by itself. */
  | { readonly kind: 'silent'; readonly why: string };

/** For whoever holds a key in an agent, or is asked for a passphrase in a window. */
const PASSED = [
  'HOME',
  'SSH_AUTH_SOCK',
  'SSH_ASKPASS',
  'SSH_SK_PROVIDER',
  'DISPLAY',
  'WAYLAND_DISPLAY',
];
const TIMEOUT_MS = 60_000;
const CAP_BYTES = 64 * 1024;

/** @param files written for it alone, by name; `argv` names each as `{name}` */
export async function askKeygen(
  place: KeygenPlace,
  argv: readonly string[],
  files: Readonly<Record<string, string>>,
  input: string,
  signal: AbortSignal,
): Promise<KeygenSaid> {
  const found = resolveBinary('ssh-keygen', trustedPath(place));
  if (!found.ok) return { kind: 'silent', why: 'ssh-keygen was not found' };
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nemesis-sign-'));
  try {
    for (const [name, text] of Object.entries(files))
      await writeFile(path.join(folder, name), text, { mode: 0o600 });
    const named = argv.map((word) => {
      const name = /^\{(\w+)\}$/.exec(word)?.[1];
      return name === undefined ? word : path.join(folder, name);
    });
    const request = {
      ...{ file: found.file, argv: named, cwd: folder, env: environment(place.env), input },
      ...{ timeoutMs: TIMEOUT_MS, outputCapBytes: CAP_BYTES, outputDir: folder },
    };
    const { end, stdoutFile, stderrFile } = await place.run(request, signal);
    if (end.kind !== 'exited')
      return { kind: 'silent', why: `ssh-keygen ended oddly: ${end.kind.replaceAll('_', ' ')}` };
    const read = (file: string) => readFile(file, 'utf8').catch(() => '');
    const [stdout, stderr] = [await read(stdoutFile), await read(stderrFile)];
    return { kind: 'said', code: end.code, stdout, stderr };
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** `npm run` puts what the project installed in front. */
function trustedPath({ root, env }: KeygenPlace): string {
  const inside = `${path.resolve(root)}${path.sep}`;
  const folders = (env['PATH'] ?? '').split(path.delimiter);
  return folders
    .filter((folder) => !`${path.resolve(folder)}${path.sep}`.startsWith(inside))
    .filter((folder) => !folder.split(path.sep).includes('node_modules'))
    .join(path.delimiter);
}

/** In UTC, in which all times are given to it. */
function environment(env: KeygenPlace['env']): Record<string, string> {
  const passed = PASSED.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return { PATH: '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C', ...Object.fromEntries(passed) };
}
