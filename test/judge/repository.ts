/** A repository as its runners left it, taken through the shipped gates: the whole way from states to readiness. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { loadConfig, type Loaded } from '../../src/config/load.ts';
import { createCatalogue } from '../../src/judge/catalogue.ts';
import { combined } from '../../src/judge/combine.ts';
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
  'code-rules': {
    complexity_score: 8,
    consistent_naming: true,
    naming_violations: 0,
    import_order: 'sorted',
    imports_unsorted: 0,
    no_sql_injection: true,
    sql_injection_risks: 0,
    no_xss_vulnerabilities: true,
    xss_risks: 0,
    public_functions_documented: true,
    public_functions_undocumented: 0,
  },
  jscpd: { duplication: 0.01 },
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

/** What a Python repository has on top; the clean one above is JavaScript alone, and these have nothing to do there. */
export const CLEAN_PYTHON = {
  'python-rules': {
    complexity_score: 9,
    consistent_naming: true,
    no_sql_injection: true,
    no_xss_vulnerabilities: true,
    public_functions_documented: true,
    public_functions_undocumented: 0,
    code_unparseable: 0,
  },
  'python-env': { python_version: '3.11.7', all_resolved: true, dependencies_unresolved: 0 },
  'python-lock': { versions_locked: true, dependencies_unlocked: 0 },
} satisfies Readonly<Record<string, Found>>;

type RunnerId = keyof typeof CLEAN;

/** Differences from the clean repository: other values of some metrics, or another state of the runner. */
export type Changes = Readonly<Partial<Record<RunnerId | keyof typeof CLEAN_PYTHON, Found>>>;

/** What npm's audit counts is counted under its own name too. */
function bySource(metrics: object): Readonly<Record<string, MetricValue>> {
  const all = Object.entries(metrics) as [string, MetricValue][];
  const own = all.filter(([name]) => name.startsWith('vulnerabilities_'));
  return Object.fromEntries([
    ...all,
    ...own.map(([name, value]) => [`npm_${name}`, value]),
  ]) as Record<string, MetricValue>;
}

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
    const usual: Readonly<Record<string, Found>> = CLEAN;
    const clean = usual[runner.id];
    const found =
      (changes as typeof usual)[runner.id] ?? (clean === undefined ? 'not_applicable' : {});
    const measurement =
      typeof found === 'string'
        ? { state: found, metrics: {}, findings: [] }
        : {
            state: 'clean' as const,
            metrics: bySource({ ...(clean as object), ...found }),
            findings: [],
          };
    for (const [name, reading] of readingsOf(runner, measurement, config.tolerate)) {
      const known = readings.get(name);
      const together = known && combined(runner.metrics[name]!, known, reading);
      readings.set(name, together ?? reading);
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
