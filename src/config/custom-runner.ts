/** A runner declared in a gate file: `run:`, `report:`, `metrics:`. No code, no shell. */

import type { Place } from '../failure.ts';
import type { CustomMetric, CustomRunner, ReportFormat } from './config.ts';
import type { GateFile } from './gate-schema.ts';
import type { Step } from './yaml.ts';

type Entry = Exclude<NonNullable<GateFile['runners']>[number], string>;

/** What each format's named counts are; `json` takes any path and is a count unless said. */
const OFFERED: Readonly<Partial<Record<ReportFormat, readonly string[]>>> = {
  sarif: ['errors', 'warnings', 'notes', 'results'],
  junit: ['tests', 'failures', 'errors', 'skipped'],
  lcov: ['lines'],
  cobertura: ['lines'],
};

export function customRunnerOf(
  entry: Entry,
  complain: (path: readonly Step[], message: string, help: string[]) => void,
  place: Place,
): CustomRunner | undefined {
  const argv = splitCommand(entry.run);
  if (argv === undefined) {
    complain(['run'], 'this command needs a shell, and nemesis starts none', [
      'write one program with its arguments, or put the rest into a script and run that',
    ]);
    return undefined;
  }
  const offered = OFFERED[entry.report];
  const metrics: Record<string, CustomMetric> = {};
  for (const [name, written] of Object.entries(entry.metrics)) {
    const metric = typeof written === 'string' ? { path: written } : written;
    if (offered !== undefined && !offered.includes(metric.path)) {
      complain(['metrics', name], `a ${entry.report} report has no \`${metric.path}\``, [
        `it offers: ${offered.join(', ')}`,
      ]);
      continue;
    }
    const isShare = entry.report === 'lcov' || entry.report === 'cobertura';
    metrics[name] = {
      path: metric.path,
      dimension: ('unit' in metric ? metric.unit : undefined) ?? (isShare ? 'ratio' : 'count'),
      better: ('better' in metric ? metric.better : undefined) ?? (isShare ? 'higher' : 'lower'),
      about:
        ('about' in metric ? metric.about : undefined) ?? `${metric.path} of ${entry.id}'s report`,
    };
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
    ...(entry.timeout === undefined ? {} : { timeoutMs: entry.timeout }),
  };
}

/** Words of a command line with quotes; undefined when it uses what only a shell understands. */
export function splitCommand(text: string): readonly string[] | undefined {
  const words: string[] = [];
  for (const match of text.matchAll(/\s+|((?:"[^"]*"|'[^']*'|[^\s"'])+)|(.)/gs)) {
    const [, word, odd] = match;
    if (odd !== undefined) return undefined;
    if (word === undefined) continue;
    if (/[`$|&;<>(){}*?~]/.test(word.replace(/'[^']*'|"[^"$`]*"/g, ''))) return undefined;
    words.push(word.replace(/"([^"]*)"|'([^']*)'/g, (_, a?: string, b?: string) => a ?? b ?? ''));
  }
  return words.length === 0 ? undefined : words;
}
