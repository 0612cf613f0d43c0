/**
 * Load by k6, a scenario after the other, each a run of its own against the project's script.
 * https://grafana.com/docs/k6/latest/using-k6/k6-options/
 */

import path from 'node:path';
import { makeFolder } from '../../config/make-folder.ts';
import {
  DEFAULT_SCENARIOS,
  SCENARIOS,
  type PerformanceConfig,
  type Scenario,
} from '../../config/suite.ts';
import type { MetricDeclaration } from '../../judge/catalogue.ts';
import type { Finding } from '../../judge/finding.ts';
import { locateTool } from '../locate.ts';
import type { Project } from '../project.ts';
import type { Evidence, Measurement, MetricValue, RunContext, Runner } from '../runner.ts';
import { withSurroundings } from '../surroundings/with-surroundings.ts';
import { absent, hasNumbers, runTool } from '../tool.ts';
import { findLoadScript } from './script.ts';
import { readScenario, type ScenarioMetric } from './summary.ts';

const INSTALL = 'install k6: https://grafana.com/docs/k6/latest/set-up/install-k6/';
/** What a run takes on top of its scenario: setup, and the last iterations. */
const SPARE_MS = 120_000;
/** A shorter one could end before its first answer. */
const SHORTEST_MS = 2000;

const latency = (about: string): MetricDeclaration => ({
  dimension: 'time',
  better: 'lower',
  about,
});
const share = (about: string): MetricDeclaration => ({
  dimension: 'ratio',
  better: 'lower',
  about,
});
const count = (better: 'lower' | 'as_asked', about: string): MetricDeclaration => ({
  ...{ dimension: 'count', better, about },
});

export const k6: Runner = {
  id: 'k6',
  about: "load on the service, by k6 and the project's script",
  needs: 'a k6 script, and `--full`, `test:performance` or the pipeline',
  install: INSTALL,
  onlyWhenAsked: 'test:performance',
  metrics: {
    'performance.p95_latency': latency('the worst p95_latency of all scenarios'),
    'performance.error_rate': share('the worst error_rate of all scenarios'),
    'performance.thresholds_failed': count(
      'lower',
      'thresholds of the script itself that were missed',
    ),
    ...Object.fromEntries(SCENARIOS.flatMap(scenarioMetrics)),
  },
  inPlay(project) {
    const found = findLoadScript(project);
    return found.kind === 'none'
      ? { inPlay: false, why: found.why }
      : { inPlay: true, because: found.because };
  },
  isFound: (project) => locateTool({ name: 'k6' }, project).found,
  measure: (context) => measureLoad(context),
};

function scenarioMetrics(name: string): [string, MetricDeclaration][] {
  const own = `performance.${name}`;
  return [
    [
      `${own}.p95_latency`,
      latency(`95 % of the requests of the ${name} scenario took at most so long`),
    ],
    [`${own}.error_rate`, share(`share of the requests of the ${name} scenario that failed`)],
    [`${own}.requests`, count('as_asked', `requests of the ${name} scenario`)],
  ];
}

async function measureLoad(context: RunContext): Promise<Measurement> {
  const { project } = context;
  const found = findLoadScript(project);
  if (found.kind === 'none') return absent('nothing_measured', found.why);
  if (found.kind === 'missing') return absent('bad_config', found.why, found.help);
  const located = locateTool({ name: 'k6' }, project);
  if (!located.found) {
    return absent('not_installed', `k6 is not installed (looked in ${located.lookedIn})`, INSTALL);
  }
  const config: PerformanceConfig = project.performance ?? { scenarios: DEFAULT_SCENARIOS };
  const target = targetOf(config, project);
  if (!target.ok) return absent('bad_config', target.why, target.help);
  return await withSurroundings('k6', config, context, (env) =>
    runScenarios(found.script, config, { ...target.env, ...env }, context),
  );
}

type Target =
  | { readonly ok: true; readonly env: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly why: string; readonly help: string };

function targetOf({ target }: PerformanceConfig, project: Project): Target {
  if (target === undefined) return { ok: true, env: {} };
  if (typeof target === 'string') return { ok: true, env: { TARGET_URL: target } };
  const url = project.environment('project')[target.env];
  if (url !== undefined && url !== '') return { ok: true, env: { TARGET_URL: url } };
  const why = `suites.performance.target reads ${target.env}, which is not set`;
  return { ok: false, why, help: `set ${target.env} to where the load goes` };
}

interface ScenarioResult {
  readonly scenario: Scenario;
  readonly measurement: Measurement;
}

