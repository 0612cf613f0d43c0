/**
 * JUnit XML as GitLab and Jenkins read it: a suite per gate with a case per sentence, and one per test runner with its
 * failed tests. What blocks is a failure, what leaves the gate undecided an error; a warning, a tolerated absence, what
 * is waived and what does not apply are skipped, for JUnit knows no warnings. https://llg.cubic.org/docs/junit/
 */

import type { CheckResult, RunnerResult } from '../pipeline/result.ts';
import {
  acceptedIn,
  storyOf,
  type Story,
  type ToldFinding,
  type ToldSentence,
  type ToldWaivedFinding,
} from './story.ts';
import { termsOf, waivedByText, type ToldWaiver } from './told-waivers.ts';
import { fit } from './wording.ts';
import { attributes, escaped } from './xml-text.ts';

/** Failed tests of one runner; what is beyond is told in one more case. */
export const MOST_CASES = 5_000;
const LONGEST = { name: 300, body: 4_000 } as const;

interface Case {
  readonly classname: string;
  readonly name: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly outcome: 'passed' | 'skipped' | 'failure' | 'error';
  readonly type?: string;
  readonly message?: string;
  readonly body?: string;
  /** What was found in spite of the outcome. */
  readonly out?: string;
}

interface Suite {
  readonly name: string;
  readonly timeMs: number;
  readonly cases: readonly Case[];
}

