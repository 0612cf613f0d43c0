/** The shape of `probes`: one mapping with every key, so that a wrong one is told by its name. `prove-probes.ts` sorts them. */

import * as z from 'zod/mini';
import {
  editorTypes,
  id,
  numberFrom,
  oneOf,
  optional,
  percent,
  scalar,
  text,
  variable,
  wait,
} from './atoms.ts';

const words = z.array(scalar).check(z.minLength(1, 'expected at least one word'), z.maxLength(100));
const command = z.union([text, words], {
  error: 'expected a command such as `node ops/ping.js`, or a list of its words',
});

const value = z.union([scalar, z.strictObject({ env: variable }), z.strictObject({ saved: id })], {
  error: 'expected a value, { env: NAME } or { saved: name }',
});

interface BodyMap {
  [name: string]: Body;
}
type Body = string | Body[] | BodyMap;
const body: z.ZodMiniType<Body, Body> = z.union(
  [
    scalar,
    z.array(z.lazy(() => body)),
    z.record(
      z.string(),
      z.lazy(() => body),
    ),
  ],
  { error: 'expected what is sent as JSON' },
);
editorTypes.add(body, { json: {} });

const REQUEST = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/[^\s#]{0,999}$/;
const requestError = { error: 'expected a request such as `GET /healthz`' };
const request = z.string(requestError).check(z.regex(REQUEST, requestError));

const pathError = { error: 'expected a path such as /dashboard' };
const path = z.string(pathError).check(z.regex(/^\/[^\s#]{0,999}$/, pathError));

const jsonError = {
  error: 'expected paths in a JSON body, each with what stands there, or present',
};
const savedError = { error: 'expected names, each with its path in a JSON body' };

const expected = z.strictObject(
  {
    status: optional(numberFrom(100, 599), 'Any of 200 to 299 by default'),
    json: optional(z.record(z.string(), value, jsonError), 'agents[0].name: present'),
    text: optional(text, 'What the body, or the element, has to hold'),
    selector: optional(text, 'Of a page: an element that has to be seen'),
    within: optional(wait, 'A slower answer is none'),
  },
  { error: 'expected { status, json, text, selector, within }' },
);

const asking = {
  http: optional(request, 'A request below the address: GET /healthz'),
  headers: optional(z.record(text, value), 'Sent with it'),
  bearer: optional(value, 'A token: { env: NAME }, or { saved: name }'),
  body: optional(body, 'Sent as JSON; values may be { env: NAME } or { saved: name }'),
  expect: optional(expected, 'What has to come back; a status of 200 to 299 by default'),
  save: optional(z.record(id, text, savedError), 'Kept for what comes after: token: accessToken'),
  redirects: optional(oneOf('follow'), 'Redirects are not followed unless this says so'),
};

const step = z.strictObject(
  {
    ...asking,
    click: optional(text, 'Of a page: the selector of what is clicked'),
    fill: optional(text, 'Of a page: the selector of a field'),
    with: optional(value, 'What the field is filled with'),
  },
  { error: 'expected a step such as { http: GET /healthz } or { click: button }' },
);
const steps = z
  .array(step, { error: 'expected a list of steps' })
  .check(z.minLength(1, 'expected at least one step'), z.maxLength(50));

const probe = z.strictObject(
  {
    ...asking,
    steps: optional(steps, 'Several requests, or what is done on the page, in order'),
    run: optional(command, 'A command that exits 0 when all is well'),
    page: optional(path, 'A page, opened in Chromium'),
    or: optional(
      z.union(
        [
          z.literal('http'),
          z.strictObject({ ...asking, steps: optional(steps, 'Several requests') }),
        ],
        {
          error: 'expected http, or requests such as { http: GET /dashboard }',
        },
      ),
      'What is asked instead where there is no browser; http is the page itself',
    ),
    needs: optional(
      z.union([id, z.array(id).check(z.maxLength(20))], { error: 'expected names of probes' }),
      'Probes that have to hold first; what they save can be used here',
    ),
    timeout: optional(wait, 'Longest time; 30s by default'),
    not_applicable: optional(text, 'This service has no such path: why'),
  },
  { error: 'expected a probe such as { http: GET /healthz }' },
);

export const ProbesPart = z.record(id, probe, { error: 'expected names, each with its probe' });

/** Limits of a release that has all traffic; `latency_within_sla` and `error_rate_within_sla` go by them. */
export const SlaPart = z.strictObject(
  {
    latency_p50: optional(wait, 'Half of the requests take at most so long'),
    latency_p95: optional(wait, '95 % of the requests take at most so long'),
    latency_p99: optional(wait, '99 % of the requests take at most so long'),
    error_rate: optional(percent, 'At most this share of the requests fails'),
  },
  { error: 'expected limits such as { latency_p95: 500ms, error_rate: 1% }' },
);

export type WrittenProbe = z.output<typeof probe>;
export type WrittenAsk = z.output<typeof step>;
export type WrittenValue = z.output<typeof value>;
export type WrittenBody = Body;
export type WrittenSla = z.output<typeof SlaPart>;
