/** Where the answer goes besides the terminal: the files that were asked for, and what GitHub Actions shows by itself. */

import path from 'node:path';
import { ok, type Failure, type Result } from '../failure.ts';
import type { Redact } from '../measure/redact.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { OUTPUTS, type OutputName, type Render } from '../report/outputs.ts';
import type { Surroundings } from '../report/where.ts';
import { appendSummary } from './github-summary.ts';
import { guardOf } from './guard.ts';
import type { Io } from './io.ts';
import { readOutputs } from './output-asked.ts';
import { prepareFiles, writeOutput } from './output-files.ts';
import type { Session } from './session.ts';

export interface Outputs {
  /** What goes to standard output. */
  readonly stdout: OutputName;
  /** That, as text; words for people are told as they come. */
  readonly print: Render | undefined;
  readonly surroundings: Surroundings;
  /** Writes every file. What could not be written comes back; the rest is there all the same. */
  write(result: CheckResult): void;
  /** What could not be written: a yes without it is none. */
  lost(): readonly Failure[];
  /** What was not asked for and could not be written: said, no more. */
  remarks(): readonly Failure[];
}

export interface OutputsWanted {
  /** As written after `--output`. */
  readonly outputs?: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Fails before anything is measured where what is asked for cannot be. */
export async function openOutputs(
  wanted: OutputsWanted,
  session: Pick<Session, 'root' | 'repositoryTop' | 'loaded'>,
  io: Io,
  version: string,
): Promise<Result<Outputs>> {
  const asked = readOutputs(wanted.outputs ?? [], wanted.json ?? false);
  if (!asked.ok) return asked;
  const { stdout } = asked.value;
  const prepared = await prepareFiles(asked.value.files, io.cwd);
  if (!prepared.ok) return prepared;
  const surroundings = { version, prefix: prefixOf(session.root, session.repositoryTop) };
  const redact = guardOf(session, io);
  const own = await onGithub(wanted, asked.value.files, stdout, io, redact);
  const renders = new Map<string, Render>();
  for (const { kind } of prepared.value) renders.set(kind, await renderOf(kind));
  const print = stdout === 'pretty' ? undefined : await renderOf(stdout);
  const lost: Failure[] = [];
  const remarks: Failure[] = [];
  return ok({
    ...{ stdout, print, surroundings },
    write(result) {
      for (const file of prepared.value) {
        const failure = writeOutput(file, redact(renders.get(file.kind)!(result, surroundings)));
        if (failure !== undefined) lost.push(failure);
      }
      remarks.push(...own(result, surroundings));
    },
    lost: () => lost,
    remarks: () => remarks,
  });
}

async function renderOf(name: string): Promise<Render> {
  return await OUTPUTS.find((kind) => kind.name === name)!.load();
}

/** `services/shop/` where that folder of the repository is judged. */
function prefixOf(root: string, top: string | undefined): string {
  const inner = top === undefined ? '' : path.relative(top, root).split(path.sep).join('/');
  return inner === '' || inner.startsWith('..') || path.isAbsolute(inner) ? '' : `${inner}/`;
}

/** Annotations and the step's summary, without being asked; `NEMESIS_GITHUB=off` leaves them out. */
async function onGithub(
  { quiet = false }: OutputsWanted,
  files: readonly { readonly kind: OutputName }[],
  stdout: OutputName,
  io: Io,
  redact: Redact,
): Promise<(result: CheckResult, surroundings: Surroundings) => readonly Failure[]> {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY: summary = '', NEMESIS_GITHUB } = io.env;
  if (GITHUB_ACTIONS !== 'true' || NEMESIS_GITHUB === 'off') return () => [];
  // Whoever reads standard output asked for something else there, or for one line.
  const annotates = stdout === 'pretty' && !quiet && !files.some(({ kind }) => kind === 'github');
  const annotations = annotates ? await renderOf('github') : undefined;
  const { markdownText } = await import('../report/markdown.ts');
  return (result, surroundings) => {
    if (annotations !== undefined) io.out(annotations(result, surroundings));
    const failure = appendSummary(summary, (limit) => redact(markdownText(result, limit)));
    return failure === undefined ? [] : [failure];
  };
}
