/**
 * Schemas for scalars. The YAML door hands over text, so every type is made here, with a message that says
 * what was expected. `json` is how an editor's JSON Schema sees the same scalar.
 */

import * as z from 'zod/mini';

/** What `z.toJSONSchema` shall print for a schema below; read by `json-schema.ts`. */
export const editorTypes = z.registry<{ json: Record<string, unknown> }>();

function seen<T extends z.ZodMiniType>(schema: T, json: Record<string, unknown>): T {
  editorTypes.add(schema, { json });
  return schema;
}

const refused = (expected: string) => (issue: { input?: unknown }) =>
  `${expected}, got ${shown(issue.input)}`;

function shown(input: unknown): string {
  if (typeof input === 'string') return input === '' ? 'nothing' : `\`${input.slice(0, 60)}\``;
  return Array.isArray(input) ? 'a list' : 'a mapping';
}

const CRON_FIELD = String.raw`(?:\*|[0-9A-Za-z]{1,5}(?:-[0-9A-Za-z]{1,5})?)(?:\/[0-9]{1,5})?`;
const CRON = new RegExp(`^(?:${CRON_FIELD}(?:,${CRON_FIELD})*(?: +(?=\\S)|$)){5}$`);

/** Text of one form, and what it means. */
function form<T>(expected: string, pattern: RegExp, meaning: (written: string) => T) {
  const error = refused(`expected ${expected}`);
  const written = z.string({ error }).check(z.regex(pattern, { error }));
  return z.pipe(written, z.transform(meaning));
}

export const text = seen(
  z
    .string({ error: refused('expected text') })
    .check(z.minLength(1, 'expected text, got nothing'), z.maxLength(2000)),
  { type: 'string' },
);

/** Text where an editor may also see a bare number or boolean: `tests_failed: 0`. */
export const scalar = seen(
  z.string({ error: refused('expected a value') }).check(z.maxLength(2000)),
  { type: ['string', 'number', 'boolean'] },
);

const isName = (value: string) => value.length <= 64 && /^[A-Za-z][A-Za-z0-9_.-]*$/.test(value);

export const id = seen(
  z.string({ error: refused('expected a name') }).check(
    z.refine(isName, {
      error: refused('expected a name of letters, digits, `_`, `-` or `.`, 64 at most'),
    }),
  ),
  { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,63}$' },
);

export const wholeNumber = seen(form('a whole number', /^\d{1,9}$/, Number), {
  type: 'integer',
  minimum: 0,
});

/** A whole number within bounds. */
export const numberFrom = (least: number, most: number) =>
  seen(
    z.pipe(
      z.string({ error: refused(`expected a number from ${least} to ${most}`) }).check(
        z.refine((given) => isWithin(given, least, most), {
          error: refused(`expected a number from ${least} to ${most}`),
        }),
      ),
      z.transform(Number),
    ),
    { type: 'integer', minimum: least, maximum: most },
  );

const isWithin = (given: string, least: number, most: number) =>
  /^\d{1,9}$/.test(given) && Number(given) >= least && Number(given) <= most;

export const truth = seen(
  form('true or false', /^(?:true|false)$/, (written) => written === 'true'),
  { type: 'boolean' },
);

const isVariable = (value: string) => /^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(value);

/** The name of an environment variable. */
export const variable = seen(
  z.string({ error: refused('expected the name of a variable') }).check(
    z.refine(isVariable, {
      error: refused('expected the name of a variable, of letters, digits and `_`'),
    }),
  ),
  { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]{0,199}$' },
);

const isEnvironmentName = (value: string) => /^[A-Za-z0-9][\w.-]{0,63}$/.test(value);

export const environmentName = seen(
  z.string({ error: refused('expected the name of an environment') }).check(
    z.refine(isEnvironmentName, {
      error: refused(
        'expected the name of an environment, of letters, digits, `_`, `-` and `.`, 64 at most',
      ),
    }),
  ),
  { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' },
);

export const jobCount = seen(form('a number from 1 to 64', /^([1-9]|[1-5]\d|6[0-4])$/, Number), {
  type: 'integer',
  minimum: 1,
  maximum: 64,
});

/** Five fields: minute, hour, day of month, month, day of week. */
export const cron = seen(
  z.string({ error: refused('expected a cron expression') }).check(
    z.regex(CRON, {
      error: refused('expected a cron expression of five fields such as `0 * * * *`'),
    }),
  ),
  { type: 'string' },
);

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds, from `30s`, `5m`, `1h`. */
export const duration = seen(
  form('a duration such as 30s or 5m', /^[1-9]\d{0,5}(ms|s|m|h)$/, (written) =>
    inUnits(written, MILLISECONDS),
  ),
  { type: 'string', pattern: '^[1-9][0-9]{0,5}(ms|s|m|h)$' },
);

/** A duration somebody waits for: no timer takes more than 24 days, and no person more than one. */
export const wait = duration.check(z.refine((ms) => ms <= 86_400_000, 'expected at most 24h'));
editorTypes.add(wait, { json: { type: 'string', pattern: '^[1-9][0-9]{0,5}(ms|s|m|h)$' } });

const BYTES: Readonly<Record<string, number>> = {
  ...{ B: 1, KB: 1e3, MB: 1e6, GB: 1e9 },
  ...{ KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
};

/** Bytes, from `64 MiB`, `5MB`. */
export const size = seen(
  form('a size such as 64MiB', /^[1-9]\d{0,5} ?(B|KB|MB|GB|KiB|MiB|GiB)$/, (written) =>
    inUnits(written, BYTES),
  ),
  { type: 'string', pattern: '^[1-9][0-9]{0,5} ?(B|KB|MB|GB|KiB|MiB|GiB)$' },
);

function inUnits(written: string, units: Readonly<Record<string, number>>): number {
  const [, digits, unit = ''] = /^(\d+) ?(.+)$/.exec(written) ?? [];
  return Number(digits) * (units[unit] ?? NaN);
}

/** A share 0..1, from `20%`. */
export const percent = seen(
  form('a percentage such as 20%', /^\d{1,3}(\.\d{1,3})?%$/, (written) =>
    Number((Number(written.slice(0, -1)) / 100).toFixed(6)),
  ).check(z.refine((share) => share <= 1, 'expected at most 100%')),
  { type: 'string', pattern: '^[0-9]{1,3}(\\.[0-9]{1,3})?%$' },
);

const isInner = (value: string) =>
  !/^([/\\]|[A-Za-z]:)/.test(value) && !value.split(/[/\\]/).includes('..');

/** A relative path that stays inside the project. */
export const innerPath = seen(
  z
    .string({ error: refused('expected a path') })
    .check(
      z.minLength(1, 'expected a path, got nothing'),
      z.maxLength(500),
      z.refine(isInner, { error: refused('expected a path inside the project') }),
    ),
  { type: 'string' },
);

/** A key that may be left out, with what an editor says about it. */
export const optional = <T extends z.ZodMiniType>(schema: T, about: string) =>
  z.optional(schema).check(z.describe(about));

export const oneOf = <const T extends readonly [string, ...string[]]>(...names: T) =>
  z.enum(names, { error: (issue) => `expected ${list(names)}, got ${shown(issue.input)}` });

function list(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`;
}
