/**
 * The reports of all cells as one result: of every metric the worst value of any cell, and a cell without a report is
 * an absence of everything that the others measured.
 */

import { combined } from '../judge/combine.ts';
import type { Agent } from '../judge/agent.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import type { Finding } from '../judge/finding.ts';
import { keyOf, type Cell } from '../judge/matrix.ts';
import { readinessOf } from '../judge/readiness.ts';
import type { Reading, Tolerance } from '../judge/reading.ts';
import { recorded } from '../judge/recorded.ts';
import { scoreOf } from '../judge/score.ts';
import { judgeGate } from '../judge/verdict.ts';
import { hasExpired } from '../judge/waiver.ts';
import type { Config } from '../config/config.ts';
import type { Measurement } from '../measure/runner.ts';
import type { CellReport } from './cell-report.ts';
import { CHECKED_GATES } from './check.ts';
import { unmeasuredYet } from './readings.ts';
import type { CheckResult, RunnerResult } from './result.ts';
import { expiredIn, waivedIn } from './waivers.ts';

export interface MergeContext {
  readonly config: Config;
  readonly agents: readonly Agent[];
  readonly catalogue: Catalogue;
  readonly root: string;
  readonly commit: string | undefined;
  readonly dirty: boolean | undefined;
  /** The day waivers are held against, in UTC. */
  readonly today: string;
}

/** @param reports one for each cell that has one */
export function mergeCells(
  cells: readonly Cell[],
  reports: readonly CellReport[],
  context: MergeContext,
): CheckResult {
  const { config, agents, catalogue } = context;
  const ofCell = new Map(reports.map((report) => [keyOf(report.cell), report]));
  const readings = joined(cells, ofCell, context);
  const seen = seenIn(ofCell);
  const { waivers } = config;
  const holding = waivers.filter((waiver) => !hasExpired(waiver, context.today));
  const run = { waivers, today: context.today, agents, results: new Map(), isWhole: true };
  const evidence = { catalogue, readings, baseline: new Map(), waivers: holding };
  const verdicts = CHECKED_GATES.map((gate) => {
    const asked = agents.filter(({ stage }) => stage === gate);
    const mode = config.mode[gate] ?? 'enforce';
    const judged = judgeGate(gate, mode, asked, evidence);
    const expired = expiredIn(judged, run);
    return expired.length === 0 ? judged : judgeGate(gate, mode, asked, evidence, expired);
  });
  const plan = agents.find(({ score }) => score !== undefined)?.score;
  const score = plan === undefined ? undefined : scoreOf(plan, evidence);
  const startedAt = Math.min(...reports.map((report) => report.startedAt));
  return {
    service: config.service,
    root: context.root,
    configuration: config.describedAs,
    commit: context.commit,
    // A change that is not committed in one cell is part of what was measured.
    dirty: reports.some(({ dirty }) => dirty === true) || context.dirty,
    startedAt,
    durationMs: Math.max(...reports.map((one) => one.startedAt + one.durationMs)) - startedAt,
    joined: true,
    partial: undefined,
    trial: undefined,
    stoppedBy: undefined,
    runners: cells.map((cell) => resultOf(keyOf(cell), ofCell.get(keyOf(cell)), seen, ofCell.size)),
    readings,
    verdicts,
    score,
    readiness: readinessOf(verdicts, score, plan?.bands ?? { ready: 1, caution: 1 }),
    trend: undefined,
    // What waivers covered in the cells is gone from their numbers; whether one is unused, each cell has said.
    waived: { ...waivedIn(verdicts, run), unused: [] },
    baseline: undefined,
    trusted: undefined,
    catalogue,
  };
}

function joined(
  cells: readonly Cell[],
  ofCell: ReadonlyMap<string, CellReport>,
  { catalogue, config }: MergeContext,
): ReadonlyMap<string, Reading> {
  const readings = new Map<string, Reading>(unmeasuredYet(catalogue));
  for (const [metric, entry] of catalogue) {
    // The history is asked by who runs the gates, not by each cell.
    if (entry.measuredBy.length === 0 || entry.measuredBy.includes(recorded.id)) continue;
    // Each cell counted everything: the worst speaks, and nothing is added up.
    const { better, states = [] } = entry;
    const parts = cells.map((cell) => readingIn(keyOf(cell), ofCell, metric, config.tolerate));
    readings.set(
      metric,
      parts.reduce((one, other) => combined({ better, states }, one, other)),
    );
  }
  return readings;
}

function readingIn(
  key: string,
  ofCell: ReadonlyMap<string, CellReport>,
  metric: string,
  tolerate: readonly Tolerance[],
): Reading {
  const report = ofCell.get(key);
  if (report === undefined) {
    return { kind: 'missing', why: `${key}: no report`, state: 'no_report', runner: key };
  }
  const reading = report.readings.get(metric);
  if (reading === undefined) {
    return { kind: 'missing', why: `${key}: not in its report`, state: 'bad_report', runner: key };
  }
  if (reading.kind === 'measured') return { kind: 'measured', value: reading.value, runner: key };
  const why = `${key}: ${reading.why}`;
  if (reading.kind === 'not_applicable') return { kind: 'not_applicable', why, runner: key };
  const { state, toleratedBy: claimed } = reading;
  // What a report claims to be tolerated is looked up here, where the configuration in force is known.
  const toleratedBy = tolerate.find((one) => one.runner === claimed?.runner && one.state === state);
  return { kind: 'missing', why, state, runner: key, ...(toleratedBy && { toleratedBy }) };
}

function resultOf(
  key: string,
  report: CellReport | undefined,
  seen: ReadonlyMap<string, readonly string[]>,
  cells: number,
): RunnerResult {
  const gate = 'build';
  if (report === undefined) {
    const why = 'no report of this cell';
    const measurement: Measurement = { state: 'no_report', why, metrics: {}, findings: [] };
    return { id: key, gate, measurement, durationMs: 0 };
  }
  const findings = firstSeenIn(key, report.findings, seen, cells);
  const verdicts = report.gates.map((one) => `${one.gate} ${one.verdict}`).join(', ');
  const isWell = report.gates.every(({ verdict }) => verdict === 'passed' || verdict === 'warned');
  return {
    ...{ id: key, gate, durationMs: report.durationMs },
    measurement: {
      state: isWell ? 'clean' : 'findings',
      metrics: {},
      findings,
      summary: verdicts,
    },
  };
}

/** Of each finding, the cells it was seen in, in order. */
function seenIn(ofCell: ReadonlyMap<string, CellReport>): ReadonlyMap<string, readonly string[]> {
  const seen = new Map<string, string[]>();
  for (const [key, { findings }] of ofCell) {
    for (const identity of new Set(findings.map(identityOf))) {
      seen.set(identity, [...(seen.get(identity) ?? []), key]);
    }
  }
  return seen;
}

/** The findings nobody before this cell made, each told once. */
function firstSeenIn(
  key: string,
  findings: readonly Finding[],
  seen: ReadonlyMap<string, readonly string[]>,
  cells: number,
): readonly Finding[] {
  return findings.flatMap((finding) => {
    const where = seen.get(identityOf(finding))!;
    if (where[0] !== key) return [];
    if (where.length === cells) return [finding];
    const told = `${finding.message} (in ${where.length} of ${cells} cells, first ${key})`;
    return [{ ...finding, message: told }];
  });
}

function identityOf({ tool, rule, file, line, message }: Finding): string {
  return JSON.stringify([tool, rule, file, line, message]);
}
