/** What happened in a simulated rollout, moment by moment, and how it ended. */

import type { Outcome, RolloutEvent } from '../rollout/ports.ts';
import type { Simulated } from '../rollout/simulation/simulate.ts';
import { planText } from './plan-text.ts';
import { fit, harmless, wrap } from './text.ts';

/** `  12:05  deploy_batch_1 (25%)           done  …` */
export function simulationText({ told, outcome, tookMs }: Simulated, columns: number): string {
  const width = Math.max(60, Math.min(columns, 120));
  const plans = told.filter((event) => event.kind === 'began');
  const [first] = plans;
  return [
    first === undefined ? '' : planText(first.plan, columns),
    '\n',
    `${told.flatMap((event) => eventLines(event, width)).join('\n')}\n`,
    `\n${wrap(`${clock(tookMs)}  ${outcomeText(outcome)}`, width)
      .map(harmless)
      .join('\n')}\n`,
  ].join('');
}

function eventLines(event: RolloutEvent, width: number): string[] {
  const start = (at: number) => `  ${clock(at)}  `;
  switch (event.kind) {
    case 'began':
      if (event.plan.strategy !== 'restore') return [];
      return [`${start(event.at)}going back to ${harmless(event.plan.release.version)}`];
    case 'step_ended': {
      const head = `${start(event.at)}${fit(harmless(event.step.name), 30).padEnd(30)}  `;
      // Why a step failed is told in full right after.
      const seen = event.outcome === 'done' ? event.seen.replaceAll(' %', '\u00a0%') : 'failed';
      const said = wrap(harmless(seen), width - head.length);
      return said.map(
        (text, index) =>
          (index === 0 ? head : ' '.repeat(head.length)) + text.replaceAll('\u00a0', ' '),
      );
    }
    case 'judged':
      return [
        `${start(event.at)}judged: ${event.verdict.answer.replace('_', ' ')}${event.extends ? ', watched once more' : ''}`,
      ];
    case 'withdrawing':
    case 'taking_back': {
      const { trigger, explanation } = event.because;
      const what = event.kind === 'withdrawing' ? 'its traffic withdrawn' : 'taken back';
      const [first = '', ...more] = [`${what} by ${trigger}`, ...explanation];
      const indent = ' '.repeat(start(0).length + 2);
      const room = (text: string) => wrap(harmless(text), width - indent.length);
      const [head = '', ...rest] = room(first);
      return [
        start(event.at) + head,
        ...[...rest, ...more.flatMap(room)].map((text) => indent + text),
      ];
    }
    default:
      return [];
  }
}

/** Minutes and seconds since the beginning. */
function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (count: number) => String(count).padStart(2, '0');
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`.padStart(6);
}

export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'succeeded':
      return 'succeeded: the candidate serves';
    case 'rolled_back':
      return `rolled back by ${outcome.because.trigger}: the release before serves again`;
    case 'withdrawn':
      return `withdrawn by ${outcome.because.trigger}: nothing serves`;
    case 'rollback_failed':
      return `the way back failed: ${outcome.why}; ${outcome.serves}`;
    case 'held':
      return `held by ${outcome.because.trigger}: a person decides`;
    case 'interrupted':
      return outcome.rolledBack
        ? 'interrupted: the release before serves again'
        : 'interrupted, and held as it is';
    case 'taken_over':
      return 'somebody else has taken over';
    case 'journal_lost':
      return `the journal was lost: ${outcome.why}`;
  }
}
