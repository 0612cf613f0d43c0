/** Thirteen states of a tool, three things a sentence can see. */

import { describe, expect, it } from 'vitest';
import { createCatalogue, type MetricDeclaration } from '../../src/judge/catalogue.ts';
import { TOOL_STATES, type Tolerance, type ToolState } from '../../src/judge/reading.ts';
import type { Measurement, MetricValue } from '../../src/measure/runner.ts';
import { readingsOf, unmeasuredYet } from '../../src/pipeline/readings.ts';

const count: MetricDeclaration = { dimension: 'count', better: 'lower', about: 'errors' };
const eslint = { id: 'eslint', metrics: { eslint_errors: count, eslint_warnings: count } };
const NUMBERS = { eslint_errors: 0, eslint_warnings: 3 };

function ended(
  state: ToolState,
  metrics: Readonly<Record<string, MetricValue>> = {},
  why?: string,
): Measurement {
  return { state, metrics, findings: [], ...(why === undefined ? {} : { why }) };
}

function tolerating(runner: string, state: ToolState): Tolerance {
  return { runner, state, place: { file: 'nemesis.config.yaml', line: 4, column: 14 } };
}

function readingOf(measurement: Measurement, tolerated: readonly Tolerance[] = []) {
  return readingsOf(eslint, measurement, tolerated).get('eslint_errors');
}

describe('the state of a runner', () => {
  const KINDS: Readonly<Record<ToolState, string>> = {
    clean: 'measured',
    findings: 'measured',
    not_installed: 'missing',
    timed_out: 'missing',
    crashed: 'missing',
    bad_config: 'missing',
    no_report: 'missing',
    bad_report: 'missing',
    unexplained_failure: 'missing',
    backend_unavailable: 'missing',
    nothing_measured: 'missing',
    skipped: 'missing',
    not_applicable: 'not_applicable',
  };

  it('is one of thirteen', () => {
    expect(TOOL_STATES).toHaveLength(13);
    expect(Object.keys(KINDS).sort()).toEqual([...TOOL_STATES].sort());
  });

  it.each(Object.entries(KINDS) as [ToolState, string][])('%s is %s', (state, kind) => {
    for (const reading of readingsOf(eslint, ended(state, NUMBERS), []).values()) {
      expect(reading).toMatchObject({ kind, runner: 'eslint' });
      if (kind === 'missing') expect(reading).toMatchObject({ state });
    }
  });

  it('never yields a number that a failed run left behind', () => {
    const reading = readingOf(ended('crashed', NUMBERS));
    expect(reading).toEqual({
      kind: 'missing',
      why: 'eslint: crashed',
      state: 'crashed',
      runner: 'eslint',
    });
  });

  it('covers every metric the runner declares, and no other', () => {
    const measurement = ended('clean', { ...NUMBERS, type_errors: 1 });
    expect([...readingsOf(eslint, measurement, []).keys()]).toEqual(Object.keys(NUMBERS));
    expect([...readingsOf(eslint, ended('crashed'), []).keys()]).toEqual(Object.keys(NUMBERS));
  });

  it('is explained in its own words where it has some', () => {
    const told = ended('crashed', {}, 'killed by SIGSEGV');
    expect(readingOf(told)).toMatchObject({ why: 'eslint: killed by SIGSEGV' });
    expect(readingOf(ended('not_installed'))).toMatchObject({ why: 'eslint: not installed' });
    expect(readingOf(ended('not_applicable', {}, 'no package.json'))).toEqual({
      kind: 'not_applicable',
      why: 'eslint: no package.json',
      runner: 'eslint',
    });
  });
});

