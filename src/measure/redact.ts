/**
 * Takes tokens out of what a tool said, before anybody sees or keeps it: the shapes that are well known, and the
 * values of the variables that hold secrets here. Every pattern takes time linear in the text, and has an end: a run
 * of millions of letters would break the engine.
 */

import type { Finding } from '../judge/finding.ts';
import type { Evidence, Measurement, MetricValue } from './runner.ts';

export type Redact = (text: string) => string;

type Environment = Readonly<Record<string, string | undefined>>;

const REDACTED = '[redacted]';

/** Where a word begins; in JSON text the letter of an escaped line break stands in front of it. */
const START = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt]))`;

/** Each has a beginning that says what it is, so that none needs to know what stands around it. */
const TOKENS = new RegExp(
  [
    'gh[oprsu]_[A-Za-z0-9]{20,4000}',
    String.raw`github_pat_\w{20,4000}`,
    String.raw`gl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent)-[\w.-]{16,4000}`,
    '(?:AKIA|ASIA)[A-Z0-9]{16}',
    'xox[a-z]-[A-Za-z0-9-]{10,4000}',
    '[rs]k_live_[A-Za-z0-9]{10,4000}',
    String.raw`${START}sk-(?:ant|proj|svcacct|admin|or|None)-[\w-]{16,4000}`,
    `${START}sk-[A-Za-z0-9]{20,4000}`,
    String.raw`AIza[\w-]{30,4000}`,
    'npm_[A-Za-z0-9]{30,4000}',
  ].join('|'),
  'g',
);

const AWS_SECRET =
  /(aws[_.-]?secret[\w.-]{0,30}[^A-Za-z0-9/+]{1,10})[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+])/gi;
const PASSWORD_IN_URL = /(:\/\/[^\s/:@"'\\]{0,1000}:)[^\s/"'\\]{1,4000}@/g;
const DOTTED = /[\w.-]{20,20000}/g;
const KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\w+/=\s:,.()]|\\[\\nrt]|-(?!----)){0,20000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g;
/** What is left of a key whose beginning was cut off. */
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** What takes the secrets of this environment, and every token of a known shape, out of a text. */
export function redactor(env: Environment, secrets: readonly string[]): Redact {
  const values = secretValues(env, secrets);
  return (text) => {
    let known = text;
    for (const value of values) known = known.replaceAll(value, () => REDACTED);
    return withoutKeys(known)
      .replace(AWS_SECRET, `$1${REDACTED}`)
      .replace(TOKENS, REDACTED)
      .replace(DOTTED, withoutJwt)
      .replace(PASSWORD_IN_URL, `$1${REDACTED}@`);
  };
}

const SHORTEST = 8;
const SHORTEST_LINE = 16;
const SOUNDS_SECRET = /TOKEN|SECRET|PASSWORD|API_?KEY/i;
const PATH = /^(?:(?:~|\.{0,2})\/[^\s/+=]+[/.][^\s+=]*|[A-Za-z]:[\\/].*)$/;

/** The longest first: one may hold another. */
function secretValues(env: Environment, secrets: readonly string[]): readonly string[] {
  const listed = new Set(secrets);
  const values = Object.entries(env).flatMap(([name, value = '']) => {
    const isSecret = listed.has(name) || (SOUNDS_SECRET.test(name) && !PATH.test(value));
    return isSecret ? [value, ...linesOf(value)] : [];
  });
  const long = values.map((value) => value.trim()).filter(({ length }) => length >= SHORTEST);
  return [...new Set(long.flatMap(spellings))].sort((a, b) => b.length - a.length);
}

/** A message may show a part of a value with several lines. */
function linesOf(value: string): readonly string[] {
  const lines = value.trim().split(/[\r\n]+/);
  return lines.length === 1 ? [] : lines.filter(({ length }) => length >= SHORTEST_LINE);
}

/** As it is, as JSON, XML and addresses write it, and as bytes are written down. */
function spellings(value: string): readonly string[] {
  const tags = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = tags.replaceAll('"', '&quot;');
  const apostrophes = [quoted.replaceAll("'", '&#39;'), quoted.replaceAll("'", '&apos;')];
  const bytes = Buffer.from(value, 'utf8');
  const hex = bytes.toString('hex');
  const address = encodeURIComponent(value.toWellFormed());
  return [
    ...[value, JSON.stringify(value).slice(1, -1), tags, quoted, ...apostrophes],
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

/** `eyJ….….…`, wherever it begins in a chain of words with dots between them. */
function withoutJwt(chain: string): string {
  if (!chain.includes('eyJ')) return chain;
  const parts = chain.split('.');
  const kept: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]!;
    const at = part.indexOf('eyJ');
    const follows = index + 2 < parts.length && parts[index + 1]!.length >= SHORTEST;
    const isToken = at !== -1 && part.length - at >= SHORTEST && follows;
    kept.push(isToken ? `${part.slice(0, at)}${REDACTED}` : part);
    if (isToken) index += 2;
  }
  return kept.join('.');
}

function withoutKeys(text: string): string {
  const whole = text.replace(KEY, REDACTED);
  let rest = '';
  let done = 0;
  for (const { 0: end, index } of whole.matchAll(KEY_END)) {
    rest += `${whole.slice(done, keyStart(whole, done, index))}${REDACTED}`;
    done = index + end.length;
  }
  return rest + whole.slice(done);
}

/** Back over the lines of letters without a blank between them. */
function keyStart(text: string, from: number, end: number): number {
  let start = end;
  while (start > from && /[A-Za-z0-9+/=\r\n\\]/.test(text[start - 1]!)) start--;
  return start;
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
  if ('missing' in value) return { missing: redact(value.missing) };
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
