/** All suites together: how many tests, how many failed, which lines any of them ran. */

import { SUITE_NAMES, type SuiteName } from '../../config/config.ts';
import { shareOf, unionOf, type LineHits } from '../formats/lcov.ts';
import { ratioOf, type Share } from '../formats/numbers.ts';
import type { Project } from '../project.ts';
import type { Measurement, MetricValue, Runner } from '../runner.ts';
import { absent, hasNumbers } from '../tool.ts';
import { findSuite } from './discover.ts';
import { carriedLines } from '../line-coverage.ts';

/** A declared runner whose lines join in. */
interface JoinedPart {
  readonly name: string;
  readonly measurement: Measurement;
}

interface Part {
  readonly name: SuiteName;
  readonly measurement: Measurement;
}

export const suites: Runner = {
  id: 'suites',
  about: 'all test suites together',
  needs: 'a test suite',
  after: ({ coverage }) => [...SUITE_NAMES, ...(coverage?.joined ?? [])],
  metrics: {
    tests_total: { dimension: 'count', better: 'higher', about: 'tests of all suites' },
    tests_failed: { dimension: 'count', better: 'lower', about: 'failed tests of all suites' },
    test_pass_rate: {
      dimension: 'ratio',
      better: 'higher',
      about: 'passed tests of those that passed or failed',
    },
    coverage_overall: {
      dimension: 'ratio',
      better: 'higher',
      about: 'share of lines that any suite runs',
    },
  },
  inPlay(project) {
    const counting = countingHere(project);
    return counting.length === 0
      ? { inPlay: false, why: NO_SUITE }
      : { inPlay: true, because: `suites: ${counting.join(', ')}` };
  },
  measure: ({ project, earlier }) => Promise.resolve(measureAll(project, earlier)),
};

const NO_SUITE = 'no test suite is declared here';

/** The suites that are declared, and the runners whose lines join theirs. */
function countingHere(project: Project): readonly string[] {
  const declared = SUITE_NAMES.filter((name) => findSuite(project, name).kind !== 'none');
  return [...declared, ...(project.coverage?.joined ?? [])];
}

function measureAll(project: Project, earlier: ReadonlyMap<string, Measurement>): Measurement {
  const parts: Part[] = [];
  for (const name of SUITE_NAMES) {
    const measurement = earlier.get(name);
    if (measurement?.state === 'not_applicable') continue;
    if (measurement !== undefined) parts.push({ name, measurement });
    else if (findSuite(project, name).kind !== 'none') {
      return absent('skipped', `the ${name} suite was not run`);
    }
  }
  const joined = (project.coverage?.joined ?? []).map((name): JoinedPart => {
    const measurement = earlier.get(name) ?? absent('skipped', 'it was not run before this');
    return { name, measurement };
  });
  return parts.length === 0 && joined.length > 0 ? onlyJoined(joined) : sumUp(parts, joined);
}

/** Tests that only another program knows: their lines can be told, their number cannot. */
function onlyJoined(joined: readonly JoinedPart[]): Measurement {
  const overall = coverageOf([], joined);
  const none = { notApplicable: NO_SUITE };
  return {
    state: 'clean',
    metrics: {
      tests_total: none,
      tests_failed: none,
      test_pass_rate: none,
      coverage_overall: overall.value,
    },
    findings: [],
    ...sharesAs(overall),
    summary: `lines of ${joined.map(({ name }) => name).join(', ')}`,
  };
}

function sharesAs({ share }: Overall): Pick<Measurement, 'shares'> {
  return share === undefined ? {} : { shares: { coverage_overall: share } };
}

function sumUp(parts: readonly Part[], joined: readonly JoinedPart[]): Measurement {
  const silent = parts.filter(({ measurement }) => !hasNumbers(measurement));
  const [first] = silent;
  if (first !== undefined && silent.length === 1 && first.name === 'e2e' && parts.length > 1) {
    return withoutEndToEnd(first, parts, joined);
  }
  if (first !== undefined) {
    const { state, why, help } = first.measurement;
    // A sum without one of its parts would look complete.
    return {
      ...absent(state as 'skipped', `${first.name}: ${why ?? state}`, help),
      causedBy: first.name,
    };
  }
  return countAll(parts, joined);
}

