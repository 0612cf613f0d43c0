/** A runner declared in a gate file: `run:`, `report:`, `metrics:`. No code, no shell. */

import type { Place } from '../failure.ts';
import { NEEDS_A_SHELL, splitCommand } from './command-words.ts';
import type { CustomMetric, CustomRunner, ReportFormat } from './config.ts';
import type { GateFile } from './gate-schema.ts';
import type { Step } from './yaml.ts';

type Entry = Exclude<NonNullable<GateFile['runners']>[number], string>;

type Complain = (path: readonly Step[], message: string, help: readonly string[]) => void;

/** What each format's named counts are; `json` takes any path and is a count unless said. */
const OFFERED: Readonly<Partial<Record<ReportFormat, readonly string[]>>> = {
  sarif: ['errors', 'warnings', 'notes', 'results'],
  junit: ['tests', 'failures', 'errors', 'skipped'],
  lcov: ['lines'],
  cobertura: ['lines'],
};

export function customRunnerOf(
  entry: Entry,
  complain: Complain,
  place: Place,
): CustomRunner | undefined {
  const argv = splitCommand(entry.run);
  if (argv === undefined) {
    complain(['run'], ...NEEDS_A_SHELL);
    return undefined;
  }
  const metrics = metricsOf(entry, complain);
  if (entry.joins !== undefined && entry.report !== 'lcov' && entry.report !== 'cobertura') {
    complain(['joins'], `a ${entry.report} report holds no lines to join`, [
      'report: lcov or cobertura',
    ]);
  }
  const { file, line, column } = place;
  return {
    id: entry.id,
    argv,
    format: entry.report,
    metrics,
    measuredWhen: entry.measured_when ?? [0, 1],
    place: { file, line, column },
    ...(entry.report_file === undefined ? {} : { reportFile: entry.report_file }),
    ...(entry.joins === undefined ? {} : { joins: entry.joins }),
    ...(entry.timeout === undefined ? {} : { timeoutMs: entry.timeout }),
  };
}

function metricsOf(entry: Entry, complain: Complain): Record<string, CustomMetric> {
  const offered = OFFERED[entry.report];
  const isShare = entry.report === 'lcov' || entry.report === 'cobertura';
  const metrics: Record<string, CustomMetric> = {};
  for (const [name, written] of Object.entries(entry.metrics)) {
    const metric = typeof written === 'string' ? { path: written } : written;
    if (offered !== undefined && !offered.includes(metric.path)) {
      complain(['metrics', name], `a ${entry.report} report has no \`${metric.path}\``, [
        `it offers: ${offered.join(', ')}`,
      ]);
      continue;
    }
    metrics[name] = {
      dimension: isShare ? 'ratio' : 'count',
      better: isShare ? 'higher' : 'lower',
      about: `${metric.path} of ${entry.id}'s report`,
      ...asDeclared(metric),
    };
  }
  return metrics;
}

type Written = Exclude<Entry['metrics'][string], string>;

function asDeclared({ path, unit, better, about }: Written) {
  return {
    path,
    ...(unit === undefined ? {} : { dimension: unit }),
    ...(better === undefined ? {} : { better }),
    ...(about === undefined ? {} : { about }),
  };
}
