/** How far the tests reach, for who asks about nothing else: each number beside its floor, then what is still open. */

import { formatValue, metricsOf } from '../language/index.ts';
import type { Finding } from '../judge/finding.ts';
import type { JudgedSentence } from '../judge/verdict.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { harmless, plural, wrap, type Style } from './text.ts';

export function coverageLines(result: CheckResult, style: Style): string[] {
  const sentences = result.verdicts.flatMap((verdict) => verdict.sentences);
  return [
    ...sentences.flatMap((one) => sentenceLines(one, result, style)),
    ...openLines(result, style),
  ];
}

function sentenceLines(judged: JudgedSentence, result: CheckResult, style: Style): string[] {
  const [metric] = metricsOf(judged.sentence.expr);
  if (metric === undefined) return [];
  const { marks, paint, columns } = style;
  const mark = {
    good: paint.green(marks.good),
    bad: paint.red(marks.bad),
    not_applicable: paint.dim(marks.none),
    untold: paint.yellow(marks.unknown),
  }[judged.standing.kind];
  const toPass = toPassText(judged, result);
  const text = `${valueOf(metric, result)}${toPass === '' ? '' : `; to pass: ${toPass}`}`;
  const head = `${metric.padEnd(24)} ${judged.sentence.text.replace(`${metric} `, '').padEnd(8)}`;
  const [first = '', ...more] = wrap(harmless(text), Math.max(20, columns - 37));
  return [`${mark} ${head}  ${first}`, ...more.map((line) => `${' '.repeat(37)}${line}`)];
}

function valueOf(metric: string, { readings, runners, catalogue }: CheckResult): string {
  const reading = readings.get(metric);
  if (reading === undefined) return 'nothing measured it';
  if (reading.kind !== 'measured') return reading.why;
  const share = shareOf(metric, runners);
  const of = share === undefined ? '' : ` (${share.covered} of ${plural(share.total, 'line')})`;
  return `${formatValue(reading.value, catalogue.get(metric)?.dimension ?? 'ratio')}${of}`;
}

/** `cover 3 more lines of 120`, of a sentence such as `coverage_overall >= 75%` that fails. */
export function toPassText(judged: JudgedSentence, { runners }: CheckResult): string {
  const { expr } = judged.sentence;
  if (judged.standing.kind !== 'bad' || expr.kind !== 'comparison' || !/^>=?$/.test(expr.op))
    return '';
  if (expr.left.kind !== 'name' || expr.right.kind !== 'number') return '';
  const share = shareOf(expr.left.name, runners);
  if (share === undefined) return '';
  const needed = Math.ceil(expr.right.value * share.total - 1e-9);
  const missing = Math.max(1, needed - share.covered);
  return `cover ${plural(missing, 'more line')} of ${share.total}`;
}

function shareOf(metric: string, runners: CheckResult['runners']) {
  const shares = runners.map(({ measurement }) => measurement.shares);
  return shares.find((one) => one !== undefined && Object.hasOwn(one, metric))?.[metric];
}

const MOST_FILES = 20;

/** `src/price.ts: 3-7, 12`, for each file of the change with lines that no test runs. */
function openLines({ runners }: CheckResult, { paint, columns }: Style): string[] {
  const open = new Map<string, string[]>();
  for (const { file, ranges } of runners
    .flatMap(({ measurement }) => measurement.findings)
    .flatMap(uncovered)) {
    open.set(file, [...(open.get(file) ?? []), ranges]);
  }
  if (open.size === 0) return [];
  const rows = [...open].slice(0, MOST_FILES).flatMap(([file, ranges]) => {
    const [first = '', ...more] = wrap(harmless(`${file}: ${ranges.join(', ')}`), columns - 4);
    return [`  ${first}`, ...more.map((line) => `    ${line}`)];
  });
  const rest = open.size - MOST_FILES;
  return [
    '',
    paint.bold('new lines that no test runs'),
    ...rows,
    ...(rest > 0 ? [paint.dim(`  … and ${plural(rest, 'more file')}`)] : []),
  ];
}

function uncovered({ rule, file, line, endLine }: Finding): { file: string; ranges: string }[] {
  if (rule !== 'uncovered-new-code' || file === undefined || line === undefined) return [];
  return [
    { file, ranges: endLine === undefined || endLine === line ? `${line}` : `${line}-${endLine}` },
  ];
}
