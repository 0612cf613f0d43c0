/** What a person asks of a check, and whether it can be asked. */

import { availableParallelism } from 'node:os';
import { nearest } from '../language/index.ts';
import type { Failure } from '../failure.ts';
import type { GateName } from '../judge/agent.ts';
import { CHECKED_GATES, type CheckOptions } from '../pipeline/check.ts';

export interface AskedCheck {
  readonly cwd?: string | undefined;
  readonly gates?: readonly string[];
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** Of all sentences, judge only those about a metric for which this is true. */
  readonly about?: (metric: string) => boolean;
  /** Runners that no plain check starts: all of them, or these. */
  readonly asked?: 'all' | readonly string[];
  /** How many times shorter a load is than the gates ask, as written; the configuration's by default. */
  readonly trial?: string | undefined;
  /** What tools say is told as they say it. */
  readonly verbose?: boolean;
  readonly strict?: boolean;
  readonly failFast?: boolean;
  readonly jobs?: string | undefined;
  /** Show how far the tests reach, in numbers and in lines. */
  readonly coverage?: boolean;
  readonly json?: boolean;
  /** `--output` as written: `sarif=out.sarif`. */
  readonly outputs?: readonly string[];
  readonly quiet?: boolean;
  /** What the change is compared with; found out where nobody says it. */
  readonly base?: string | undefined;
  /** Have the tools mend what they can, first. */
  readonly fix?: boolean;
  /** The cell of the build matrix this machine is: `node=18,python=3.11,os=ubuntu-latest`. */
  readonly cell?: string | undefined;
  /** Reports of cells to be joined; nothing is measured. */
  readonly merge?: readonly string[];
  /** Keep the result in the history, and let the score see what stands there. */
  readonly record?: boolean;
  /** Read gates and configuration from this ref, not from the work tree. */
  readonly trustedConfig?: string | undefined;
  /** The result becomes the baseline: sentences that ask for one do not apply where there is none. */
  readonly makesBaseline?: boolean;
}

/** @param speed of the configuration's trial */
export function readOptions(
  asked: AskedCheck,
  ids: readonly string[],
  speed?: number,
): CheckOptions | Failure {
  const wrong = wrongName(asked, ids);
  if (wrong !== undefined) return wrong;
  const gates = asked.gates ?? [];
  const trial = trialOf(asked, speed);
  if (typeof trial === 'object') return trial;
  return {
    gates:
      gates.length === 0 ? CHECKED_GATES : CHECKED_GATES.filter((gate) => gates.includes(gate)),
    only: asked.only ?? [],
    skip: asked.skip ?? [],
    failFast: asked.failFast ?? false,
    stream: asked.verbose ?? false,
    ...(asked.asked !== undefined && { asked: asked.asked }),
    ...(trial !== undefined && trial > 1 && { trial }),
    ...(asked.about === undefined ? {} : { about: asked.about }),
  };
}

/** Undefined when it is neither a number from 1 to 64 nor `auto`. */
export function readJobs(text: string): number | undefined {
  if (text === 'auto') return availableParallelism();
  return /^[1-9]\d?$/.test(text) && Number(text) <= 64 ? Number(text) : undefined;
}

function wrongName(asked: AskedCheck, ids: readonly string[]): Failure | undefined {
  const gates = asked.gates ?? [];
  const wrongGate = gates.find((gate) => !CHECKED_GATES.includes(gate as GateName));
  if (wrongGate !== undefined) {
    const near = nearest(wrongGate, CHECKED_GATES);
    const help =
      near === undefined ? `gates to check: ${CHECKED_GATES.join(', ')}` : `did you mean ${near}?`;
    return { kind: 'usage', message: `there is no gate \`${wrongGate}\` to check`, help: [help] };
  }
  for (const id of [...(asked.only ?? []), ...(asked.skip ?? [])]) {
    if (ids.includes(id)) continue;
    const near = nearest(id, ids);
    const help = near === undefined ? `runners: ${ids.join(', ')}` : `did you mean ${near}?`;
    return { kind: 'usage', message: `no runner is called \`${id}\``, help: [help] };
  }
  return undefined;
}

/** How many times shorter; undefined where nothing is to be shorter. */
function trialOf(asked: AskedCheck, speed: number | undefined): number | undefined | Failure {
  if (asked.trial === undefined) return speed;
  const trial = wholeNumber(asked.trial);
  if (trial === undefined) {
    const message = '--trial takes a whole number: how often shorter every load is';
    return { kind: 'usage', message, help: ['write --trial 60'] };
  }
  const asksForLoad = [asked.asked ?? [], asked.only ?? []].flat();
  if (asksForLoad.some((id) => id === 'all' || id === 'k6')) return trial;
  const message = '--trial shortens a load, and none is asked for';
  return { kind: 'usage', message, help: ['add --full, or use nemesis test:performance'] };
}

const wholeNumber = (text: string): number | undefined =>
  /^[1-9]\d{0,5}$/.test(text) && Number(text) <= 100_000 ? Number(text) : undefined;
