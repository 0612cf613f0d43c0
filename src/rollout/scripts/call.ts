/** Starts a script of the team: without a shell, in a group of its own, with few variables and a document to read. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ProcessEnd, ProcessEngine } from '../../measure/process/contract.ts';
import { toolEnvironment } from '../../measure/process/environment.ts';
import { resolveBinary } from '../../measure/process/resolve-binary.ts';

/** What all scripts of an environment are started with. */
export interface Surroundings {
  /** The project; scripts run in it, and words with a slash are looked for from it. Absolute. */
  readonly root: string;
  /** The variables nemesis was given itself. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names of variables that scripts are given besides the harmless ones. */
  readonly secrets: readonly string[];
  readonly run: ProcessEngine['run'];
}

export interface Call {
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  /** Bytes per stream. */
  readonly capBytes: number;
  /** Variables by name; those without a value are left out. */
  readonly values: Readonly<Record<string, string | number | null | undefined>>;
  /** Written to its standard input as JSON. */
  readonly document: object;
  readonly onStarted?: (pid: number) => void;
}

export interface Called {
  readonly end: ProcessEnd;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export async function callScript(
  { root, env, secrets, run }: Surroundings,
  call: Call,
  signal?: AbortSignal,
): Promise<Called> {
  const found = programOf(call.argv[0] ?? '', root, env['PATH'] ?? '');
  if (typeof found !== 'string') return { end: found, ...NOTHING };
  let folder: string;
  try {
    folder = await mkdtemp(path.join(os.tmpdir(), 'nemesis-call-'));
  } catch (error) {
    const code = `OUTPUT_${(error as NodeJS.ErrnoException).code}`;
    return { end: { kind: 'not_started', code, message: 'no folder for its output' }, ...NOTHING };
  }
  try {
    const { onStarted, timeoutMs } = call;
    const request = {
      ...{ file: found, argv: call.argv.slice(1), cwd: root, timeoutMs },
      env: { ...scriptEnvironment(env, secrets), ...given(call.values) },
      outputCapBytes: call.capBytes,
      outputDir: folder,
      input: `${JSON.stringify(call.document)}\n`,
      ...(onStarted !== undefined && { onStarted }),
    };
    const { end, stdoutFile, stderrFile } = await run(request, signal);
    const read = (file: string) => readFile(file).catch(() => Buffer.alloc(0));
    return { end, stdout: await read(stdoutFile), stderr: await read(stderrFile) };
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

const NOTHING = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

/** Harmless variables, and those declared by name. */
function scriptEnvironment(
  env: Surroundings['env'],
  secrets: readonly string[],
): Record<string, string> {
  const declared = Object.fromEntries(secrets.map((name) => [name, env[name]]));
  return { ...toolEnvironment('analyser', env), ...given(declared) };
}

function given(values: Call['values']): Record<string, string> {
  const entries = Object.entries(values).filter(([, value]) => value != null);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function programOf(name: string, root: string, searched: string): string | ProcessEnd {
  const wanted = name.includes('/') ? path.resolve(root, name) : name;
  const found = resolveBinary(wanted, searched);
  if (found.ok) return found.file;
  return found.reason === 'not_found'
    ? { kind: 'not_started', code: 'ENOENT', message: `${name} was not found` }
    : { kind: 'not_started', code: 'EACCES', message: `${name} cannot be executed` };
}

/** Declared names that have no value here: often why a script fails. */
export function namesUnset({ env, secrets }: Surroundings): readonly string[] {
  return secrets.filter((name) => env[name] === undefined);
}