export function junitText(result: CheckResult): string {
  const story = storyOf(result);
  const expired = story.waivers.filter(({ kind }) => kind === 'expired');
  const gates = result.verdicts.map(({ gate }) => ({
    name: `nemesis ${gate}`,
    timeMs: timeOf(result.runners.filter((runner) => runner.gate === gate)),
    cases: [
      ...expired.filter((told) => told.gate === gate).map(waiverCase),
      ...story.sentences.filter(({ verdict }) => verdict.gate === gate).map(sentenceCase),
    ],
  }));
  const suites = [
    ...gates,
    ...waiverSuite(story),
    ...result.runners.flatMap((runner) => failedTests(runner, story)),
  ];
  const head = {
    name: `nemesis: ${result.service}`,
    ...counts(suites.flatMap(({ cases }) => cases)),
  };
  const at = new Date(result.startedAt).toISOString().slice(0, 19);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ ...head, time: seconds(result.durationMs) })}>`,
    ...suites.map((suite) => suiteText(suite, at)),
    '</testsuites>',
    '',
  ].join('\n');
}

const timeOf = (runners: readonly RunnerResult[]): number =>
  runners.reduce((sum, { durationMs }) => sum + durationMs, 0);

const seconds = (ms: number): string => (Math.round(ms) / 1000).toFixed(3);

function sentenceCase(told: ToldSentence): Case {
  const { agent, sections, text, place, changedBy } = told.judged.sentence;
  const accepted = acceptedIn(told.judged);
  const asked = [`asked by ${place.file}:${place.line}`];
  if (changedBy !== undefined) asked.push(`changed by ${changedBy}`);
  return {
    classname: [agent, ...sections].join('.'),
    name: text,
    file: place.file,
    line: place.line,
    ...OUTCOMES[told.weight],
    message: [
      `${told.weight === 'warns' ? 'warning: ' : ''}${told.said[0] ?? text}`,
      ...accepted,
    ].join('; '),
    body: [...told.said, ...asked].join('\n'),
  };
}

const OUTCOMES = {
  holds: { outcome: 'passed' },
  blocks: { outcome: 'failure', type: 'blocked' },
  undecided: { outcome: 'error', type: 'undecided' },
  warns: { outcome: 'skipped' },
  not_applicable: { outcome: 'skipped' },
} as const;

/** Those that stop nothing; what one covers is told whole in the output of its case. */
function waiverSuite({ waivers }: Story): readonly Suite[] {
  const cases = waivers.filter(({ kind }) => kind !== 'expired').map(waiverCase);
  return cases.length === 0 ? [] : [{ name: 'nemesis waivers', timeMs: 0, cases }];
}

function waiverCase({ kind, blocks, waiver, said, rows }: ToldWaiver): Case {
  const { file, line } = waiver.place;
  const told = [said, ...rows.map(([label, text]) => [label, text].filter(Boolean).join(': '))];
  const body = told.join('\n');
  const message = `${said}; waived by ${termsOf(waiver)}`;
  const place = { classname: 'waivers', name: `${kind.replaceAll('_', ' ')}: ${said}`, file, line };
  if (blocks) return { ...place, outcome: 'failure', type: 'blocked', message: said, body };
  return { ...place, outcome: 'skipped', message, out: body };
}

const FAILED = /^(?:test|file)-failed$/;

/** The tests a runner names as failed: those that passed stand in its own report. */
function failedTests(runner: RunnerResult, { findings, waived }: Story): readonly Suite[] {
  const { id, measurement, durationMs } = runner;
  const failed = [...findings, ...waived]
    .filter((told) => told.runner === runner)
    .filter(({ finding }) => FAILED.test(finding.rule));
  if (failed.length === 0) return [];
  const cases = failed.slice(0, MOST_CASES).map(testCase);
  const hidden = failed.length - cases.length;
  const more: Case = {
    ...{ classname: id, name: `${hidden} more failed tests`, file: undefined, line: undefined },
    ...{ outcome: 'failure', type: 'cut', message: 'they stand in .nemesis/reports/', body: '' },
  };
  const tool = measurement.evidence?.tool;
  const name = tool === undefined || tool === id ? id : `${id} (${tool})`;
  return [{ name, timeMs: durationMs, cases: hidden > 0 ? [...cases, more] : cases }];
}

function testCase(told: ToldFinding | ToldWaivedFinding): Case {
  const { file, line, message, rule } = told.finding;
  const test = { classname: file ?? told.runner.id, name: message, file, line };
  const body = placed(message, file, line);
  const waiver = 'waiver' in told ? told.waiver : told.acceptedBy;
  if (waiver === undefined) return { ...test, outcome: 'failure', type: rule, message, body };
  return { ...test, outcome: 'skipped', message: waivedByText(waiver), out: body };
}

function placed(message: string, file: string | undefined, line: number | undefined): string {
  if (file === undefined) return message;
  return `${message}\n${file}${line === undefined ? '' : `:${line}`}`;
}

function counts(cases: readonly Case[]) {
  const of = (outcome: Case['outcome']) => cases.filter((one) => one.outcome === outcome).length;
  return {
    tests: cases.length,
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
  };
}

function suiteText({ name, timeMs, cases }: Suite, timestamp: string): string {
  const head = attributes({ name, ...counts(cases), time: seconds(timeMs), timestamp });
  const seen = new Map<string, number>();
  const texts = cases.map((one) => caseText(one, nth(one, seen)));
  return [`  <testsuite${head}>`, ...texts, '  </testsuite>'].join('\n');
}

/** Readers take two cases of one name for one. */
function nth({ classname, name }: Case, seen: Map<string, number>): string {
  const short = fit(name, LONGEST.name);
  const key = JSON.stringify([classname, short]);
  const count = (seen.get(key) ?? 0) + 1;
  seen.set(key, count);
  return count === 1 ? short : `${short} (${count})`;
}

function caseText(one: Case, name: string): string {
  const { classname, file, line, outcome, type, message = '', body = '', out } = one;
  const head = attributes({ classname: fit(classname, LONGEST.name), name, file, line, time: '0' });
  if (outcome === 'passed') return `    <testcase${head}/>`;
  const said = attributes({ message: fit(message, LONGEST.name), type });
  const inner =
    outcome === 'skipped'
      ? `<skipped${said}/>`
      : `<${outcome}${said}>${escaped(fit(body, LONGEST.body))}</${outcome}>`;
  const printed =
    out === undefined ? '' : `<system-out>${escaped(fit(out, LONGEST.body))}</system-out>`;
  return `    <testcase${head}>${inner}${printed}</testcase>`;
}
