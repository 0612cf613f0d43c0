/** A rollout's plan as text: every step with what it does to instances and traffic, what is waited for, the totals. */

import { spanText } from '../history/folds/delivery-text.ts';
import { slotOf, type BuiltIn, type Plan, type Step } from '../rollout/plan.ts';
import { sentencesOf } from '../rollout/analysis/decide.ts';
import { detectable } from '../rollout/analysis/detect.ts';
import { fit, harmless, plural, wrap } from './text.ts';

const LONGEST_NAME = 30;
/** `12 at 62.5 %` and two blanks. */
const DIALS = 14;

/** @param columns of the terminal; 80 is enough */
export function planText(plan: Plan, columns: number): string {
  const width = Math.max(60, Math.min(columns, 120));
  const names = plan.steps.map(({ name }) => name.length);
  const nameWidth = Math.min(LONGEST_NAME, Math.max(12, ...names));
  const lines = [
    headline(plan),
    '',
    ...headOf(plan, nameWidth),
    ...stepLines(plan, nameWidth, width),
    '',
    ...totals(plan).flatMap(([what, text]) => labelled(what, text, width)),
  ];
  return `${lines.map((line) => harmless(line).replaceAll('\u00a0', ' ').trimEnd()).join('\n')}\n`;
}

function headline({ service, environment, strategy, release, stable, instances }: Plan): string {
  const from =
    stable === null ? `${release.version}, the first` : `${stable.version} to ${release.version}`;
  return `${service} in ${environment}: ${from}, ${strategy} over ${plural(instances, 'instance')}`;
}

const indented = (name: string, nameWidth: number) => `${fit(name, nameWidth).padEnd(nameWidth)}  `;

/** Two releases, two columns. */
function headOf({ release, stable }: Plan, nameWidth: number): string[] {
  const names = [release, ...(stable === null ? [] : [stable])];
  const cells = names.map(({ version }) => fit(version, DIALS - 2).padEnd(DIALS));
  return [`      ${indented('', nameWidth)}${cells.join('')}`];
}

function stepLines(plan: Plan, nameWidth: number, width: number): string[] {
  let agent = '';
  return plan.steps.flatMap((step, index) => {
    const heading = step.agent === agent ? [] : [`  ${step.agent}`];
    agent = step.agent;
    const start = `  ${String(index + 1).padStart(2)}  ${indented(step.name, nameWidth)}`;
    const [first = '', ...more] = wrap(doesText(plan, step), width - start.length);
    return [...heading, start + first, ...more.map((line) => `${' '.repeat(start.length)}${line}`)];
  });
}

/** What a step does, without its name. The same words tell of it while it runs. */
export function doesText(plan: Plan, step: Step): string {
  switch (step.kind) {
    case 'shape': {
      const releases = [plan.release, ...(plan.stable === null ? [] : [plan.stable])];
      const cells = releases.map((release) => dialsText(slotOf(step.desired, release)));
      // No-break blanks, so that columns are not broken into words.
      return `${cells.map((cell) => cell.padEnd(DIALS).replaceAll(' ', '\u00a0')).join('')}within\u00a0${hard(step.withinMs)}`;
    }
    case 'watch':
      return `watched for ${spanText(step.forMs)}, a look every ${shortSpan(step.everyMs)}${judgedText(step)}`;
    case 'probes':
      return pathsText(step);
    case 'command':
      return `${step.argv.join(' ')} (at most ${spanText(step.timeoutMs)})`;
    case 'builtin':
      return BUILT_IN[step.does](plan);
  }
}

function judgedText({ analysis }: Extract<Step, { kind: 'watch' }>): string {
  if (analysis === undefined) return '';
  const { inPlay } = sentencesOf(analysis);
  return `, then judged by ${plural(inPlay.length, 'sentence')}; at most once more as long`;
}

/** Those that only others need are no paths. */
function pathsText({ suite, probes, timeoutMs }: Extract<Step, { kind: 'probes' }>): string {
  const paths = probes.filter(({ section }) => section !== null);
  const names = paths.map(({ name }) => name).join(', ');
  const what = plural(paths.length, suite === 'smoke' ? 'path' : 'check');
  return `${what} (at most ${spanText(timeoutMs)}): ${names}`;
}

const hard = (ms: number) => spanText(ms).replaceAll(' ', '\u00a0');

function dialsText({ instances, share }: { instances: number; share: number }): string {
  if (instances === 0) return 'none';
  return `${instances} at ${Math.round(share * 1000) / 10} %`;
}

function shortSpan(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms / 100) / 10} s` : spanText(ms);
}

const BUILT_IN: Readonly<Record<BuiltIn, (plan: Plan) => string>> = {
  restorable: ({ stable }) =>
    stable === null ? 'nothing serves yet' : `can ${stable.version} be restored?`,
  resources: () => 'is what serves healthy?',
  enhanced_monitoring: () => 'looks come twice as often',
  healthy: () => 'is every instance healthy?',
  record: () => 'in the journal',
};

function totals(plan: Plan): readonly (readonly [what: string, text: string])[] {
  const { promoteMs, rollbackMs, floor, window, triggers, notes, unmeasured = [] } = plan;
  return [
    ['to promote', `${spanText(promoteMs)} of watching, and what starts and commands take`],
    ['to roll back', `at most ${spanText(rollbackMs)} a step`],
    ...(floor > 0 ? [['never under', `${plural(floor, 'healthy instance')}`] as const] : []),
    ...byAgent(triggers).map(([agent, texts]) => [`${agent}`, `back when ${texts}`] as const),
    ...(triggers.length === 0
      ? []
      : [
          [
            'judged',
            `the last ${shortSpan(window.windowMs)} with ${window.minSamples} requests or more, ` +
              `${window.badLooks} bad looks in a row`,
          ] as const,
        ]),
    ...plan.steps.flatMap((step) => promotedText(step)),
    ...(unmeasured.length === 0
      ? []
      : [['not measured', `${unmeasured.join(', ')}: not declared`] as const]),
    ...notes.map((note) => ['note', note] as const),
  ];
}

/** What has to hold before a canary is promoted, and what that can detect. */
function promotedText(step: Step): (readonly [what: string, text: string])[] {
  const analysis = step.kind === 'watch' ? step.analysis : undefined;
  if (analysis === undefined) return [];
  const { minSamples, noiseMs, looks, judge } = analysis;
  const { inPlay, notInPlay } = sentencesOf(analysis);
  const { lines, warnings } = detectable(analysis);
  return [
    ['promoted when', inPlay.join(', ')],
    ...notInPlay.map((name) => ['not in play', `${name}: no source is declared`] as const),
    [
      'compared',
      `${judge === 'statistical' ? 'by statistical tests, ' : ''}all of it with ${minSamples} requests or more, ` +
        `at the end and in ${looks.needed} of the last ${looks.of} looks; ${noiseMs} ms between latencies are none`,
    ],
    ...lines.map((line) => ['detects', line] as const),
    ...warnings.map((line) => ['warning', line] as const),
  ];
}

function byAgent(triggers: Plan['triggers']): readonly (readonly [string, string])[] {
  const agents = [...new Set(triggers.map(({ agent }) => agent))];
  return agents.map((agent) => {
    const own = triggers.filter((one) => one.agent === agent).map(({ text }) => text);
    return [agent, own.join(', ')];
  });
}

function labelled(what: string, text: string, width: number): string[] {
  const start = `  ${what.padEnd(16)}  `;
  const [first = '', ...more] = wrap(text, width - start.length);
  return [start + first, ...more.map((line) => `${' '.repeat(start.length)}${line}`)];
}
