/** `nemesis baseline:update`: the numbers and findings of a whole run become the baseline, as far as they are no worse. */

import { lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatValue, nearest } from '../../language/index.ts';
import { ok, type Failure, type Result } from '../../failure.ts';
import type { BaselineMetric } from '../../judge/baseline.ts';
import {
  NEW_FINDINGS,
  ratchet,
  type Loosening,
  type MetricChange,
  type Ratchet,
} from '../../judge/ratchet.ts';
import { dayOf } from '../../judge/day.ts';
import { BASELINE_FILE, baselineText, readBaseline } from '../../config/baseline-file.ts';
import { redactor, type Redact } from '../../measure/redact.ts';
import { measuredIn } from '../../pipeline/baseline.ts';
import type { CheckResult } from '../../pipeline/result.ts';
import { harmless, plural } from '../../report/wording.ts';
import { neededLine } from '../history-options.ts';
import { reporterFor } from '../reporters.ts';
import { performCheck } from '../perform-check.ts';
import { openSession, projectOf, type Session } from '../session.ts';
import { failed, usage } from '../store-failure.ts';
import { listOption, textOption, type CommandInput, type RunCommand } from './command.ts';

export const run: RunCommand = async (input) => {
  const { options, io, parts } = input;
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return failed(session.failure);
  const { root, loaded } = session.value;
  const asked = looseningIn(input, redactor(io.env, loaded.config.secrets));
  if (!asked.ok) return failed(asked.failure);
  const before = readBaseline(root);
  if (!before.ok) return failed(before.failure);
  const quiet = { ...io, out: () => undefined };
  const result = await performCheck({ makesBaseline: true }, session.value, io, parts, () =>
    reporterFor({ json: options['json'] === true }, quiet, parts, true),
  );
  if (!result.ok) return failed(result.failure);
  const refusal = whyNot(result.value, asked.value);
  if (refusal !== undefined) return failed(refusal);
  const { catalogue } = result.value;
  const project = await projectOf(session.value, io, parts);
  const change = ratchet(
    before.value,
    measuredIn({
      results: result.value.runners,
      readings: result.value.readings,
      catalogue,
      sentences: loaded.agents.flatMap(({ sentences }) => sentences),
      files: new Set(project.filesCut ? [] : project.files),
    }),
    (metric) => catalogue.get(metric),
    asked.value,
  );
  const text = baselineText(change.next);
  const isSame = before.value !== undefined && text === baselineText(before.value);
  const writes = !isSame && options['plan'] !== true;
  if (writes) {
    const problem = write(session.value, text);
    if (problem !== undefined) return failed(problem);
  }
  if (options['json'] === true) io.out(`${JSON.stringify(asJson(change, writes), null, 2)}\n`);
  else io.out(`${linesOf(change, catalogue, writes).map(harmless).join('\n')}\n`);
  return { kind: 'yes' };
};

/** What is loosened has a reason, which stands in the file. */
function looseningIn({ options, io }: CommandInput, redact: Redact): Result<Loosening | undefined> {
  const names = listOption(options, 'loosen');
  const all = options['all'] === true;
  if (names.length === 0 && !all) return ok(undefined);
  const reason = neededLine(options, 'reason');
  if (!reason.ok) return reason;
  return ok({ names: all ? 'all' : names, note: `${dayOf(io.now())}: ${redact(reason.value)}` });
}

/** A baseline is only as good as the run it comes from. */
function whyNot(result: CheckResult, loosening: Loosening | undefined): Failure | undefined {
  const names = loosening === undefined || loosening.names === 'all' ? [] : loosening.names;
  const known = [...result.catalogue.keys()];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    const help =
      near === undefined ? 'nemesis metrics:list names them all' : `did you mean ${near}?`;
    return usage(`there is no metric \`${unknown.slice(0, 60)}\` to loosen`, help);
  }
  const undecided = result.verdicts.filter(
    ({ kind, mode }) => kind === 'undecided' && mode === 'enforce',
  );
  if (undecided.length === 0) return undefined;
  const gates = undecided.map(({ gate }) => gate).join(' and ');
  return {
    kind: 'cannot_act',
    message: `the baseline stays as it is: ${gates} cannot be told`,
    help: ['nemesis deploy:check says what was not measured'],
  };
}

/** In one step: a baseline that is half written would be none. */
function write({ root }: Session, text: string): Failure | undefined {
  const file = path.join(root, BASELINE_FILE);
  const draft = path.join(root, `.${BASELINE_FILE}.${process.pid}`);
  try {
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      return { kind: 'cannot_act', message: `${BASELINE_FILE} is a link, and is left alone` };
    writeFileSync(draft, text, { flag: 'wx' });
    renameSync(draft, file);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'cannot_act', message: `${BASELINE_FILE} cannot be written: ${why}` };
  } finally {
    rmSync(draft, { force: true });
  }
}

function linesOf(
  change: Ratchet,
  catalogue: CheckResult['catalogue'],
  writes: boolean,
): readonly string[] {
  const value = (metric: string, { value, by }: BaselineMetric) => {
    const text = formatValue(value, catalogue.get(metric)?.dimension ?? 'number');
    return by === undefined ? text : `${text} (${by})`;
  };
  const row = (word: string, changes: readonly MetricChange[]) =>
    changes.map(({ metric, before, now }) => {
      const from = before === undefined ? '' : `${value(metric, before)} to `;
      return `${word.padEnd(10)} ${metric}  ${from}${value(metric, now)}`;
    });
  const finding = (count: number, text: string) =>
    count === 0 ? [] : [`${plural(count, 'finding')} ${text}`];
  const isStuck = change.kept.length + change.fresh > 0;
  return [
    ...row('added', change.added),
    ...row('tightened', change.tightened),
    ...row('loosened', change.loosened),
    ...row('kept', change.kept).map((line) => `${line}, which is worse`),
    ...change.adopted.map((tool) => `added      findings of ${tool}`),
    ...finding(change.fixed, 'gone'),
    ...finding(change.accepted, 'let in'),
    ...finding(change.fresh, 'new, and not let in'),
    ...(isStuck ? [`to loosen: nemesis baseline:update --loosen ${stuck(change)} --reason …`] : []),
    writes ? `wrote ${BASELINE_FILE}; commit it` : `${BASELINE_FILE} stays as it is`,
  ];
}

function stuck({ kept, fresh }: Ratchet): string {
  const names = kept.map(({ metric }) => metric);
  return [...names, ...(fresh > 0 ? [NEW_FINDINGS] : [])].join(',');
}

function asJson({ next: _, ...change }: Ratchet, written: boolean) {
  return { schema: 'nemesis.baseline-update/1', written, ...change };
}
