/** Every check, rule and threshold form of the specification can be read. */

import { describe, expect, it } from 'vitest';
import { parseSentence, printSentence, sentenceFromShortForm } from '../../src/language/index.ts';

const SHORT_FORMS: readonly (readonly [string, string, string])[] = [
  ['eslint_errors', '0', 'eslint_errors == 0'],
  ['eslint_warnings', '< 10', 'eslint_warnings < 10'],
  ['complexity_score', '< 15', 'complexity_score < 15'],
  ['duplication', '< 5%', 'duplication < 5%'],
  ['prettier_compliant', 'true', 'prettier_compliant == true'],
  ['import_order', 'sorted', 'import_order == sorted'],
  ['no_secrets_exposed', 'true', 'no_secrets_exposed == true'],
  ['target', 'ES2022', 'target == ES2022'],
  ['python_version', '3.11', 'python_version == "3.11"'],
  ['bundle_size_limit', '5MB', 'bundle_size <= 5MB'],
  ['tree_shaking', 'enabled', 'tree_shaking == enabled'],
  ['source_maps', 'generated', 'source_maps == generated'],
  ['severity_threshold', 'moderate', 'severity_threshold == moderate'],
  ['coverage_threshold', '80%', 'coverage_threshold == 80%'],
  ['timeout', '15m', 'timeout == 15m'],
  ['retries', '2', 'retries == 2'],
  ['p95_latency', '< 500ms', 'p95_latency < 500ms'],
  ['error_rate', '< 1%', 'error_rate < 1%'],
  ['critical_paths', '90%', 'critical_paths == 90%'],
  ['syntax_check', 'all prompts valid', 'syntax_check == "all prompts valid"'],
  ['placeholder_check', 'no undefined variables', 'placeholder_check == "no undefined variables"'],
  ['sync_test', 'cross-platform consistency', 'sync_test == "cross-platform consistency"'],
  ['openai_connection', 'successful', 'openai_connection == successful'],
  ['input_processing', 'correct routing', 'input_processing == "correct routing"'],
  ['agent_response_time.target', '< 2s', 'agent_response_time.target < 2s'],
  ['workflow_throughput', '> 100 req/min', 'workflow_throughput > 100 req/min'],
  ['memory_efficiency', '< 512MB', 'memory_efficiency < 512MB'],
  ['context_switching', '< 100ms', 'context_switching < 100ms'],
  ['max_duration', '5m', 'max_duration == 5m'],
  ['failure_threshold', 'any', 'failure_threshold == any'],
  ['error_rate', '<= baseline + 1%', 'error_rate <= baseline + 1%'],
  ['latency_p50', '<= baseline + 10%', 'latency_p50 <= baseline + 10%'],
  ['throughput', '>= baseline - 5%', 'throughput >= baseline - 5%'],
  ['cpu_usage', '< 80%', 'cpu_usage < 80%'],
  ['network_latency', '< 100ms', 'network_latency < 100ms'],
  ['api_gateway', 'responding', 'api_gateway == responding'],
  ['deploy_ready', '>= 85%', 'deploy_ready >= 85%'],
  ['deploy_blocked', '< 70%', 'deploy_blocked < 70%'],
  ['code_gate', 'pass/fail', 'code_gate == "pass/fail"'],
  ['weight', '20%', 'weight == 20%'],
  ['load', '100 VUs', 'load == 100 VUs'],
];

const SENTENCES: readonly (readonly [string, string])[] = [
  ['any_security_violation', 'any(security)'],
  ['eslint_errors > 0', 'eslint_errors > 0'],
  ['missing_tests_for_new_code', 'missing_tests_for_new_code'],
  ['detect_regressions > 10%', 'detect_regressions > 10%'],
  ['compare_with_baseline', 'compare_with_baseline'],
  ['health_check_failure', 'health_check_failure'],
  ['latency_p95 > 10s', 'latency_p95 > 10s'],
  ['error_rate > baseline + 5%', 'error_rate > baseline + 5%'],
  ['latency_p95 > baseline + 50%', 'latency_p95 > baseline + 50%'],
  ['any_critical_alert', 'any_critical_alert'],
  ['all_metrics_within_threshold', 'all_metrics_within_threshold'],
  ['user_feedback_neutral_or_positive', 'user_feedback_neutral_or_positive'],
  ['resource_threshold_80', 'resource_threshold_80'],
];

describe('the short form of the specification', () => {
  it.each(SHORT_FORMS)('%s: %s', (key, value, text) => {
    expect(sentenceFromShortForm(key, value)).toEqual({ ok: true, text });
    expect(parseSentence(text)).toMatchObject({ ok: true });
  });
});

describe('the rules of the specification', () => {
  it.each(SENTENCES)('%s', (text, canonical) => {
    const parsed = parseSentence(text);
    expect(parsed.ok && printSentence(parsed.expr)).toBe(canonical);
  });
});
