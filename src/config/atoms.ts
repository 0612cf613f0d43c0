/**
 * Schemas for scalars. The YAML door hands over text, so every type is made here, with a message that says
 * what was expected. `json` is how an editor's JSON Schema sees the same scalar.
 */

import { z } from 'zod';

/** What `z.toJSONSchema` shall print for a schema below; read by `json-schema.ts`. */
export const editorTypes = z.registry<{ json: Record<string, unknown> }>();

function seen<T extends z.ZodType>(schema: T, json: Record<string, unknown>): T {
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

export const text = seen(
  z
    .string({ error: refused('expected text') })
    .min(1, 'expected text, got nothing')
    .max(2000),
  {
    type: 'string',
  },
);

/** Text where an editor may also see a bare number or boolean: `tests_failed: 0`. */
export const scalar = seen(z.string({ error: refused('expected a value') }).max(2000), {
  type: ['string', 'number', 'boolean'],
});

export const id = seen(
  z.string({ error: refused('expected a name') }).regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, {
    error: refused('expected a name of letters, digits, `_`, `-` or `.`, 64 at most'),
  }),
  { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,63}$' },
);

export const flag = seen(
  z
    .string({ error: refused('expected true or false') })
    .regex(/^(true|false)$/, { error: refused('expected true or false') })
    .transform((value) => value === 'true'),
  { type: 'boolean' },
);

export const wholeNumber = seen(
  z
    .string({ error: refused('expected a whole number') })
    .regex(/^\d{1,9}$/, { error: refused('expected a whole number') })
    .transform(Number),
  { type: 'integer', minimum: 0 },
);

/** Five fields: minute, hour, day of month, month, day of week. */
export const cron = seen(
  z.string({ error: refused('expected a cron expression') }).regex(CRON, {
    error: refused('expected a cron expression of five fields such as `0 * * * *`'),
  }),
  { type: 'string' },
);

/** Milliseconds, from `30s`, `5m`, `1h`. */
export const duration = seen(
  z
    .string({ error: refused('expected a duration such as 30s or 5m') })
    .regex(/^[1-9]\d{0,5}(ms|s|m|h)$/, { error: refused('expected a duration such as 30s or 5m') })
    .transform((value) => {
      const [, digits, unit] = /^(\d+)(.+)$/.exec(value)!;
      return (
        Number(digits) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit as 'ms' | 's' | 'm' | 'h']
      );
    }),
  { type: 'string', pattern: '^[1-9][0-9]{0,5}(ms|s|m|h)$' },
);

/** Bytes, from `64 MiB`, `5MB`. */
export const size = seen(
  z
    .string({ error: refused('expected a size such as 64MiB') })
    .regex(/^[1-9]\d{0,5} ?(B|KB|MB|GB|KiB|MiB|GiB)$/, {
      error: refused('expected a size such as 64MiB'),
    })
    .transform((value) => {
      const [, digits, unit] = /^(\d+) ?(.+)$/.exec(value)!;
      const factor = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
      return Number(digits) * factor[unit as keyof typeof factor];
    }),
  { type: 'string', pattern: '^[1-9][0-9]{0,5} ?(B|KB|MB|GB|KiB|MiB|GiB)$' },
);

/** A share 0..1, from `20%`. */
export const percent = seen(
  z
    .string({ error: refused('expected a percentage such as 20%') })
    .regex(/^\d{1,3}(\.\d{1,3})?%$/, { error: refused('expected a percentage such as 20%') })
    .transform((value) => Number((Number(value.slice(0, -1)) / 100).toFixed(6)))
    .refine((share) => share <= 1, 'expected at most 100%'),
  { type: 'string', pattern: '^[0-9]{1,3}(\\.[0-9]{1,3})?%$' },
);

/** A relative path that stays inside the project. */
export const innerPath = seen(
  z
    .string({ error: refused('expected a path') })
    .min(1, 'expected a path, got nothing')
    .max(500)
    .refine((value) => !/^([/\\]|[A-Za-z]:)/.test(value) && !value.split(/[/\\]/).includes('..'), {
      error: refused('expected a path inside the project'),
    }),
  { type: 'string' },
);

export const oneOf = <const T extends readonly [string, ...string[]]>(...names: T) =>
  z.enum(names, { error: (issue) => `expected ${list(names)}, got ${shown(issue.input)}` });

function list(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`;
}
