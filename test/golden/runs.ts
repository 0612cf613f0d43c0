/** The runs every reporter tells about: one for each answer nemesis can give. */

import { fail, ok } from '../../src/failure.ts';
import { checksOf } from '../pipeline/recorded.ts';
import { agent, play, runner, scoreAgent, type Played, type Script, type Scripted } from '../pipeline/scripted.ts';

const LINT: Scripted = {
  ...{ id: 'eslint', metrics: ['eslint_errors', 'eslint_warnings'] },
  says: {
    metrics: { eslint_errors: 0, eslint_warnings: 2 },
    summary: '0 errors, 2 warnings in 31 files',
    state: 'findings',
    findings: [
      {
        ...{ tool: 'eslint', rule: 'no-unused-vars', severity: 'warning', metric: 'eslint_warnings' },
        ...{ file: 'src/cart.ts', line: 12, column: 9, message: "'tax' is defined but never used" },
      },
      {
        ...{ tool: 'eslint', rule: 'complexity', severity: 'warning', metric: 'eslint_warnings' },
        ...{ file: 'src/checkout/apply-discounts-of-the-season.ts', line: 140, column: 1 },
        message: 'Function `applyDiscounts` has a complexity of 23. Maximum allowed is 15.',
      },
    ],
    evidence: { tool: 'eslint', version: '10.15.0', argv: ['eslint', '.'], exitCode: 0, report: 'report.json', from: 'project' },
  },
};
const AUDIT: Scripted = {
  ...{ id: 'npm-audit', metrics: ['vulnerabilities_critical'] },
  says: {
    metrics: { vulnerabilities_critical: 0 },
    summary: 'no vulnerability among 214 packages',
    evidence: { tool: 'npm', version: '11.6.0', exitCode: 0, report: 'stdout', from: 'path' },
  },
};
const LOCK: Scripted = {
  ...{ id: 'lockfile', metrics: ['lockfile_consistent'] },
  says: { metrics: { lockfile_consistent: true }, summary: 'package-lock.json fits' },
};
const UNIT: Scripted = {
  ...{ id: 'unit', metrics: ['unit.tests_failed', 'coverage_overall'] },
  says: {
    metrics: { 'unit.tests_failed': 0, coverage_overall: 0.87 },
    summary: '212 passed',
    evidence: { tool: 'vitest', version: '5.1.1', exitCode: 0, report: 'report.json', from: 'project' },
  },
};
const PRETTIER: Scripted = {
  ...{ id: 'prettier', metrics: [] },
  says: {},
  inPlay: () => ({ inPlay: false, why: 'no Prettier configured, declared or in a script' }),
};

const AGENTS = [
  agent({
    ...{ gate: 'code', runners: [['eslint'], ['prettier']] },
    checks: { static_analysis: ['eslint_errors == 0'] },
    onFailedCheck: 'warn',
    blocking: ['eslint_errors > 0'],
    warning: ['eslint_warnings > 5'],
  }),
  agent({
    ...{ gate: 'build', runners: [['lockfile'], ['npm-audit']] },
    checks: { dependencies: ['lockfile_consistent == true'] },
    blocking: ['vulnerabilities_critical > 0'],
  }),
  agent({
    ...{ gate: 'test', runners: [['unit']] },
    checks: { unit: ['unit.tests_failed == 0'], coverage: ['coverage_overall >= 75%'] },
  }),
  scoreAgent(),
];

const BEFORE = checksOf({ low: 71.4 }, { low: null, build: 'blocked' }, { low: 84 }, { low: 93.2 });
const PAST: Script['past'] = () => Promise.resolve(ok({ checks: BEFORE, environments: [] }));
const NO_PAST: Script['past'] = () =>
  Promise.resolve(
    fail({
      kind: 'cannot_act',
      message: 'the history cannot be used: connect ECONNREFUSED 192.0.2.1:5432',
      help: ['say where in `store:` of the config, or in NEMESIS_STORE'],
    }),
  );

function run(
  changes: Readonly<Record<string, Scripted['says']>>,
  config = {},
  past?: Script['past'],
): Promise<Played> {
  const runners = [LINT, PRETTIER, LOCK, AUDIT, UNIT].map((scripted) =>
    runner({ ...scripted, says: changes[scripted.id] ?? scripted.says }),
  );
  return play({ runners, agents: AGENTS, config, ...(past !== undefined && { past }) });
}

const NO_REGISTRY = {
  state: 'backend_unavailable',
  why: 'npm audit got no answer from the registry: connect ECONNREFUSED 192.0.2.1:443',
  help: 'run it where the registry answers, or tolerate `npm-audit: backend_unavailable`',
  evidence: { tool: 'npm', version: '11.6.0', exitCode: 1, report: 'stdout', tail: 'npm error audit' },
} as const;

export const RUNS: Readonly<Record<string, () => Promise<Played>>> = {
  ready: () => run({}, {}, PAST),
  caution: () =>
    run(
      { 'npm-audit': NO_REGISTRY },
      {
        file: '/shop/nemesis.config.yaml',
        tolerate: [
          {
            ...{ runner: 'npm-audit', state: 'backend_unavailable' },
            place: { file: 'nemesis.config.yaml', line: 9, column: 15 },
          },
        ],
      },
    ),
  undecided: () =>
    run({
      'npm-audit': NO_REGISTRY,
      unit: {
        state: 'timed_out',
        why: 'vitest was ended after 600 s',
        evidence: {
          ...{ tool: 'vitest', version: '5.1.1', report: 'report.json', from: 'project' },
          tail: 'RUN  v5.1.1\n\n ✓ test/cart.test.ts\n\u001b[31mwaiting for the database\u001b[0m',
        },
      },
    }, {}, NO_PAST),
  blocked: () =>
    run({
      eslint: {
        state: 'findings',
        metrics: { eslint_errors: 14, eslint_warnings: 7 },
        summary: '14 errors, 7 warnings in 31 files',
        findings: Array.from({ length: 21 }, (_, n) => ({
          ...{ tool: 'eslint', rule: n < 14 ? 'no-undef' : 'no-var' },
          severity: n < 14 ? ('error' as const) : ('warning' as const),
          ...{ file: 'src/cart.ts', line: n + 3, column: 5 },
          message: n < 14 ? "'price' is not defined" : 'unexpected var, use let or const instead',
        })),
        evidence: { tool: 'eslint', version: '10.15.0', exitCode: 1, report: 'report.json', from: 'project' },
      },
      unit: {
        state: 'findings',
        metrics: { 'unit.tests_failed': 1, coverage_overall: 0.71 },
        summary: '211 passed, 1 failed',
        findings: [
          {
            ...{ tool: 'unit', rule: 'test-failed', severity: 'error', file: 'test/cart.test.ts', line: 88 },
            message: 'cart sums what two carts hold: expected 14.99 to be 29.98 // Object.is equality',
          },
        ],
        evidence: { tool: 'vitest', version: '5.1.1', exitCode: 1, report: 'report.json', from: 'project' },
      },
    }, {}, PAST),
};
