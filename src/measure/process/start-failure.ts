/** Turns what `spawn` throws or emits into a `not_started` that blames the right thing. */
import { accessSync, constants, statSync } from 'node:fs';
import type { NotStarted } from './contract.ts';
import { notExecutableFormat } from './executable-format.ts';

interface Start {
  readonly file: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What can be told before trying: a NUL character, a missing folder, a file the kernel cannot run. */
export function refusalBeforeStart({ file, argv, cwd, env }: Start): NotStarted | undefined {
  const texts = [file, cwd, ...argv, ...Object.keys(env), ...Object.values(env)];
  if (texts.some((text) => text.includes('\0'))) {
    return notStarted('EINVAL', 'an argument, path or variable holds a NUL character');
  }
  const folder = folderProblem(cwd);
  if (folder !== undefined) {
    return notStarted(`CWD_${folder}`, `the working folder ${cwd} cannot be used: ${folder}`);
  }
  const format = notExecutableFormat(file);
  return format !== undefined && isExecutable(file) ? notStarted('ENOEXEC', format) : undefined;
}

/** For the error of `spawn` itself. */
export function startFailure(error: unknown, { file, argv }: Start): NotStarted {
  const code = codeOf(error);
  if (code === 'ENOENT' && exists(file)) {
    return notStarted(code, `${file} is there, but the interpreter it names is not`);
  }
  if (code === 'E2BIG') {
    const bytes = argv.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
    return notStarted(code, `the arguments are too long for this system: ${bytes} bytes`);
  }
  return notStarted(code, `${file} could not be started: ${code}`);
}

/** For an error while making the files the program should write to. */
export function outputFailure(error: unknown, place: string): NotStarted {
  const code = codeOf(error);
  return notStarted(`OUTPUT_${code}`, `no output file could be made at ${place}: ${code}`);
}

const notStarted = (code: string, message: string): NotStarted => ({
  kind: 'not_started',
  code,
  message,
});

const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException | undefined)?.code ?? 'UNKNOWN';

function folderProblem(cwd: string): string | undefined {
  try {
    return statSync(cwd).isDirectory() ? undefined : 'ENOTDIR';
  } catch (error) {
    return codeOf(error);
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}
