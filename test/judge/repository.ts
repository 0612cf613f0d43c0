/** A repository as its runners left it, taken through the shipped gates: the whole way from states to readiness. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { loadConfig, type Loaded } from '../../src/config/load.ts';
import { createCatalogue } from '../../src/judge/catalogue.ts';
import { readinessOf, type Readiness } from '../../src/judge/readiness.ts';
import type { Reading, ToolState } from '../../src/judge/reading.ts';
import { scoreOf, type Score } from '../../src/judge/score.ts';
import { judgeGate, type GateVerdict } from '../../src/judge/verdict.ts';
import type { MetricValue } from '../../src/measure/runner.ts';
import { runners } from '../../src/measure/runners.ts';
import { readingsOf, unmeasuredYet } from '../../src/pipeline/readings.ts';

const PACKAGE = path.resolve(import.meta.dirname, '../..');

/** What a runner found, or the state that explains why it found nothing. */
type Found = Readonly<Record<string, MetricValue>> | ToolState;

/** Everything declared, everything measured, nothing wrong. */
const CLEAN = {
  eslint: { eslint_errors: 0, eslint_warnings: 0, code_unparseable: 0 },
  prettier: { prettier_compliant: true, prettier_unformatted: 0 },
  tsc: { type_errors: 0 },
  tsconfig: { ts_strict: true, ts_no_implicit_any: true, ts_target: 'ES2022' },
  gitleaks: { secrets_found: 0, no_secrets_exposed: true },
  'npm-audit': {
    vulnerabilities_critical: 0,
    vulnerabilities_high: 0,
    vulnerabilities_moderate: 0,
    vulnerabilities_low: 0,
    audit_clean: true,
    dependencies_safe: true,
  },
  lockfile: { versions_locked: true, dependencies_unlocked: 0, lockfile_consistent: true },
  dependencies: { all_resolved: true, dependencies_unresolved: 0 },
  unit: {
    'unit.tests_total': 15,
    'unit.tests_passed': 15,
    'unit.tests_failed': 0,
    'unit.tests_skipped': 0,
    'unit.coverage': 0.9,
  },
  integration: {
    'integration.tests_total': 5,
    'integration.tests_passed': 5,
    'integration.tests_failed': 0,
    'integration.tests_skipped': 0,
    'integration.coverage': 0.8,
  },
  suites: { tests_total: 20, tests_failed: 0, test_pass_rate: 1, coverage_overall: 0.9 },
} satisfies Readonly<Record<string, Found>>;

type RunnerId = keyof typeof CLEAN;

/** Differences from the clean repository: other values of some metrics, or another state of the runner. */
export type Changes = Readonly<Partial<Record<RunnerId, Found>>>;

/** No runner has anything to do here; `except` names those that do. */
export function nothingButThese(...except: readonly RunnerId[]): Changes {
  const idle = (Object.keys(CLEAN) as RunnerId[]).filter((id) => !except.includes(id));
  return Object.fromEntries(idle.map((id) => [id, 'not_applicable' as const]));
}

/** The gates of a configuration, proved against the runners nemesis brings. */
export function load(config: Readonly<Record<string, unknown>>): Loaded {
  const root = mkdtempSync(path.join(tmpdir(), 'nemesis-judge-'));
  try {
    writeFileSync(path.join(root, 'nemesis.config.yaml'), stringify(config));
    const loaded = loadConfig({
      root,
      repositoryTop: undefined,
      packageRoot: PACKAGE,
      catalogue: createCatalogue(runners),
      runnerIds: runners.map(({ id }) => id),
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics, null, 2));
    return loaded.value;
  } finally {
    rmSync(root, { recursive: true });
  }
}

export interface Judged {
  readonly verdicts: readonly GateVerdict[];
  readonly score: Score;
  readonly readiness: Readiness;
}

export function judge({ config, agents }: Loaded, changes: Changes): Judged {
  const catalogue = createCatalogue(runners);
  const readings = new Map<string, Reading>(unmeasuredYet(catalogue));
  for (const runner of runners) {
    const isLeftOut = runner.onlyWhenAsked === true;
    if (!(runner.id in CLEAN) && !isLeftOut) continue;
    const id = runner.id as RunnerId;
    const found = isLeftOut ? 'not_applicable' : (changes[id] ?? {});
    const measurement =
      typeof found === 'string'
        ? { state: found, metrics: {}, findings: [] }
        : { state: 'clean' as const, metrics: { ...CLEAN[id], ...found }, findings: [] };
    for (const [name, reading] of readingsOf(runner, measurement, config.tolerate)) {
      readings.set(name, reading);
    }
  }
  const evidence = { catalogue, readings, baseline: new Map() };
  const verdicts = (['code', 'build', 'test'] as const).map((gate) => {
    const asked = agents.filter(({ stage }) => stage === gate);
    return judgeGate(gate, config.mode[gate] ?? 'enforce', asked, evidence);
  });
  const plan = agents.find((agent) => agent.score !== undefined)!.score!;
  const score = scoreOf(plan, evidence);
  return { verdicts, score, readiness: readinessOf(verdicts, score, plan.bands) };
}
