/** Whether this machine is the cell of the build matrix it is said to be. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '../failure.ts';
import type { Agent } from '../judge/agent.ts';
import { cellNamed, keyOf, type Cell, type Matrix } from '../judge/matrix.ts';

export interface Machine {
  /** `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** PATH of the project's tools. */
  readonly path: string;
  /** What a program says of `--version`; undefined when it says none. */
  versionOf(file: string): Promise<string | undefined>;
}

/** All axes of the gates in force. */
export function matrixIn(agents: readonly Agent[]): Matrix {
  return agents.flatMap(({ matrix = [] }) => matrix);
}

/** The project's tools run on what stands first on this PATH: that must be what the cell says. */
export async function cellOf(
  text: string,
  agents: readonly Agent[],
  machine: Machine,
): Promise<Result<Cell>> {
  const matrix = matrixIn(agents);
  const named = cellNamed(text, matrix);
  if (!named.ok) {
    const help = ['see nemesis build:matrix'];
    return fail({ kind: 'usage', message: `--cell ${text}: ${named.why}`, help });
  }
  for (const [axis, value] of Object.entries(named.cell)) {
    const problem = await mismatch(axis, value, machine);
    if (problem === undefined) continue;
    const [what, help] = problem;
    return fail({
      kind: 'usage',
      message: `this is not ${keyOf(named.cell)}: ${what}`,
      help: [help],
    });
  }
  return ok(named.cell);
}

type Problem = readonly [what: string, help: string];

async function mismatch(
  axis: string,
  value: string,
  machine: Machine,
): Promise<Problem | undefined> {
  if (axis === 'os') return systemMismatch(value, machine.platform);
  const programs = PROGRAMS[axis];
  // What no table knows is the project's own axis: it is only a name here.
  if (programs === undefined) return undefined;
  const file = firstOf(programs, machine.path);
  if (file === undefined) {
    return [`there is no ${programs[0]} on the PATH`, `install ${axis} ${value}`];
  }
  const version = await machine.versionOf(file);
  if (version !== undefined && `${version}.`.startsWith(`${value}.`)) return undefined;
  const found = version ?? 'of a version it does not tell';
  return [`${file} is ${found}, not ${value}`, `put ${axis} ${value} first on the PATH`];
}

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  node: ['node'],
  python: ['python3', 'python'],
};

function firstOf(programs: readonly string[], searchPath: string): string | undefined {
  for (const folder of searchPath.split(path.delimiter)) {
    const name = programs.find((program) => existsSync(path.join(folder, program)));
    if (name !== undefined) return path.join(folder, name);
  }
  return undefined;
}

/** `ubuntu-latest`, `macos-14`, `windows-2022` as the platforms call their machines. */
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/^(ubuntu|debian|linux|alpine|fedora)/i, 'linux'],
  [/^(macos|darwin)/i, 'darwin'],
  [/^windows/i, 'win32'],
];

function systemMismatch(value: string, platform: string): Problem | undefined {
  const wanted = SYSTEMS.find(([name]) => name.test(value))?.[1];
  if (wanted === undefined || wanted === platform) return undefined;
  return [`the system is ${platform}, not ${value}`, 'run it on that system'];
}
