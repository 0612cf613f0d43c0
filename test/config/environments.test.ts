/** Good environments: what is meant where nothing is said, and how layers and gates go together with them. */

import { expect, test } from 'vitest';
import { missingSteps } from '../../src/judge/steps.ts';
import type { Loaded } from '../../src/config/load.ts';
import { loaded } from './project.ts';

const CONFIG = 'nemesis.config.yaml';

const BOTH = [
  'environments:',
  '  staging: { driver: local, listen: 8081, start: node main.js }',
  '  production: { driver: command, observe: ops/observe, apply: [ops/apply, --now] }',
  '',
].join('\n');

const of = (text: string) => loaded({ [CONFIG]: text });
const actionOf = ({ agents }: Loaded, id: string) => agents.find((one) => one.id === id)?.action;

test('the defaults of both drivers', () => {
  const { environments, release, trial } = of(BOTH).config;
  const common = {
    instances: 1,
    readyWithinMs: 60_000,
    steps: {},
    onInterrupt: 'rollback',
    withoutTraffic: 'refuse',
  };
  expect(environments).toEqual([
    {
      name: 'staging',
      ...common,
      driver: {
        kind: 'local',
        listen: { host: '127.0.0.1', port: 8081 },
        start: ['node', 'main.js'],
        env: {},
        passEnv: [],
        health: {
          path: '/healthz',
          intervalMs: 1000,
          timeoutMs: 2000,
          healthyAfter: 2,
          unhealthyAfter: 3,
        },
        drainMs: 30_000,
        keep: 3,
      },
    },
    {
      name: 'production',
      ...common,
      driver: {
        kind: 'command',
        observe: ['ops/observe'],
        apply: ['ops/apply', '--now'],
        secrets: [],
        reach: 'network',
        dials: ['instances'],
        timeoutMs: 60_000,
      },
    },
  ]);
  expect(release).toEqual({ migrations: 'none' });
  expect(trial).toBeUndefined();
});

test('everything that can be said', () => {
  const { config } = of(
    [
      'release:',
      '  version: { env: GITHUB_SHA }',
      '  artifact: { env: IMAGE_DIGEST }',
      '  build: npm run "build all"',
      '  migrations: forward-only',
      'environments:',
      '  staging:',
      '    driver: local',
      "    listen: '[::1]:8081'",
      '    instances: 2',
      '    start: [node, dist/main.js, "a b"]',
      '    env: { SEED: "1", EMPTY: "" }',
      '    pass_env: [OPENAI_API_KEY]',
      '    health: /ready',
      '    ready_within: 90s',
      '    drain: 10s',
      '    keep: 0',
      '    steps:',
      '      notify_team: node ops/notify.js',
      '      run_smoke_tests: { run: npm run smoke, timeout: 7m }',
      '    alerts: node ops/alerts.js',
      '    load: { run: [node, ops/load.js], timeout: 2h }',
      '    on_interrupt: hold',
      '    without_traffic: accept',
      '  production:',
      '    driver: command',
      '    observe: ops/observe',
      '    apply: ops/apply',
      '    by_hand: ops/switch',
      '    secrets: [SSH_AUTH_SOCK]',
      '    reach: machine',
      '    dials: [traffic, instances, traffic]',
      '    timeout: 20s',
      '    instances: 1000',
      'trial: { speed: 100000 }',
      'secrets: [DATABASE_URL]',
      '',
    ].join('\n'),
  );
  expect(config.release).toEqual({
    version: { env: 'GITHUB_SHA' },
    artifact: { env: 'IMAGE_DIGEST' },
    build: ['npm', 'run', 'build all'],
    migrations: 'forward-only',
  });
  expect(config.trial).toEqual({ speed: 100_000 });
  const [staging, production] = config.environments;
  expect(staging).toMatchObject({
    instances: 2,
    readyWithinMs: 90_000,
    steps: {
      notify_team: { argv: ['node', 'ops/notify.js'], timeoutMs: 300_000 },
      run_smoke_tests: { argv: ['npm', 'run', 'smoke'], timeoutMs: 420_000 },
    },
    alerts: { argv: ['node', 'ops/alerts.js'], timeoutMs: 30_000 },
    load: { argv: ['node', 'ops/load.js'], timeoutMs: 7_200_000 },
    onInterrupt: 'hold',
    withoutTraffic: 'accept',
    driver: {
      listen: { host: '::1', port: 8081 },
      start: ['node', 'dist/main.js', 'a b'],
      env: { SEED: '1', EMPTY: '' },
      passEnv: ['OPENAI_API_KEY'],
      health: { path: '/ready' },
      drainMs: 10_000,
      keep: 0,
    },
  });
  expect(production).toMatchObject({
    instances: 1000,
    driver: {
      byHand: 'ops/switch',
      secrets: ['SSH_AUTH_SOCK'],
      reach: 'machine',
      dials: ['traffic', 'instances'],
      timeoutMs: 20_000,
    },
  });
  // what opens production is nothing a linter should see
  expect(config.secrets).toEqual(['DATABASE_URL', 'SSH_AUTH_SOCK']);
});

