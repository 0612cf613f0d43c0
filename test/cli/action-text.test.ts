/** What `gates:list` says about agents that act. */

import { expect, test } from 'vitest';
import { actionJson, actionLines } from '../../src/cli/action-text.ts';
import { loaded } from '../config/project.ts';

const { agents, config } = loaded({
  'nemesis.config.yaml': [
    'extends: nemesis/strict',
    'limits: { error_rate: 7% }',
    'environments:',
    '  staging:',
    '    driver: local',
    '    listen: 8081',
    '    start: node main.js',
    '    steps: { notify_team: node notify.js, smoke: node smoke.js }',
    '  production:',
    '    driver: command',
    '    observe: ops/observe',
    '    apply: ops/apply',
    '    sla: { latency_p95: 500ms }',
    '    probes: { all_endpoints_responding: { run: node ops/all.js } }',
    '',
  ].join('\n'),
});
const actionOf = (id: string) => agents.find((agent) => agent.id === id)?.action;

test.each([
  [
    'DEPLOY_STAGING_001',
    [
      '  deploys to staging, blue-green',
      '  before   backup_current_state, verify_staging_resources, clear_staging_cache (not declared)',
      '  between  run_smoke_tests (not declared)',
      '  after    verify_health_checks, run_sanity_suite (not declared), notify_team',
      '  rolls back on  health_check_failure  :27',
      '  rolls back on  error_rate > 7%  :28  (limit from nemesis.config.yaml:2)',
      '  rolls back on  latency_p95 > 10s  :29',
    ],
  ],
  ['DEPLOY_STAGING_002', ['  walks staging by smoke, for at most 5m']],
  [
    'DEPLOY_STAGING_003',
    [
      '  watches 10% of the traffic of staging for 30m',
      '  promotes when  error_rate <= baseline + 1%  :13',
      '  promotes when  latency_p50 <= baseline + 10%  :14',
      '  promotes when  latency_p95 <= baseline + 20%  :15',
      '  promotes when  throughput >= baseline - 5%  :16',
      '  promotes when  all_metrics_within_threshold  :24',
      '  promotes when  no_new_error_types  :25',
      '  promotes when  user_feedback_neutral_or_positive  :26',
      '  rolls back on  error_rate > baseline + 5%  :19',
      '  rolls back on  latency_p95 > baseline + 50%  :20',
      '  rolls back on  any_critical_alert  :21',
    ],
  ],
  [
    'DEPLOY_PROD_002',
    [
      '  watches production for 1h; one bad look takes it back',
      '  health_checks: all_endpoints_responding, all_agents_initialized (not declared), all_integrations_connected (not declared)',
      '  functionality: basic_workflow_execution (not declared), cross_platform_sync (not declared), notification_delivery (not declared)',
      '  performance: latency_within_sla, error_rate_within_sla (not declared), resource_usage_normal (not declared)',
    ],
  ],
])('%s', (id, lines) => {
  expect(actionLines(actionOf(id)!, config.environments)).toEqual(lines);
});

test('a rolling deployment says its batches and who has to approve', () => {
  const [first] = actionLines(actionOf('DEPLOY_PROD_001')!, []);
  expect(first).toBe(
    '  deploys to production, rolling by 25%, watched for 5m each time; a person approves it',
  );
  expect(actionJson(actionOf('DEPLOY_PROD_001'))).toMatchObject({
    deployment: { strategy: 'rolling', batch_share: 0.25, batch_interval_ms: 300_000 },
    requires_approval: true,
    rollback_triggers: [
      { text: 'error_rate > 7%', line: 35, changed_by: 'limit from nemesis.config.yaml:2' },
      { text: 'critical_alert_fired', changed_by: null },
      { text: 'manual_trigger', changed_by: null },
    ],
  });
  expect(actionJson(undefined)).toBeNull();
});
