/** What a probe does on a page, proved. */

import type { Probe, PageAct } from './probe.ts';
import type { WrittenAsk, WrittenProbe } from './probe-schema.ts';
import { askOf, complain, complainOf, inside, valueOf, type Here } from './prove-asks.ts';
import { asksOf } from './prove-requests.ts';

type Page = Pick<
  Extract<Probe, { kind: 'page' }>,
  'kind' | 'path' | 'status' | 'acts' | 'followsRedirects' | 'or'
>;

export function pageOf(here: Here, path: string, written: WrittenProbe): Page {
  const { expect, steps = [], or, redirects } = written;
  const first = expectOf(inside(here, 'expect'), expect);
  const acts = steps.flatMap((step, index) => actOf(inside(here, 'steps', index), step) ?? []);
  const asks = or === undefined ? undefined : insteadOf(here, path, or);
  return {
    ...{ kind: 'page', path, followsRedirects: redirects === 'follow' },
    ...(expect?.status !== undefined && { status: expect.status }),
    acts: [...(first === undefined ? [] : [first]), ...acts],
    ...(asks !== undefined && { or: asks }),
  };
}

function insteadOf(here: Here, path: string, or: NonNullable<WrittenProbe['or']>) {
  const there = inside(here, 'or');
  if (or !== 'http') return asksOf(there, or);
  const ask = askOf(there, { http: `GET ${path}` });
  return ask === undefined ? [] : [ask];
}

function expectOf(here: Here, written: WrittenAsk['expect']): PageAct | undefined {
  if (written === undefined) return undefined;
  const { selector, text } = written;
  for (const key of ['json', 'within'] as const)
    if (written[key] !== undefined)
      complainOf(here, key, `\`${key}\` belongs to a request`, 'a page is judged by what is seen');
  if (selector !== undefined)
    return { kind: 'expect', selector, ...(text !== undefined && { text }) };
  return text === undefined ? undefined : { kind: 'expect', selector: 'body', text };
}

const ACTS = ['click', 'fill', 'expect'] as const;
const NOT_HERE = ['http', 'headers', 'bearer', 'body', 'save', 'redirects'] as const;

function actOf(here: Here, step: WrittenAsk): PageAct | undefined {
  for (const key of NOT_HERE)
    if (step[key] !== undefined)
      complainOf(here, key, `\`${key}\` belongs to a request`, 'a page has click, fill and expect');
  const [act, other] = ACTS.filter((key) => step[key] !== undefined);
  if (act === undefined || other !== undefined) {
    complain(here, 'a step on a page does one thing', 'click, fill or expect');
    return undefined;
  }
  if ((act === 'fill') !== (step.with !== undefined)) {
    complain(here, '`fill` and `with` go together', 'write { fill: "#task", with: hello }');
    return undefined;
  }
  if (act === 'click') return { kind: 'click', selector: step.click! };
  if (act === 'fill') return { kind: 'fill', selector: step.fill!, with: valueOf(step.with!) };
  const seen = expectOf(inside(here, 'expect'), step.expect);
  if (seen === undefined) complain(here, 'nothing is expected here', 'name a selector or a text');
  if (step.expect?.status !== undefined)
    complainOf(inside(here, 'expect'), 'status', 'a step on a page has no status');
  return seen;
}