async function runScenarios(
  script: string,
  { scenarios, timeoutMs }: PerformanceConfig,
  env: Readonly<Record<string, string>>,
  context: RunContext,
): Promise<Measurement> {
  const results: ScenarioResult[] = [];
  const deadline = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs;
  for (const asked of scenarios) {
    const scenario = shortened(asked, context.trial);
    context.progress?.(scenarioText(scenario, context.trial));
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) {
      return absent('timed_out', `the scenarios took longer than ${timeoutMs! / 1000} s`);
    }
    const limit = Math.min(scenario.durationMs + SPARE_MS, leftMs);
    const measurement = await runScenario(script, scenario, env, { ...context, timeoutMs: limit });
    // Whoever does not answer ten users is not asked by five hundred.
    if (!hasNumbers(measurement)) {
      const why = `${scenario.name}: ${measurement.why ?? measurement.state}`;
      return { ...measurement, why };
    }
    results.push({ scenario, measurement });
  }
  return together(results, context.trial);
}

const shortened = (scenario: Scenario, trial = 1): Scenario => ({
  ...scenario,
  durationMs: Math.min(scenario.durationMs, Math.max(SHORTEST_MS, scenario.durationMs / trial)),
});

const seconds = ({ durationMs }: Scenario): string => `${Number((durationMs / 1000).toFixed(1))}s`;

/** `load: 100 VUs for 300s`. */
const scenarioText = (scenario: Scenario, trial: number | undefined): string =>
  `${scenario.name}: ${scenario.users} VUs for ${seconds(scenario)}${trial === undefined ? '' : ' (trial)'}`;

async function runScenario(
  script: string,
  scenario: Scenario,
  env: Readonly<Record<string, string>>,
  context: RunContext,
): Promise<Measurement> {
  const workDir = path.join(context.workDir, scenario.name);
  makeFolder(workDir);
  return await runTool<ScenarioMetric>(
    {
      id: 'k6',
      install: INSTALL,
      location: { name: 'k6' },
      kind: 'project',
      command: () => ({
        argv: [
          'run',
          `--vus=${scenario.users}`,
          `--duration=${Math.round(scenario.durationMs)}ms`,
          '--summary-export=summary.json',
          '--summary-mode=compact',
          '--summary-trend-stats=avg,min,med,max,p(90),p(95),p(99)',
          '--no-usage-report',
          '--no-color',
          path.resolve(context.project.root, script),
        ],
        // What a script's own handleSummary writes lies beside our report, not in the project.
        cwd: workDir,
        env: { ...env, SCENARIO: scenario.name, K6_WEB_DASHBOARD: 'false' },
        report: 'summary.json',
      }),
      read: readScenario,
    },
    { ...context, workDir },
  );
}

function together(results: readonly ScenarioResult[], trial: number | undefined): Measurement {
  const metrics: Record<string, MetricValue> = {};
  for (const name of SCENARIOS) {
    const own = results.find(({ scenario }) => scenario.name === name);
    for (const key of SCENARIO_KEYS) {
      metrics[`performance.${name}.${key}`] = own?.measurement.metrics[key] ?? {
        notApplicable: `the gate asks for no ${name} scenario`,
      };
    }
  }
  for (const key of WORST_KEYS) {
    metrics[`performance.${key}`] = Math.max(...results.map((one) => numberOf(one, key)));
  }
  const missed = results.reduce((sum, one) => sum + numberOf(one, 'thresholds_failed'), 0);
  metrics['performance.thresholds_failed'] = missed;
  const findings = results.flatMap(({ scenario, measurement }) =>
    measurement.findings.map((finding): Finding => ({
      ...finding,
      message: `${scenario.name}: ${finding.message}`,
    })),
  );
  const told = results.map(
    (one) => `${one.scenario.name} p95 ${milliseconds(numberOf(one, 'p95_latency'))}`,
  );
  const last = results.at(-1)?.measurement.evidence;
  return {
    state: findings.length > 0 ? 'findings' : 'clean',
    metrics,
    findings,
    summary: `${trial === undefined ? '' : `trial, ${trial} times shorter: `}${told.join(', ')}`,
    ...(trial !== undefined && { trial }),
    ...(last !== undefined && { evidence: evidenceOf(last, results) }),
  };
}

function evidenceOf(last: Evidence, results: readonly ScenarioResult[]): Evidence {
  const durationMs = results.reduce(
    (sum, { measurement }) => sum + (measurement.evidence?.durationMs ?? 0),
    0,
  );
  const reports = Object.fromEntries(
    results.flatMap(({ scenario: { name } }) =>
      SCENARIO_KEYS.map((key) => [`performance.${name}.${key}`, reportOf(name)]),
    ),
  );
  for (const key of WORST_KEYS) {
    const [worst] = [...results].sort((a, b) => numberOf(b, key) - numberOf(a, key));
    reports[`performance.${key}`] = reportOf(worst!.scenario.name);
  }
  return { ...last, report: reportOf(results.at(-1)!.scenario.name), reports, durationMs };
}

const SCENARIO_KEYS = ['p95_latency', 'error_rate', 'requests'] as const;
const WORST_KEYS = ['p95_latency', 'error_rate'] as const;
const reportOf = (scenario: string): string => `${scenario}/summary.json`;

const numberOf = ({ measurement }: ScenarioResult, key: ScenarioMetric): number =>
  Number(measurement.metrics[key]);

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