test('a later layer replaces an environment as a whole, and the release and trial too', () => {
  const { config } = loaded({
    [CONFIG]: [
      'extends: [nemesis/strict, ./org]',
      'release: { artifact: dist }',
      'environments:',
      '  production: { driver: local, listen: 8090, start: node main.js }',
      '',
    ].join('\n'),
    'org/nemesis.config.yaml': `${BOTH}release: { migrations: reversible }\ntrial: { speed: 9 }\n`,
  });
  expect(config.environments.map(({ name, driver }) => `${name} ${driver.kind}`)).toEqual([
    'staging local',
    'production local',
  ]);
  expect(config.release).toEqual({ artifact: 'dist', migrations: 'none' });
  expect(config.trial).toEqual({ speed: 9 });
});

test('without environments the gates are proved all the same', () => {
  const value = of('service: shop\n');
  expect(value.config.environments).toEqual([]);
  expect(actionOf(value, 'DEPLOY_STAGING_001')).toMatchObject({
    deployment: {
      environment: 'staging',
      strategy: 'blue-green',
      batchShare: 1,
      batchIntervalMs: 0,
      before: [
        { name: 'backup_current_state' },
        { name: 'verify_staging_resources' },
        { name: 'clear_staging_cache' },
      ],
      between: [{ name: 'run_smoke_tests' }],
      after: [
        { name: 'verify_health_checks' },
        { name: 'run_sanity_suite' },
        { name: 'notify_team' },
      ],
    },
    requiresApproval: false,
    rollbackTriggers: [
      { kind: 'signal', signal: 'health_check_failure' },
      { kind: 'sentence', text: 'error_rate > 5%' },
      { kind: 'sentence', text: 'latency_p95 > 10s' },
    ],
  });
  expect(actionOf(value, 'DEPLOY_STAGING_002')).toMatchObject({
    smoke: { step: { name: 'smoke' }, environment: 'staging', maxMs: 300_000 },
    rollbackTriggers: [],
  });
  expect(actionOf(value, 'DEPLOY_STAGING_003')).toMatchObject({
    canary: { environment: 'staging', share: 0.1, durationMs: 1_800_000 },
    rollbackTriggers: [
      { text: 'error_rate > baseline + 5%' },
      { text: 'latency_p95 > baseline + 50%' },
      { kind: 'signal', signal: 'any_critical_alert' },
    ],
  });
  expect(actionOf(value, 'DEPLOY_PROD_001')).toMatchObject({
    deployment: {
      environment: 'production',
      strategy: 'rolling',
      batchShare: 0.25,
      batchIntervalMs: 300_000,
      between: [],
    },
    requiresApproval: true,
    rollbackTriggers: [
      { text: 'error_rate > 10%' },
      { kind: 'signal', signal: 'critical_alert_fired' },
      { kind: 'signal', signal: 'manual_trigger' },
    ],
  });
  expect(actionOf(value, 'DEPLOY_PROD_002')).toMatchObject({
    validation: { environment: 'production', windowMs: 3_600_000 },
  });
});

test('a limit changes every trigger that compares the metric with a number, and says by which line', () => {
  const value = of('extends: nemesis/strict\nlimits: { error_rate: 3% }\n');
  const triggers = value.agents.flatMap(({ action }) => action?.rollbackTriggers ?? []);
  const about = triggers.filter(({ text }) => text.includes('error_rate'));
  expect(about.map(({ text }) => text)).toEqual([
    'error_rate > baseline + 5%',
    'error_rate > 3%',
    'error_rate > 3%',
  ]);
  expect(about.map((one) => one.kind === 'sentence' && one.changedBy)).toEqual([
    undefined,
    `limit from ${CONFIG}:2`,
    `limit from ${CONFIG}:2`,
  ]);
});

test('a step that is neither built in nor declared is missing', () => {
  const value = of(
    BOTH.replace('start: node main.js', 'start: node main.js, steps: { notify_team: node n.js }'),
  );
  const [staging] = value.config.environments;
  const missing = missingSteps(actionOf(value, 'DEPLOY_STAGING_001')!, staging!);
  expect(missing.map(({ name }) => name)).toEqual([
    'clear_staging_cache',
    'run_smoke_tests',
    'run_sanity_suite',
  ]);
  expect(missing[0]?.place).toEqual({
    file: 'nemesis/gates/staging/deploy.yaml',
    line: 14,
    column: 7,
  });
  const paths = missingSteps(actionOf(value, 'DEPLOY_STAGING_002')!, { steps: {} });
  expect(paths.map(({ name }) => name)).toHaveLength(13);
  const one = { steps: { smoke: 'node smoke.js' } };
  expect(missingSteps(actionOf(value, 'DEPLOY_STAGING_002')!, one)).toEqual([]);
  expect(missingSteps(actionOf(value, 'DEPLOY_PROD_002')!, { steps: {} })).toEqual([]);
});

test('all of it is plain data', () => {
  const value = of(BOTH);
  expect(JSON.parse(JSON.stringify(value))).toEqual(value);
});