/** End-to-end tests reach no lines, so what the others reach is known without them; how many passed is not. */
function withoutEndToEnd(
  { name, measurement }: Part,
  parts: readonly Part[],
  joined: readonly JoinedPart[],
): Measurement {
  const { state, why } = measurement;
  const counted = countAll(
    parts.filter((part) => part.name !== name),
    joined,
  );
  const missing = { missing: `${name}: ${why ?? state}`, state, causedBy: name };
  if (!hasNumbers(counted)) return counted;
  return {
    ...counted,
    metrics: {
      ...counted.metrics,
      ...{ tests_total: missing, tests_failed: missing, test_pass_rate: missing },
    },
    summary: `${counted.summary}, without ${name}`,
  };
}

function countAll(parts: readonly Part[], joined: readonly JoinedPart[]): Measurement {
  const total = sum(parts, 'tests_total');
  // A flaky test passed in the end; that it needed more than one attempt is told by its own suite.
  const atOnce = sum(parts, 'tests_passed');
  const flaky = sum(
    parts.filter(({ name }) => name === 'e2e'),
    'tests_flaky',
  );
  const passed = atOnce === undefined || flaky === undefined ? undefined : atOnce + flaky;
  const failed = sum(parts, 'tests_failed');
  if (parts.length === 0 || total === undefined || passed === undefined || failed === undefined) {
    return absent('nothing_measured', 'no suite counted its tests');
  }
  if (passed + failed === 0) return absent('nothing_measured', 'no suite ran a test');
  const overall = coverageOf(parts, joined);
  return {
    state: failed > 0 ? 'findings' : 'clean',
    metrics: {
      tests_total: total,
      tests_failed: failed,
      test_pass_rate: passed / (passed + failed),
      coverage_overall: overall.value,
    },
    findings: [],
    ...sharesAs(overall),
    summary: `${passed} of ${passed + failed} passed in ${parts.length === 1 ? '1 suite' : `${parts.length} suites`}`,
  };
}

function sum(parts: readonly Part[], metric: string): number | undefined {
  let total = 0;
  for (const { name, measurement } of parts) {
    const value = measurement.metrics[`${name}.${metric}`];
    if (typeof value !== 'number') return undefined;
    total += value;
  }
  return total;
}

interface Overall {
  readonly value: MetricValue;
  readonly share?: Share;
}

function coverageOf(parts: readonly Part[], joined: readonly JoinedPart[]): Overall {
  const counting = parts.filter(({ name }) => name !== 'e2e');
  const values = [
    ...counting.map((part) => ({ ...part, value: coverageValue(part) })),
    ...joined.map((part) => ({ ...part, value: joinedValue(part) })),
  ];
  const applicable = values.filter(({ value }) => !isNotApplicable(value));
  const [first, ...others] = applicable;
  if (first === undefined) {
    return { value: values[0]?.value ?? { notApplicable: 'no suite here counts lines' } };
  }
  const missing = applicable.find(({ value }) => typeof value !== 'number');
  if (missing !== undefined) return { value: missing.value };
  if (others.length === 0) return { value: first.value, ...sharesOf(first.measurement) };
  const lines: LineHits[] = [];
  for (const { name, measurement } of applicable) {
    const carried = carriedLines(measurement);
    if (carried === undefined) {
      return { value: { missing: `${name} left no line data to put together` } };
    }
    lines.push(carried);
  }
  const share = shareOf(unionOf(lines));
  const value = ratioOf(share);
  return value === undefined
    ? { value: { missing: 'the suites found no lines to cover' } }
    : { value, share };
}

function sharesOf(measurement: Measurement): Pick<Overall, 'share'> {
  const lines = carriedLines(measurement);
  const [share = lines && shareOf(lines)] = Object.values(measurement.shares ?? {});
  return share === undefined ? {} : { share };
}

function joinedValue({ name, measurement }: JoinedPart): MetricValue {
  if (measurement.state === 'not_applicable') return { notApplicable: `${name} did not run` };
  const lines = carriedLines(measurement);
  const why = measurement.why ?? 'it left no line data';
  return (lines && ratioOf(shareOf(lines))) ?? { missing: `${name}: ${why}` };
}

function coverageValue({ name, measurement }: Part): MetricValue {
  return measurement.metrics[`${name}.coverage`] ?? { missing: `${name} measured no coverage` };
}

function isNotApplicable(value: MetricValue): boolean {
  return typeof value === 'object' && 'notApplicable' in value;
}
