/** `deploy:check --merge`: the reports of all cells of the build matrix, joined into one answer. */

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '../failure.ts';
import { createCatalogue, type Catalogue } from '../judge/catalogue.ts';
import { dayOf } from '../judge/day.ts';
import { cellsOf, keyOf, type Cell } from '../judge/matrix.ts';
import { misfit } from '../judge/misfit.ts';
import { readCellReport, type CellReport } from '../pipeline/cell-report.ts';
import { mergeCells } from '../pipeline/merge-cells.ts';
import type { CheckResult } from '../pipeline/result.ts';
import type { Reporter } from '../report/reporter.ts';
import type { AskedCheck } from './asked-check.ts';
import { matrixIn } from './cell.ts';
import { commitOf, endingOf, notRecorded } from './check-answer.ts';
import { checkMemory } from './check-memory.ts';
import type { Ending } from './exit.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { runnersOf, type Session } from './session.ts';
import { guardOf } from './guard.ts';
import { keepResult, makeStateDir } from './state-dir.ts';
import { tell } from './tell.ts';

const LARGEST_BYTES = 64 * 1024 * 1024;

export async function mergeAndTell(
  names: readonly string[],
  asked: AskedCheck,
  session: Session,
  io: Io,
  parts: Parts,
  createReporter: () => Promise<Reporter>,
): Promise<Ending> {
  if (asked.cell !== undefined) {
    const message = '--cell measures one cell, and --merge measures nothing: take one of them';
    return { kind: 'failed', failure: { kind: 'usage', message } };
  }
  const { config, agents } = session.loaded;
  const cells = cellsOf(matrixIn(agents));
  const about = await commitOf(session);
  const catalogue = createCatalogue(await runnersOf(session, parts));
  const { service } = config;
  const reports = readReports(names, cells, { ...about, service, catalogue, cwd: io.cwd });
  if (!reports.ok) return { kind: 'failed', failure: reports.failure };
  for (const line of otherVersions(reports.value, parts.version)) io.err(`${line}\n`);
  const context = {
    config,
    agents,
    catalogue,
    root: session.root,
    today: dayOf(io.now()),
    ...about,
  };
  const result = mergeCells(cells, reports.value, context);
  const made = makeStateDir(session.stateDir);
  if (!made.ok) return { kind: 'failed', failure: made.failure };
  tellResult(result, await createReporter());
  const lost = keepResult(result, session.stateDir, parts.version, guardOf(session, io));
  if (lost !== undefined) await tell(lost, io);
  return recordAndEnd(result, asked, session, io, parts);
}

/** What another version measured may count otherwise. */
function otherVersions(reports: readonly CellReport[], version: string): readonly string[] {
  return reports
    .filter(({ nemesis }) => nemesis !== version)
    .map(({ cell, nemesis }) => {
      const made = `${keyOf(cell)} was measured by nemesis ${nemesis.slice(0, 40)}`;
      return `nemesis: ${made}, and this is ${version}: use one version in all cells`;
    });
}

function tellResult(result: CheckResult, reporter: Reporter): void {
  try {
    const { service, root, configuration, runners, verdicts } = result;
    const gates = verdicts.map(({ gate }) => gate);
    reporter.on({ kind: 'run_started', service, root, configuration, gates });
    for (const { id, measurement, durationMs } of runners)
      reporter.on({ kind: 'runner_ended', gate: 'build', runner: id, measurement, durationMs });
    for (const verdict of verdicts) reporter.on({ kind: 'gate_judged', verdict });
    reporter.on({ kind: 'run_ended', result });
  } finally {
    reporter.close();
  }
}

async function recordAndEnd(
  result: CheckResult,
  asked: AskedCheck,
  session: Session,
  io: Io,
  parts: Parts,
): Promise<Ending> {
  const ending = endingOf(result, asked.strict ?? false);
  const memory = checkMemory(session, io, parts);
  try {
    const recorded = await memory.record(result);
    if (recorded.ok) return ending;
    const failure = notRecorded(recorded.failure);
    if (ending.kind === 'yes') return { kind: 'failed', failure };
    await tell(failure, io);
    return ending;
  } finally {
    await memory.close();
  }
}

interface About {
  readonly service: string;
  readonly commit: string | undefined;
  readonly catalogue: Catalogue;
  readonly cwd: string;
}

/** Every report must be of this commit, of a cell of this matrix, and the only one of its cell. */
function readReports(
  names: readonly string[],
  cells: readonly Cell[],
  about: About,
): Result<readonly CellReport[]> {
  if (cells.length === 0) {
    const message = 'there is nothing to join: no gate in force has a build_matrix';
    return fail({ kind: 'usage', message, help: ['see nemesis gates:list'] });
  }
  const keys = cells.map(keyOf);
  const found = new Map<string, { name: string; report: CellReport }>();
  for (const name of names) {
    const report = readReport(name, about);
    if (!report.ok) return report;
    const key = keyOf(report.value.cell);
    const twin = found.get(key);
    if (!keys.includes(key)) return wrong(`${name} is of ${key}, which the matrix does not have`);
    if (twin !== undefined) return wrong(`${name} and ${twin.name} are both of ${key}`);
    found.set(key, { name, report: report.value });
  }
  return ok([...found.values()].map(({ report }) => report));
}

function readReport(name: string, about: About): Result<CellReport> {
  const file = path.resolve(about.cwd, name);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return wrong(`there is no report ${name}`);
  if (stat.size > LARGEST_BYTES) return wrong(`${name} is too large for a report of a check`);
  const report = readCellReport(readFileSync(file, 'utf8'));
  if ('why' in report) return wrong(`${name} ${report.why}`);
  const { service, commit, partial } = report;
  if (service !== about.service) {
    return wrong(`${name} is of the service ${service}, and this is ${about.service}`);
  }
  if (commit !== about.commit) {
    return wrong(`${name} is of ${short(commit)}, and this is ${short(about.commit)}`);
  }
  const misfitting = misfitIn(report, about.catalogue);
  if (misfitting !== undefined) return wrong(`${name} ${misfitting}`);
  if (partial !== undefined) return wrong(`${name} does not speak for its cell: ${partial}`);
  return ok(report);
}

/** A value that its metric cannot have would lose against any other, and go unseen. */
function misfitIn({ readings }: CellReport, catalogue: Catalogue): string | undefined {
  for (const [metric, reading] of readings) {
    const entry = catalogue.get(metric);
    if (entry === undefined || reading.kind !== 'measured') continue;
    const problem = misfit(reading.value, entry);
    if (problem !== undefined) return `has ${problem} as ${metric}`;
  }
  return undefined;
}

const short = (commit: string | undefined): string =>
  commit === undefined ? 'no commit' : `commit ${commit.slice(0, 12)}`;

function wrong(message: string): Result<never> {
  const help = ['each cell: nemesis deploy:check --cell CELL --output json=reports/NAME.json'];
  return fail({ kind: 'usage', message, help });
}
