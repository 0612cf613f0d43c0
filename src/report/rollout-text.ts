/** A rollout as it goes on, for people: a line a step, what is watched, and how it ended. */

import type { Observed } from '../rollout/driver.ts';
import type { Plan, Step } from '../rollout/plan.ts';
import type { Outcome, RolloutEvent } from '../rollout/ports.ts';
import { slotSeen } from '../rollout/shape.ts';
import { trafficReading, type TrafficWindow } from '../rollout/traffic.ts';
import type { Live } from './pretty.ts';
import { durationText, fit, harmless, wrap, type Style } from './text.ts';

export interface RolloutReporter {
  on(event: RolloutEvent): void;
  close(): void;
}

export interface RolloutStreams {
  err(text: string): void;
  readonly style: Style;
  readonly live: Live;
  /** Does the live line move? Without it a line is printed now and then. */
  readonly moves: boolean;
}

const SAY_EVERY_MS = 30_000;

export function rolloutReporter(streams: RolloutStreams): RolloutReporter {
  const { style, live } = streams;
  let began = 0;
  let said = 0;
  const print = (lines: readonly string[]) => {
    live.clear();
    streams.err(`${lines.join('\n')}\n`);
  };
  return {
    on(event) {
      switch (event.kind) {
        case 'began':
          print(headLines(event.deployment, event.plan, style));
          return;
        case 'step_began':
          began = said = event.at;
          if (streams.moves) live.show(harmless(event.step.name));
          return;
        case 'looked':
          if (streams.moves) live.show(lookLines(event, began, style).join('\n'));
          else if (event.at - said >= SAY_EVERY_MS) {
            said = event.at;
            print(lookLines(event, began, style));
          }
          return;
        case 'step_ended':
          print(stepLines(event, event.at - began, style));
          return;
        case 'judged':
          print(judgedLines(event, style));
          return;
        case 'withdrawing':
          print([
            style.paint.yellow.bold(
              `withdrawing the traffic of ${harmless(event.plan.release.version)}`,
            ),
            ...event.because.explanation.map((line) => `  ${harmless(line)}`),
          ]);
          return;
        case 'taking_back':
          print([
            style.paint.red.bold(`taking ${harmless(event.plan.release.version)} back`),
            ...event.because.explanation.map((line) => `  ${harmless(line)}`),
          ]);
          return;
        case 'ended':
          live.clear();
      }
    },
    close: () => live.clear(),
  };
}

function headLines(deployment: string, plan: Plan, { paint, columns }: Style): string[] {
  const { release, stable, environment, service, strategy } = plan;
  const from = stable === null ? 'nothing serves yet' : `${stable.version} serves`;
  const withdraws = plan.steps.some(({ name }) => name === 'withdraw');
  const what =
    strategy === 'restore'
      ? withdraws
        ? `withdrawing ${release.version}`
        : `back to ${release.version}`
      : `${release.version} to ${environment}, ${strategy}`;
  const digest = release.artifact === null ? [] : [fit(release.artifact, 20)];
  const parts = [service, ...digest, from, `record ${shortId(deployment)}`];
  return [
    paint.bold(harmless(what)),
    ...wrap(`  ${parts.map(harmless).join(' · ')}`, columns),
    ...plan.notes.flatMap((note) => wrap(`  ${harmless(note)}`, columns)),
  ];
}

function stepLines(
  { step, outcome, seen }: Extract<RolloutEvent, { kind: 'step_ended' }>,
  tookMs: number,
  { paint, marks, columns }: Style,
): string[] {
  const mark = outcome === 'done' ? paint.green(marks.good) : paint.red(marks.bad);
  const name = fit(harmless(step.name), 32);
  const took = tookMs < 50 ? '' : durationText(tookMs);
  const head = `${name.padEnd(32)} ${took.padStart(8)}`;
  const room = columns - 45;
  // Why it failed is told in full right after.
  const said = outcome === 'done' ? seen : (seen.split('; ')[0] ?? '');
  const [first = '', ...rest] = room < 20 ? [''] : wrap(harmless(said), room);
  return [
    `${mark} ${head}  ${first}`.trimEnd(),
    ...rest.slice(0, 8).map((line) => `${' '.repeat(45)}${line}`),
  ];
}

/** The verdict; of what does not hold, why. */
function judgedLines(
  { verdict: { answer, judgements }, extends: again }: Extract<RolloutEvent, { kind: 'judged' }>,
  { paint, columns }: Style,
): string[] {
  const words = answer.replace('_', ' ');
  const count = judgements.filter((one) => one.answer === 'pass').length;
  const head = `${words}: ${count} of ${judgements.length} sentences hold`;
  const open = judgements.filter((one) => one.answer !== 'pass');
  return [
    paint.bold(again ? `${head}; watched once more` : head),
    ...open.flatMap(({ sentence, explanation }) =>
      [`  ${sentence}`, ...explanation.map((line) => `    ${line}`)].flatMap((line) =>
        wrap(harmless(line), columns),
      ),
    ),
  ];
}

