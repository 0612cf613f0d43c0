/** `deploy_sequence`: the batches of a rolling deployment written out. It says nothing new, so it has to agree. */

import { durationText, shareText } from '../judge/written.ts';
import type { Diagnostic } from '../failure.ts';
import { duration, percent } from './atoms.ts';
import { at } from './diagnose.ts';
import type { GateFile } from './gate-schema.ts';
import type { Document } from './yaml.ts';

type Written = NonNullable<GateFile['deployment']>;

export function checkSequence(
  document: Document,
  { deploy_sequence: sequence, batch_size: share, batch_interval: intervalMs }: Written,
  diagnostics: Diagnostic[],
): void {
  if (sequence === undefined || share === undefined || intervalMs === undefined) return;
  const path = ['deployment', 'deploy_sequence'];
  if (typeof sequence === 'string') {
    const message = /^1\.\s/.test(sequence)
      ? '`1. … 2. …` is one long text in YAML, not a list'
      : 'expected a list of steps';
    const help = ['begin each line with a dash: - deploy_batch_1 (25%)'];
    diagnostics.push(at(document.keySpot(path), message, help));
    return;
  }
  const batches = Math.ceil(Number((1 / share).toFixed(6)));
  const count = 2 * batches - 1;
  for (let index = 0; index < Math.max(count, Math.min(sequence.length, count + 1)); index += 1) {
    const wanted = index < count ? expectedAt(index, share, intervalMs) : undefined;
    const written = sequence[index];
    if (wanted !== undefined && written !== undefined && saysTheSame(written, wanted)) continue;
    const spot = written === undefined ? document.keySpot(path) : document.spot([...path, index]);
    const agreed = `as batch_size ${shareText(share)} and batch_interval ${durationText(intervalMs)} say`;
    const message =
      wanted === undefined
        ? `nothing follows the batch that makes 100%, ${agreed}`
        : written === undefined
          ? `the sequence ends before 100%, ${agreed}`
          : `\`${written}\` does not agree: step ${index + 1} is ${textOf(wanted)}, ${agreed}`;
    const help = wanted === undefined ? 'take it out' : `write - ${textOf(wanted)}`;
    diagnostics.push(at(spot, message, [help]));
    return;
  }
}

interface Wanted {
  readonly name: string;
  readonly share?: number;
  readonly ms?: number;
}

function expectedAt(index: number, share: number, intervalMs: number): Wanted {
  if (index % 2 === 1) return { name: 'verify_metrics', ms: intervalMs };
  const batch = index / 2 + 1;
  return {
    name: `deploy_batch_${batch}`,
    share: Math.min(1, Number((batch * share).toFixed(6))),
  };
}

function saysTheSame(written: string, { name, share, ms }: Wanted): boolean {
  const [, writtenName, value] = /^\s*(\w+)\s*\(\s*([^)]*?)\s*\)\s*$/.exec(written) ?? [];
  if (writtenName !== name || value === undefined) return false;
  const parsed = (share === undefined ? duration : percent).safeParse(value, { jitless: true });
  return parsed.success && parsed.data === (share ?? ms);
}

const textOf = ({ name, share, ms }: Wanted) =>
  `${name} (${share === undefined ? durationText(ms ?? 0) : shareText(share)})`;
