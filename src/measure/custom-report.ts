/** The metrics and findings of a declared runner's report, by its format. */

import { z } from 'zod';
import type { CustomRunner } from '../config/config.ts';
import type { Finding } from '../judge/finding.ts';
import { misfit } from '../judge/misfit.ts';
import type { ToolState } from '../judge/reading.ts';
import type { Datum } from '../language/index.ts';
import { coberturaSources, parseCobertura } from './formats/cobertura.ts';
import { countCases, parseJUnit, type JUnitCase } from './formats/junit.ts';
import { parseLcov, shareOf, type LineHits } from './formats/lcov.ts';
import { ratioOf } from './formats/numbers.ts';
import { parseJson, type Parsed } from './formats/parsed.ts';
import { parseSarif, type SarifResult } from './formats/sarif.ts';
import { valueAt } from './formats/json-path.ts';

export type CustomReading =
  | {
      readonly kind: 'numbers';
      readonly metrics: Readonly<Record<string, Datum>>;
      readonly findings: readonly Omit<Finding, 'tool'>[];
      readonly summary: string;
      /** Of a coverage report: its lines, and the folders its names may be relative to. */
      readonly reached?: { readonly hits: LineHits; readonly sources: readonly string[] };
    }
  | {
      readonly kind: 'no_numbers';
      readonly state: Exclude<ToolState, 'clean' | 'findings'>;
      readonly why: string;
    };

type Findings = readonly Omit<Finding, 'tool'>[];

export function readCustomReport(text: string, config: CustomRunner): CustomReading {
  switch (config.format) {
    case 'json':
      return readJson(text, config);
    case 'sarif':
      return readSarif(text, config);
    case 'junit':
      return readJUnit(text, config);
    case 'lcov':
      return readCoverage(parseLcov(text), [], config);
    case 'cobertura':
      return readCoverage(parseCobertura(text), coberturaSources(text), config);
  }
}

function readJson(text: string, { metrics }: CustomRunner): CustomReading {
  const document = parseJson(text, z.unknown());
  if (!document.ok) return badReport(document.why);
  const values: Record<string, Datum> = {};
  for (const [name, metric] of Object.entries(metrics)) {
    const found = valueAt(document.value, metric.path);
    if (!found.ok) return badReport(`${found.why} (${name})`);
    const problem = misfit(found.value, metric);
    if (problem !== undefined) return badReport(`has ${problem} at \`${metric.path}\` (${name})`);
    values[name] = found.value as Datum;
  }
  const summary = Object.entries(values)
    .slice(0, 3)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  return { kind: 'numbers', metrics: values, findings: [], summary };
}

function readSarif(text: string, config: CustomRunner): CustomReading {
  const log = parseSarif(text);
  if (!log.ok) return badReport(log.why);
  if (log.value.kind === 'nothing') {
    return {
      kind: 'no_numbers',
      state: 'nothing_measured',
      why: 'its report holds no finished run',
    };
  }
  if (log.value.kind === 'failed') {
    const state = log.value.fault === 'config' ? 'bad_config' : 'crashed';
    return { kind: 'no_numbers', state, why: `its report says that it failed: ${log.value.why}` };
  }
  const { results } = log.value;
  const ofLevel = (level: string): number => results.filter((one) => one.level === level).length;
  const counts = {
    errors: ofLevel('error'),
    warnings: ofLevel('warning'),
    notes: ofLevel('note'),
    results: results.length,
  };
  const findings = results.map((result) => sarifFinding(result, config));
  const summary = `${plural(counts.errors, 'error')}, ${plural(counts.warnings, 'warning')}`;
  return readCounts(counts, config, findings, summary);
}

function sarifFinding(result: SarifResult, config: CustomRunner): Findings[number] {
  const metric = metricOf(config, `${result.level}s`) ?? metricOf(config, 'results');
  return {
    rule: result.rule,
    severity: result.level === 'note' ? 'info' : result.level,
    message: result.message,
    ...(result.file === undefined ? {} : { file: result.file }),
    ...(result.line === undefined ? {} : { line: result.line }),
    ...(result.column === undefined ? {} : { column: result.column }),
    ...(metric === undefined ? {} : { metric }),
  };
}

function readJUnit(text: string, config: CustomRunner): CustomReading {
  const cases = parseJUnit(text);
  if (!cases.ok) return badReport(cases.why);
  const counts = countCases(cases.value);
  if (counts.tests - counts.skipped === 0) {
    const why =
      counts.tests === 0
        ? 'it ran no tests'
        : `it skipped ${counts.tests === 1 ? 'its only test' : `all of its ${counts.tests} tests`}`;
    return { kind: 'no_numbers', state: 'nothing_measured', why };
  }
  const broken = counts.failures + counts.errors;
  const passed = counts.tests - broken - counts.skipped;
  const findings = cases.value.flatMap((one) => junitFinding(one, config));
  const summary = broken === 0 ? `${passed} passed` : `${passed} passed, ${broken} failed`;
  return readCounts({ ...counts, passed }, config, findings, summary);
}

function junitFinding(one: JUnitCase, config: CustomRunner): Findings {
  if (one.outcome !== 'failed' && one.outcome !== 'error') return [];
  const metric = metricOf(config, one.outcome === 'failed' ? 'failures' : 'errors');
  const name = [one.className ?? one.suites.at(-1), one.name].filter(Boolean).join(' ');
  return [
    {
      rule: one.outcome === 'failed' ? 'test-failed' : 'test-error',
      severity: 'error',
      message: `${name}: ${one.message ?? 'failed'}`,
      ...(one.file === undefined ? {} : { file: one.file }),
      ...(one.line === undefined ? {} : { line: one.line }),
      ...(metric === undefined ? {} : { metric }),
    },
  ];
}

function readCoverage(
  hits: Parsed<LineHits>,
  sources: readonly string[],
  config: CustomRunner,
): CustomReading {
  if (!hits.ok) return badReport(hits.why);
  const share = shareOf(hits.value);
  const ratio = ratioOf(share);
  if (ratio === undefined) {
    return { kind: 'no_numbers', state: 'nothing_measured', why: 'its report lists no lines' };
  }
  const summary = `${share.covered} of ${plural(share.total, 'line')}`;
  const reading = readCounts({ lines: ratio }, config, [], summary);
  return reading.kind === 'numbers'
    ? { ...reading, reached: { hits: hits.value, sources } }
    : reading;
}

/** Formats with fixed words: `path` is one of them. */
function readCounts(
  counts: Readonly<Record<string, number>>,
  { metrics, format }: CustomRunner,
  findings: Findings,
  summary: string,
): CustomReading {
  const values: Record<string, Datum> = {};
  for (const [name, { path }] of Object.entries(metrics)) {
    const value = Object.hasOwn(counts, path) ? counts[path] : undefined;
    if (value === undefined) {
      const words = Object.keys(counts).join(', ');
      const why = `\`${path}\` (${name}) is nothing a ${format} report counts; write one of ${words}`;
      return { kind: 'no_numbers', state: 'bad_config', why };
    }
    values[name] = value;
  }
  return { kind: 'numbers', metrics: values, findings, summary };
}

function metricOf({ metrics }: CustomRunner, path: string): string | undefined {
  return Object.keys(metrics).find((name) => metrics[name]?.path === path);
}

function badReport(why: string): CustomReading {
  // `is empty` goes on with the sentence; `line 3: DA names no line` and a path in quotes do not.
  const joint = /^(`|line \d)/.test(why) ? ': ' : ' ';
  return { kind: 'no_numbers', state: 'bad_report', why: `its report${joint}${why}` };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
