/** Judges a canary at the end of its watch, and writes down what the verdict was told from. */

import { asJson } from '../history/canonical.ts';
import { comparingOf } from './comparing.ts';
import type { Answer, Verdict } from './analysis/spec.ts';
import type { Seen } from './look.ts';
import { WARM_UP } from './look.ts';
import type { Step } from './plan.ts';
import { lostBy, type At, type Performed } from './wait.ts';

export type WatchStep = Extract<Step, { kind: 'watch' }>;

export interface Comparison {
  /** @returns how the watch ends before its time, where it does */
  see(seen: Seen): Performed | undefined;
  /** @param seen what the watch comes to where the answer is yes */
  judge(isLast: boolean, seen: Performed): Promise<Performed | 'once more'>;
  end(): void;
}

/** Undefined where nothing but triggers decides. */
export function comparisonOf(at: At, step: WatchStep): Comparison | undefined {
  const { analysis } = step;
  if (analysis === undefined) return undefined;
  const { plan, ports, index, deployment } = at;
  const comparing = comparingOf(analysis, plan, ports, ports.clock.now() + step.forMs * WARM_UP);
  const unclear = (trigger: string, explanation: readonly string[]): Performed => {
    return { kind: 'unclear', because: { trigger, explanation }, index };
  };
  return {
    see({ observed }) {
      comparing.see(observed, ports.clock.now());
      const trouble = comparing.trouble();
      if (trouble === undefined) return undefined;
      return unclear(SOURCE, [`a source was given up: ${trouble}`, NOT_THE_RELEASE]);
    },
    async judge(isLast, seen) {
      const { verdict, looks } = await comparing.judge();
      const { answer } = verdict;
      const again = answer === 'inconclusive' && !isLast;
      const body = { deployment, step: index, answer, reasons: reasonsOf(verdict) };
      const record = { ...body, analysis: asJson({ spec: analysis, looks }) };
      const noted = await ports.note([{ type: 'judged', body: record }]);
      if (!noted.ok) return lostBy(noted.failure);
      ports.tell({ kind: 'judged', plan, step, at: ports.clock.now(), verdict, extends: again });
      if (again) return 'once more';
      const decided = deciding(verdict);
      const explanation = decided.flatMap((one) => [one.sentence, ...one.explanation]);
      switch (answer) {
        case 'pass':
          return withVerdict(seen, verdict);
        case 'fail':
          return { kind: 'failed', because: { trigger: decided[0]!.sentence, explanation } };
        case 'inconclusive':
          return unclear(`an inconclusive canary: ${decided[0]!.sentence}`, explanation);
        case 'no_data': {
          if (analysis.declared.length > 0)
            return unclear(SOURCE, [...explanation, NOT_THE_RELEASE]);
          if (plan.withoutTraffic === 'accept') return seen;
          return { kind: 'failed', because: { trigger: 'no data', explanation } };
        }
      }
    },
    end: () => comparing.end(),
  };
}

const SOURCE = 'a source that does not tell';
const NOT_THE_RELEASE = 'that says nothing of the release';

const deciding = ({ answer, judgements }: Verdict) =>
  judgements.filter((one) => one.answer === answer);

function reasonsOf(verdict: Verdict): readonly string[] {
  return deciding(verdict).map(
    ({ sentence, explanation }) => `${sentence}: ${explanation.join('; ')}`,
  );
}

function withVerdict(seen: Performed, { judgements }: Verdict): Performed {
  if (seen.kind !== 'done') return seen;
  const held = judgements.filter(
    (one): one is typeof one & { answer: Answer } => one.answer === 'pass',
  );
  return {
    kind: 'done',
    seen: `${seen.seen}; ${held.length} of ${judgements.length} sentences hold`,
  };
}
