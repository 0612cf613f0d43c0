/**
 * The project's own TypeScript compiler as a type checker. It has no report format and its exit code says little
 * (1 or 2 by version, and both for a broken configuration): what counts is where its diagnostics stand.
 */

import path from 'node:path';
import type { Finding } from '../../judge/finding.ts';
import type { CommandContext, RawRun, Reading } from '../tool.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';
import { perTsconfig } from './per-tsconfig.ts';
import { TYPE_ERRORS } from './type-errors.ts';
import { typeCheckOf } from './typescript-projects.ts';
import type { Measurement } from '../runner.ts';
import { unbuiltIn } from '../unbuilt.ts';

export const tsc = perTsconfig({
  id: 'tsc',
  about: 'type errors, by the TypeScript compiler',
  metrics: { type_errors: TYPE_ERRORS },
  ask({ project, workDir }, config) {
    const { flags, env } = typeCheckOf(project);
    return {
      argv: [
        ...flags,
        ...['-p', config, '--noEmit', '--pretty', 'false'],
        // Composite and incremental projects write this file even so; out of the project with it. The second
        // flag alone is an error in all other projects.
        ...['--incremental', '--tsBuildInfoFile', path.join(workDir, 'tsbuildinfo')],
      ],
      env,
      discard: ['tsbuildinfo'],
      keep: { tsbuildinfo: `${config.replace(/\W+/g, '-')}.tsbuildinfo` },
    };
  },
  read: readDiagnostics,
  join,
});

interface Diagnostic {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** `2322` of `TS2322`. */
  readonly code: number;
  readonly text: string;
}

const NO_FILES = [18002, 18003];
/** A referenced project whose output is not there yet. */
const NOT_BUILT = 6305;

function readDiagnostics(raw: RawRun, { project }: CommandContext): Reading<'type_errors'> {
  const diagnostics = raw.stdout.split('\n').flatMap((line) => diagnosticIn(line, raw.root));
  const empty = diagnostics.find(({ code }) => NO_FILES.includes(code));
  if (empty !== undefined) return { state: 'nothing_measured', why: describe(empty, raw.root) };
  const unbuilt = diagnostics.find(({ code }) => code === NOT_BUILT);
  if (unbuilt !== undefined) {
    const why = `a referenced project is not built (TS${NOT_BUILT})`;
    return { state: 'bad_config', why, help: 'npx tsc --build' };
  }
  const unresolved = unbuiltIn(
    project,
    diagnostics.map(({ text }) => text),
  );
  if (unresolved !== undefined) return { state: 'bad_config', ...unresolved };
  const misconfigured = diagnostics.find(isAboutConfig);
  if (misconfigured !== undefined) {
    return { state: 'bad_config', why: describe(misconfigured, raw.root) };
  }
  if (diagnostics.length === 0 && raw.exitCode !== 0) {
    const said = complaintIn(raw.stderr, raw.root) || complaintIn(raw.stdout, raw.root);
    return { state: 'crashed', why: said || `exit code ${raw.exitCode} and no diagnostics` };
  }
  return reading(diagnostics.map(asFinding));
}

function diagnosticIn(line: string, root: string): Diagnostic[] {
  const placed = /^(\S.*?)\((\d+),(\d+)\): error TS(\d+): (.*)$/.exec(line);
  if (placed !== null) {
    const [, file = '', row, column, code, text = ''] = placed;
    const place = { file: relativeTo(root, file), line: Number(row), column: Number(column) };
    return [{ ...place, code: Number(code), text: text.trimEnd() }];
  }
  const bare = /^error TS(\d+): (.*)$/.exec(line);
  return bare === null ? [] : [{ code: Number(bare[1]), text: bare[2]!.trimEnd() }];
}

/**
 * Options, missing files and type libraries stand without a place or in a JSON file. In a source file the same
 * ranges are type errors (TS18048 is "possibly undefined"), and a missing global type has no place either.
 */
function isAboutConfig({ file, code }: Diagnostic): boolean {
  if (file !== undefined)
    return /(^|\/)[jt]sconfig[^/]*\.json$|\/node_modules\/.*\.json$/.test(file);
  return [5, 6, 18].includes(Math.floor(code / 1000)) || code === 2688;
}

function describe({ file, line, code, text }: Diagnostic, root: string): string {
  const place = file === undefined ? '' : `${file}:${line}: `;
  return complaintIn(`${place}error TS${code}: ${text}`, root);
}

function asFinding({ code, text, ...place }: Diagnostic): Finding {
  return {
    tool: 'tsc',
    rule: `TS${code}`,
    severity: 'error',
    ...place,
    message: text,
    metric: 'type_errors',
  };
}

function reading(findings: readonly Finding[], where = '') {
  return {
    state: findings.length === 0 ? ('clean' as const) : ('findings' as const),
    metrics: { type_errors: findings.length },
    findings,
    summary: `${counted(findings.length, 'type error')}${where}`,
  };
}

/** A file that two projects include is wrong once. */
function join(measured: readonly Measurement[]): Measurement {
  const all = measured.flatMap(({ findings }) => findings);
  const once = new Map(all.map((finding) => [JSON.stringify(finding), finding]));
  return reading([...once.values()], ` in ${counted(measured.length, 'project')}`);
}
