/** The shape of an environment's `metrics`: who tells which number, and how it is asked. */

import * as z from 'zod/mini';
import { editorTypes, id, oneOf, optional, scalar, text, wait } from './atoms.ts';
import { SOURCE_METRICS } from './environment.ts';

const ADDRESS = /^https?:\/\/[^\s/?#@{}]+(?:\/[^\s#]*)?$/;
const addressError = {
  error: 'expected an address such as http://127.0.0.1:9090, without a name and password',
};
const address = z.string(addressError).check(z.maxLength(2000), z.regex(ADDRESS, addressError));

const pathError = { error: 'expected a path in the answer such as data.p95' };
const valuePath = z
  .string(pathError)
  .check(z.regex(/^[^\s.]{1,100}(?:\.[^\s.]{1,100}){0,20}$/, pathError));

const words = z.array(scalar).check(z.minLength(1, 'expected at least one word'), z.maxLength(100));

const source = z.strictObject({
  prometheus: optional(address, 'Address of a Prometheus server'),
  query: optional(text, 'PromQL with "{{release}}" in a quoted string'),
  label: optional(id, 'Of error_types: the label that names the type; type by default'),
  lag: optional(wait, 'What is newer is not complete yet; nothing by default'),
  http: optional(address, 'An address that answers JSON, with {{release}} in its path or query'),
  value: optional(valuePath, 'Where the number stands in that JSON: data.p95'),
  samples: optional(valuePath, 'Where the number of requests behind it stands'),
  command: optional(
    z.union([text, words], { error: 'expected a command, or a list of its words' }),
    'Prints the number as JSON',
  ),
  timeout: optional(wait, 'Longest time for an answer; 5s by default'),
});

export const metrics = z.partialRecord(oneOf(...SOURCE_METRICS), source, {
  error: `expected metrics, each with its source; metrics are ${SOURCE_METRICS.join(', ')}`,
});

const PER_SECOND: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };
const RATE = /^(\d{1,9}(?:\.\d{1,3})?) ?req\/(s|min|h)$/;
const rateError = { error: 'expected a rate such as 100 req/s' };
export const expectedTraffic = z.pipe(
  z.string(rateError).check(z.regex(RATE, rateError)),
  z.transform((written) => {
    const [, amount, unit = 's'] = RATE.exec(written) ?? [];
    return Number(amount) / (PER_SECOND[unit] ?? 1);
  }),
);
editorTypes.add(expectedTraffic, { json: { type: 'string', pattern: RATE.source } });

export type WrittenSource = z.output<typeof source>;
