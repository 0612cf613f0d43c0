/** The config `nemesis init` writes: today's numbers as the floor, so that it can only get better. Pure. */

import { formatValue, limitsOf, type Datum } from '../language/index.ts';
import type { Agent, GateName, Sentence } from '../judge/agent.ts';
import { typeScope } from '../judge/catalogue.ts';
import type { CheckResult } from '../pipeline/result.ts';

interface Line {
  readonly text: string;
  readonly comment: string;
}

/** @param today `2026-11-23`, for the first line */
export function startingConfig(
  result: CheckResult,
  agents: readonly Agent[],
  today: string,
): string {
  const sentences = agents.flatMap((agent) => agent.sentences);
  const floors = [
    ...new Map(sentences.flatMap((s) => floorOf(s, result)).map((f) => [f.metric, f])).values(),
  ];
  const observed = result.verdicts
    .filter(({ kind }) => kind === 'blocked' || kind === 'undecided')
    .map(({ gate, kind }) => ({ gate, kind }));
  return [
    `# Written by \`nemesis init\` on ${today}, from what this repository measures today.`,
    '# Every line may be changed; `nemesis gates:list` shows what is in force.',
    `service: ${serviceName(result.service)}`,
    'extends: nemesis/recommended',
    ...section(
      'mode',
      modeLines(observed),
      'a gate in `observe` is reported in full and never fails; enforce it when it is green',
    ),
    ...section('limits', floors.map(limitLine), "today's numbers: the floor from now on"),
    ...section(
      'levels',
      floors.filter(({ level }) => level === 'warn').map(levelLine),
      'falling below the floor blocks',
    ),
    ...toleranceLines(result),
    '',
  ].join('\n');
}

function section(name: string, lines: readonly Line[], about: string): string[] {
  if (lines.length === 0) return [];
  const width = Math.max(...lines.map(({ text }) => text.length));
  const body = lines.map(({ text, comment }) =>
    comment === '' ? `  ${text}` : `  ${text.padEnd(width)} # ${comment}`,
  );
  return ['', `# ${about}`, `${name}:`, ...body];
}

function modeLines(observed: readonly { gate: GateName; kind: string }[]): Line[] {
  return observed.map(({ gate, kind }) => ({ text: `${gate}: observe`, comment: `${kind} today` }));
}

interface Floor {
  readonly metric: string;
  readonly limit: string;
  readonly shown: string;
  readonly asked: string;
  readonly level: Sentence['level'];
}

/** A check whose number may drift gets today's value as its limit; facts (`== 0`) stay as they are. */
function floorOf(sentence: Sentence, result: CheckResult): Floor[] {
  if (sentence.role !== 'check') return [];
  const limits = limitsOf(sentence.expr, typeScope(result.catalogue, sentence.sections));
  const [limit] = limits;
  if (limit === undefined || limits.length !== 1 || limit.op === '==' || limit.op === '!=')
    return [];
  const reading = result.readings.get(limit.metric);
  const entry = result.catalogue.get(limit.metric);
  if (reading?.kind !== 'measured' || entry === undefined) return [];
  const { dimension } = entry;
  const safe = writeLimit(reading.value, dimension, limit.op);
  if (safe === undefined) return [];
  const fails = result.verdicts
    .flatMap((verdict) => verdict.sentences)
    .some((judged) => judged.sentence.place === sentence.place && judged.standing.kind === 'bad');
  // A count that holds keeps the room the preset gives it; a share is pinned where it stands.
  if (!fails && dimension !== 'ratio') return [];
  return [
    {
      metric: limit.metric,
      limit: safe,
      shown: formatValue(reading.value, dimension),
      asked: limit.text,
      level: sentence.level,
    },
  ];
}

/** Today's value as a limit it meets, rounded away from it by less than one unit. */
function writeLimit(value: Datum, dimension: string, op: string): string | undefined {
  if (dimension === 'state' || dimension === 'version') return String(value);
  if (typeof value !== 'number') return undefined;
  const lower = op === '>=' || op === '>';
  if (dimension === 'ratio') {
    const below = Math.floor(value * 100 + 1e-9);
    const above = Math.ceil(value * 100 - 1e-9);
    return `${op === '<' ? below + 1 : op === '>' ? above - 1 : lower ? below : above}%`;
  }
  // In steps of 100 KB, so that the next small change does not fail.
  if (dimension === 'bytes') return `${Math.ceil(value / 1e5) / 10}MB`;
  if (dimension === 'count') return String(op === '<' ? value + 1 : op === '>' ? value - 1 : value);
  return undefined;
}

const limitLine = ({ metric, limit, shown, asked }: Floor): Line => ({
  text: `${metric}: ${limit}`,
  comment: `today ${shown}; nemesis/strict asks ${asked}`,
});

const levelLine = ({ metric }: Floor): Line => ({ text: `${metric}: block`, comment: '' });

/** Absences met today, commented out: accepting one is a decision, not a default. */
function toleranceLines(result: CheckResult): string[] {
  const absent = result.runners.filter(
    ({ measurement }) => measurement.state === 'backend_unavailable',
  );
  if (absent.length === 0) return [];
  return [
    '',
    '# Not measured today. To accept that openly (the answer is then at most *caution*), remove the `#`:',
    '# tolerate:',
    ...absent.map(({ id, measurement }) => `#   ${id}: [${measurement.state}]`),
  ];
}

/** A name the schema takes, from a folder or package name. */
function serviceName(name: string): string {
  const plain = name
    .replace(/^@[^/]*\//, '')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z]+/, '');
  return plain.slice(0, 64) || 'service';
}
