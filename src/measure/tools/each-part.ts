/** Several runs of one tool joined to a single measurement: one tsconfig, or one batch of files, at a time. */

import path from 'node:path';
import type { Measurement, RunContext } from '../runner.ts';
import { hasNumbers } from '../tool.ts';

export interface Parts<T> {
  readonly parts: readonly T[];
  /** Names a part in the reason when it could not be measured. */
  readonly label: (part: T) => string;
  readonly run: (part: T, context: RunContext) => Promise<Measurement>;
  /** Of at least two measurements, all with numbers. */
  readonly join: (measurements: readonly Measurement[]) => Measurement;
}

/**
 * Each run gets a folder of its own. The first that yields no numbers decides, for a part is not the whole; only
 * parts in which there is nothing to measure are passed over.
 */
export async function measureEach<T>(
  context: RunContext,
  { parts, label, run, join }: Parts<T>,
): Promise<Measurement> {
  const measured: Measurement[] = [];
  let empty: Measurement | undefined;
  for (const [index, part] of parts.entries()) {
    if (parts.length === 1) return run(part, context);
    const workDir = path.join(context.workDir, String(index + 1));
    const measurement = await run(part, { ...context, workDir });
    if (measurement.state === 'nothing_measured') empty ??= measurement;
    else if (hasNumbers(measurement)) measured.push(inFolder(measurement, index + 1));
    else return { ...measurement, why: `${label(part)}: ${measurement.why ?? measurement.state}` };
  }
  const [first] = measured;
  if (first === undefined) return empty ?? nothing;
  return measured.length === 1 ? first : { ...join(measured), ...joinedEvidence(measured) };
}

const nothing: Measurement = {
  state: 'nothing_measured',
  why: 'there is nothing to measure',
  metrics: {},
  findings: [],
};

function inFolder(measurement: Measurement, folder: number): Measurement {
  const { evidence } = measurement;
  if (evidence?.report === undefined) return measurement;
  return { ...measurement, evidence: { ...evidence, report: `${folder}/${evidence.report}` } };
}

/** The command of the first stands for all, the times add up. */
function joinedEvidence(measured: readonly Measurement[]): Pick<Measurement, 'evidence'> {
  const all = measured.flatMap(({ evidence }) => evidence ?? []);
  const [first] = all;
  if (first === undefined) return {};
  const durationMs = all.reduce((sum, evidence) => sum + (evidence.durationMs ?? 0), 0);
  return { evidence: { ...first, durationMs } };
}