/** What is going on, both releases side by side, and until when. */
function lookLines(
  event: Extract<RolloutEvent, { kind: 'looked' }>,
  began: number,
  { columns }: Style,
): string[] {
  const { step, index, plan, at, until, observed, candidate, stable, waitsFor, judged } = event;
  const spent = durationText(at - began);
  const of = Number.isFinite(until) ? ` of ${durationText(until - began)}` : '';
  const head = `${step.name} · step ${index + 1}/${plan.steps.length} · ${spent}${of}`;
  const lines = [fit(harmless(head), columns - 3)];
  for (const [release, window] of [
    [plan.release, candidate],
    [plan.stable, stable],
  ] as const) {
    if (release === null) continue;
    const slot = slotSeen(observed, release);
    if (slot === undefined) continue;
    const share = `${Math.round(slot.share * 100)} %`;
    const fleet = `${slot.healthy}/${slot.instances} healthy`;
    lines.push(
      fit(
        harmless(
          `  ${release.version.padEnd(16)} ${share.padStart(5)}  ${fleet}  ${numbersText(window)}`,
        ),
        columns - 3,
      ),
    );
  }
  if (waitsFor.length > 0)
    lines.push(fit(harmless(`  waits for: ${waitsFor[0] ?? ''}`), columns - 3));
  if (judged.untold[0] !== undefined && step.kind === 'watch')
    lines.push(
      fit(
        harmless(`  not told yet: ${judged.untold[0].trigger} (${judged.untold[0].why})`),
        columns - 3,
      ),
    );
  lines.push(fit(`  ${deathText(plan, step, observed)}`, columns - 3));
  return lines;
}

function numbersText(window: TrafficWindow | undefined): string {
  const value = (metric: string) => {
    const reading = trafficReading(window, metric, 1);
    return reading.kind === 'value' ? Number(reading.value) : undefined;
  };
  const [errors, p95] = [value('error_rate'), value('latency_p95')];
  if (window === undefined || errors === undefined || p95 === undefined) return 'no requests';
  return `errors ${(errors * 100).toFixed(1)} %  p95 ${Math.round(p95)} ms  ${window.requests} requests`;
}

/** What a person wants to know before closing the laptop. */
function deathText({ onInterrupt, release }: Plan, _step: Step, observed: Observed): string {
  const share = slotSeen(observed, release)?.share ?? 0;
  const stays = share > 0 ? `stays at ${Math.round(share * 100)} %` : 'nothing changes';
  const ctrlC = onInterrupt === 'rollback' ? 'rolls back' : 'holds';
  return `Ctrl-C ${ctrlC} · killed: ${stays} until deploy:resume or deploy:rollback`;
}

export function shortId(id: string): string {
  return /^[0-9a-f]{8}-/.test(id) ? id.slice(0, 8) : fit(id, 12);
}

/** Absence is told, never counted as a yes. */
const unmeasuredLines = ({ unmeasured = [] }: Plan): readonly string[] =>
  unmeasured.length === 0
    ? []
    : [`not measured, for nobody declares them: ${unmeasured.join(', ')}`];

/** The last words, for standard output. */
export function outcomeLines(plan: Plan, outcome: Outcome, { paint, columns }: Style): string[] {
  const { release, stable, environment } = plan;
  const why = (lines: readonly string[]) =>
    lines.flatMap((line) => wrap(`  ${harmless(line)}`, columns));
  switch (outcome.kind) {
    case 'succeeded':
      return [
        paint.green.bold(`RELEASED ${harmless(release.version)} serves ${environment}`),
        ...why(unmeasuredLines(plan)),
      ];
    case 'rolled_back':
      return [
        paint.yellow.bold(
          `ROLLED BACK ${environment} ${harmless(release.version)} to ${harmless(stable?.version ?? '?')}`,
        ),
        ...why([outcome.because.trigger, ...outcome.because.explanation]),
      ];
    case 'withdrawn':
      return [
        paint.yellow.bold(
          `WITHDRAWN ${harmless(release.version)}: nothing serves ${environment}, since nothing did before`,
        ),
        ...why([outcome.because.trigger, ...outcome.because.explanation]),
      ];
    case 'rollback_failed':
      return [
        paint.red.bold(
          `ROLLBACK FAILED in ${environment}; what serves now: ${harmless(outcome.serves)}`,
        ),
        ...why([outcome.why, ...outcome.because.explanation]),
      ];
    case 'held':
      return [
        paint.yellow.bold(
          `HELD ${harmless(release.version)} in ${environment}: a person has to decide`,
        ),
        ...why([outcome.because.trigger, ...outcome.because.explanation]),
        '  go on: nemesis deploy:resume      go back: nemesis deploy:rollback',
      ];
    case 'interrupted':
      return outcome.rolledBack
        ? [
            `INTERRUPTED: ${harmless(stable?.version ?? 'nothing')} has all traffic of ${environment} again`,
          ]
        : [
            `INTERRUPTED: ${environment} is left as it is`,
            '  go on: nemesis deploy:resume      go back: nemesis deploy:rollback',
          ];
    case 'taken_over':
      return ['TAKEN OVER: somebody else acts here now; nothing more was done'];
    case 'journal_lost':
      return ['STOPPED: the history could not be written', ...why([outcome.why])];
  }
}
