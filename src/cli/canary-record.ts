/** A verdict of the history with what it was told from. */

import { readRecord } from '../history/folds/read-record.ts';
import type { Evidence } from '../rollout/analysis/evidence.ts';
import type { AnalysisSpec, Answer } from '../rollout/analysis/spec.ts';
import type { CommandInput } from './commands/command.ts';
import type { Ending } from './exit.ts';
import { withHistory } from './history.ts';
import { failed, usage } from './store-failure.ts';

export interface RecordedVerdict {
  readonly spec: AnalysisSpec;
  readonly looks: readonly Evidence[];
  readonly answer: Answer;
}

const BATCH = 500;

/** The latest one of a deployment, by its id or the beginning of it. */
export function recordedVerdict(
  input: CommandInput,
  deployment: string,
  work: (found: RecordedVerdict) => Ending,
): Promise<Ending> {
  return withHistory(input, 'read', async ({ store, told }) => {
    const streams = await store.streams();
    if (!streams.ok) return failed(told(streams.failure));
    let found: RecordedVerdict | undefined;
    for (const stream of streams.value) {
      for (let after = 0; ;) {
        const batch = await store.read(stream, after, BATCH);
        if (!batch.ok) return failed(told(batch.failure));
        for (const event of batch.value) {
          if (event.type !== 'judged') continue;
          const read = readRecord(event);
          if (read.kind !== 'record' || read.record.type !== 'judged') continue;
          const { body } = read.record;
          if (!body.deployment.startsWith(deployment)) continue;
          found = {
            ...(body.analysis as unknown as Omit<RecordedVerdict, 'answer'>),
            answer: body.answer,
          };
        }
        if (batch.value.length < BATCH) break;
        after = batch.value.at(-1)?.seq ?? after;
      }
    }
    if (found !== undefined) return work(found);
    const help = 'nemesis deploy:history --json lists the records';
    return failed(usage(`no verdict of \`${deployment.slice(0, 60)}\` is recorded`, help));
  });
}