describe('a metric of a run that yielded numbers', () => {
  it.each([0, 3, 0.5, true, false, 'ES2022', ''])('%j is measured', (value) => {
    expect(readingOf(ended('findings', { eslint_errors: value }))).toEqual({
      kind: 'measured',
      value,
      runner: 'eslint',
    });
  });

  it.each([NaN, Infinity, -Infinity])('%d is missing', (value) => {
    expect(readingOf(ended('clean', { eslint_errors: value }))).toEqual({
      kind: 'missing',
      why: `eslint reported ${value}`,
      state: 'bad_report',
      runner: 'eslint',
    });
  });

  it('is missing when it was declared and not reported', () => {
    expect(readingOf(ended('clean', { eslint_warnings: 0 }))).toEqual({
      kind: 'missing',
      why: 'eslint did not report it',
      state: 'bad_report',
      runner: 'eslint',
    });
  });

  it('is not found on the prototype of a report', () => {
    const odd = { id: 'lint', metrics: { constructor: count } };
    const reading = readingsOf(odd, ended('clean'), []).get('constructor');
    expect(reading).toMatchObject({ kind: 'missing', why: 'lint did not report it' });
  });

  it('may have no value for a reason of its own', () => {
    const gone = { eslint_errors: { notApplicable: 'no JavaScript' } };
    expect(readingOf(ended('clean', gone))).toEqual({
      kind: 'not_applicable',
      why: 'eslint: no JavaScript',
      runner: 'eslint',
    });
    const lost = { eslint_errors: { missing: 'no coverage provider' } };
    expect(readingOf(ended('clean', lost))).toEqual({
      kind: 'missing',
      why: 'eslint: no coverage provider',
      state: 'nothing_measured',
      runner: 'eslint',
    });
  });
});

describe('an absence that is accepted in advance', () => {
  it('is found by runner and state, and keeps the line that accepts it', () => {
    const accepted = tolerating('eslint', 'timed_out');
    const others = [tolerating('eslint', 'crashed'), tolerating('prettier', 'timed_out')];
    expect(readingOf(ended('timed_out'), [...others, accepted])).toMatchObject({
      toleratedBy: accepted,
    });
    expect(readingOf(ended('timed_out'), others)).not.toHaveProperty('toleratedBy');
  });

  it('stays missing', () => {
    const accepted = tolerating('eslint', 'timed_out');
    expect(readingOf(ended('timed_out'), [accepted])).toMatchObject({ kind: 'missing' });
  });

  it('may be that of a single metric, by the state the report shows for it', () => {
    const lost = ended('clean', { eslint_errors: { missing: 'no coverage provider' } });
    const accepted = tolerating('eslint', 'nothing_measured');
    expect(readingOf(lost, [accepted])).toMatchObject({ toleratedBy: accepted });
    expect(readingOf(lost, [tolerating('eslint', 'bad_report')])).not.toHaveProperty('toleratedBy');
    const garbled = ended('clean', { eslint_errors: NaN });
    const bad = tolerating('eslint', 'bad_report');
    expect(readingOf(garbled, [bad])).toMatchObject({ toleratedBy: bad });
  });

  it('changes nothing about numbers and about what does not apply', () => {
    const all = TOOL_STATES.map((state) => tolerating('eslint', state));
    expect(readingOf(ended('clean', NUMBERS), all)).toMatchObject({ kind: 'measured' });
    expect(readingOf(ended('not_applicable'), all)).not.toHaveProperty('toleratedBy');
  });
});

describe('metrics of the catalogue that nothing measures yet', () => {
  it('do not apply, and say why', () => {
    const readings = unmeasuredYet(createCatalogue([eslint]));
    expect(readings.get('performance_benchmarks')).toEqual({
      kind: 'not_applicable',
      why: 'not measured by this version',
    });
    expect(readings.has('eslint_errors')).toBe(false);
  });

  it('are left to whoever measures them', () => {
    const size: MetricDeclaration = { dimension: 'bytes', better: 'lower', about: 'artifact' };
    const weigher = { id: 'bundle-size', metrics: { performance_benchmarks: size } };
    expect(unmeasuredYet(createCatalogue([weigher])).has('performance_benchmarks')).toBe(false);
  });
});
