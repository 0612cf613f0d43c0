/** How far a release has come through the gates, by its records in the environment `-`. Pure. */

import { readRecord } from '../history/folds/read-record.ts';
import type { JournalEvent } from '../history/journal.ts';
import type { RecordBodies, ReleaseRecord } from '../history/records.ts';

type Verdict = RecordBodies['gate_judged']['verdict'];

export const PROGRESS_TYPES = ['pipeline_started', 'gate_judged', 'pipeline_finished'] as const;

export interface Progress {
  readonly pipeline: string;
  readonly release: ReleaseRecord;
  readonly startedAt: number;
  readonly gates: ReadonlyMap<
    string,
    {
      readonly verdict: Verdict;
      readonly at: number;
      readonly reasons: readonly string[];
      /** What was not measured and is tolerated. */
      readonly accepts: readonly string[];
    }
  >;
  /** Undefined while it is under way, or where it was interrupted. */
  readonly ended: RecordBodies['pipeline_finished']['status'] | undefined;
}

/** Every run through the gates, the oldest first. */
export function progressIn(events: Iterable<JournalEvent>): readonly Progress[] {
  const found = new Map<string, Progress>();
  for (const event of events) {
    const read = readRecord(event);
    if (read.kind !== 'record') continue;
    const { type, body } = read.record;
    if (type === 'pipeline_started') {
      const { pipeline, release } = body;
      found.set(pipeline, {
        ...{ pipeline, release, startedAt: event.at, gates: new Map(), ended: undefined },
      });
    } else if (type === 'gate_judged') {
      const known = found.get(body.pipeline);
      if (known === undefined) continue;
      const { gate, verdict, reasons, accepts = [] } = body;
      const judged = { verdict, reasons, accepts, at: event.at };
      const gates = new Map(known.gates).set(gate, judged);
      found.set(body.pipeline, { ...known, gates });
    } else if (type === 'pipeline_finished') {
      const known = found.get(body.pipeline);
      if (known !== undefined) found.set(body.pipeline, { ...known, ended: body.status });
    }
  }
  return [...found.values()];
}

/** What was measured longer ago is measured again. */
export const FRESH_MS = 86_400_000;

/** Did this gate let the release pass, not too long ago? */
export function hasPassed(progress: Progress | undefined, gate: string, now: number): boolean {
  const judged = progress?.gates.get(gate);
  if (judged === undefined || now - judged.at > FRESH_MS) return false;
  return judged.verdict === 'passed' || judged.verdict === 'warned';
}

/** The newest run of exactly this release. */
export function progressOf(
  all: readonly Progress[],
  { version, artifact }: ReleaseRecord,
): Progress | undefined {
  return all.findLast(
    ({ release }) => release.version === version && release.artifact === artifact,
  );
}
