/**
 * Takes tokens out of what a tool said, before anybody sees or keeps it: the shapes that are well known, and the
 * values of the variables that hold secrets here, however they were written down.
 */

import type { Finding } from '../judge/finding.ts';
import { withoutEncoded } from './encoded-secrets.ts';
import type { Evidence, Measurement, MetricValue } from './runner.ts';
import { REDACTED, withoutShapes } from './secret-shapes.ts';

export type Redact = (text: string) => string;

type Environment = Readonly<Record<string, string | undefined>>;

/** What takes the secrets of this environment, and every token of a known shape, out of a text. */
export function redactor(env: Environment, secrets: readonly string[]): Redact {
  return withoutValues(secretValues(env, secrets));
}

/** What takes these out of a text, and every token of a known shape. */
export function redactorOf(secrets: readonly string[]): Redact {
  const long = secrets.filter(({ length }) => length >= SHORTEST);
  return withoutValues([...new Set(long.flatMap(escaped))].sort((a, b) => b.length - a.length));
}

/**
 * What takes them out of a whole document of nemesis' own. A value that is but a word stays: it may be the name of a
 * metric or of a part of the document.
 */
export function documentRedactor(env: Environment, secrets: readonly string[]): Redact {
  const values = secretValues(env, secrets).filter((value) => !/^[A-Za-z_.]*$/.test(value));
  return withoutValues(values);
}

function withoutValues(values: readonly string[]): Redact {
  const plainly: Redact = (text) => {
    let known = text;
    for (const value of values) known = known.replaceAll(value, () => REDACTED);
    return withoutShapes(known);
  };
  return (text) => withoutEncoded(plainly(text), (decoded) => plainly(decoded) !== decoded);
}

const SHORTEST = 8;
const SHORTEST_LINE = 16;
const SOUNDS_SECRET =
  /TOKEN|SECRET|PASSW(?:OR)?D|PASSPHRASE|CREDENTIAL|(?:API|ACCESS|PRIVATE|SIGNING|ENCRYPTION)_?KEY|_(?:PWD|PASS)$/i;
const PASSWORD_OF = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/]+)@/i;
const PATH = /^(?:(?:~|\.{0,2})\/[^\s/+=]+[/.][^\s+=]*|[A-Za-z]:[\\/].*)$/;

/** The longest first: one may hold another. */
function secretValues(env: Environment, secrets: readonly string[]): readonly string[] {
  const listed = new Set(secrets);
  const values = Object.entries(env).flatMap(([name, value = '']) => {
    const isSecret = listed.has(name) || (SOUNDS_SECRET.test(name) && !PATH.test(value));
    return [...(isSecret ? [value, ...linesOf(value)] : []), ...passwordIn(value)];
  });
  const long = values.map((value) => value.trim()).filter(({ length }) => length >= SHORTEST);
  return [...new Set(long.flatMap(spellings))].sort((a, b) => b.length - a.length);
}

/** `DATABASE_URL`: the password may be shown without its address, and as it is meant. */
function passwordIn(address: string): readonly string[] {
  const password = PASSWORD_OF.exec(address)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** A message may show a part of a value with several lines. */
function linesOf(value: string): readonly string[] {
  const lines = value.trim().split(/[\r\n]+/);
  return lines.length === 1 ? [] : lines.filter(({ length }) => length >= SHORTEST_LINE);
}

/** As it is, and as JSON and XML write it. */
function escaped(value: string): readonly string[] {
  const tags = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = tags.replaceAll('"', '&quot;');
  const apostrophes = [quoted.replaceAll("'", '&#39;'), quoted.replaceAll("'", '&apos;')];
  return [value, JSON.stringify(value).slice(1, -1), tags, quoted, ...apostrophes];
}

/** Also as addresses write it, and as bytes are written down. */
function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const hex = bytes.toString('hex');
  const address = encodeURIComponent(value.toWellFormed());
  return [
    ...escaped(value),
    ...[address, address.replaceAll('%20', '+'), hex, hex.toUpperCase()],
    ...[0, 1, 2].flatMap((offset) => inBase64(bytes, offset)),
  ];
}

/**
 * Base64 packs three bytes into four letters, so a value inside a longer text has three spellings. Only the letters
 * that no neighbour can change are looked for; both alphabets.
 */
function inBase64(bytes: Buffer, offset: number): readonly string[] {
  const before = offset === 0 ? 0 : offset + 1;
  const after = [0, 2, 1][(bytes.length + offset) % 3]!;
  const letters = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  // The last letter is shared with whatever follows, unless the bytes end with it.
  const sure = letters.slice(before, after === 0 ? undefined : -1);
  return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')];
}

/** All words in a measurement that come from outside; numbers and states are as they were. */
export function redactMeasurement(measurement: Measurement, redact: Redact): Measurement {
  const { why, help, summary, evidence, findings, metrics } = measurement;
  return {
    ...measurement,
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, value]) => [name, redactReason(value, redact)]),
    ),
    findings: findings.map((finding) => redactFinding(finding, redact)),
    ...(why === undefined ? {} : { why: redact(why) }),
    ...(help === undefined ? {} : { help: redact(help) }),
    ...(summary === undefined ? {} : { summary: redact(summary) }),
    ...(evidence === undefined ? {} : { evidence: redactEvidence(evidence, redact) }),
  };
}

function redactReason(value: MetricValue, redact: Redact): MetricValue {
  if (typeof value !== 'object') return value;
  if ('missing' in value) return { ...value, missing: redact(value.missing) };
  return 'notApplicable' in value ? { notApplicable: redact(value.notApplicable) } : value;
}

function redactFinding(finding: Finding, redact: Redact): Finding {
  const { message, rule, file } = finding;
  return {
    ...finding,
    message: redact(message),
    rule: redact(rule),
    ...(file === undefined ? {} : { file: redact(file) }),
  };
}

function redactEvidence(evidence: Evidence, redact: Redact): Evidence {
  const { argv, tail } = evidence;
  return {
    ...evidence,
    ...(argv === undefined ? {} : { argv: argv.map(redact) }),
    ...(tail === undefined ? {} : { tail: redact(tail) }),
  };
}
