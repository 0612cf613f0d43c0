/** One request, or several in order. */

import type { HttpAsk } from './probe.ts';
import type { WrittenAsk } from './probe-schema.ts';
import { askOf, complainOf, inside, type Here } from './prove-asks.ts';

const OF_ONE = ['http', 'headers', 'bearer', 'body', 'expect', 'save', 'redirects'] as const;

type Written = Pick<WrittenAsk, (typeof OF_ONE)[number]> & {
  readonly steps?: readonly WrittenAsk[] | undefined;
};

export function asksOf(here: Here, written: Written): readonly HttpAsk[] {
  const { steps } = written;
  if (steps === undefined) {
    const ask = askOf(here, written);
    return ask === undefined ? [] : [ask];
  }
  for (const key of OF_ONE)
    if (written[key] !== undefined)
      complainOf(here, key, `\`${key}\` and \`steps\` do not go together`, 'put it into a step');
  return steps.flatMap((step, index) => askOf(inside(here, 'steps', index), step) ?? []);
}
