/** `nemesis history:import FILE`: takes over what `history:export` wrote; run again, it continues. */

import { open } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Failure, type Result } from '../../failure.ts';
import { importLines, type Imported, type ImportFailure } from '../../history/transfer.ts';
import { headStands } from '../history-streams.ts';
import { withHistory, type History } from '../history.ts';
import { failed, usage } from '../store-failure.ts';
import { plural } from '../../report/text.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => {
  const { io, operands } = input;
  const file = path.resolve(io.cwd, operands[0] ?? '');
  return withHistory(input, 'write', async (history) => {
    const stands = await allStand(history);
    if (!stands.ok) return failed(stands.failure);
    const imported = await importFile(history, file);
    if (!imported.ok) return failed(imported.failure);
    const { events, fresh } = imported.value;
    const known = events === fresh ? '' : `, ${events - fresh} of them were here already`;
    io.out(`read ${plural(events, 'event')}${known}\n`);
    await rememberAll(history);
    return { kind: 'yes' };
  });
};

async function importFile(history: History, file: string): Promise<Result<Imported>> {
  try {
    const handle = await open(file);
    try {
      const imported = await importLines(history.store, handle.readLines());
      return imported.ok ? imported : fail(failureOf(imported.failure, history));
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return fail(usage(`the export cannot be read: ${message}`, 'give the file of history:export'));
  }
}

function failureOf(failure: ImportFailure, { told }: History): Failure {
  const where = `line ${failure.line} of the export`;
  switch (failure.kind) {
    case 'bad_line':
      return usage(`${where}: ${failure.message}`, 'export it again: nemesis history:export');
    case 'broken_chain':
      return usage(
        `${where}: event ${failure.problem.seq} was changed, or does not follow the one before it`,
        'export it again from the history it came from',
      );
    case 'store':
      return told(failure.failure);
  }
}

async function allStand(history: History): Promise<Result<void>> {
  const streams = await history.store.streams();
  if (!streams.ok) return fail(history.told(streams.failure));
  for (const stream of streams.value) {
    const stands = await headStands(history, stream);
    if (!stands.ok) return stands;
  }
  return ok(undefined);
}

/** What cannot be noted is only known less well next time. */
async function rememberAll({ store, heads }: History): Promise<void> {
  const streams = await store.streams();
  if (!streams.ok) return;
  for (const stream of streams.value) {
    const head = await store.head(stream);
    if (!head.ok || head.value === undefined) return;
    try {
      heads.remember(store.name, stream, head.value);
    } catch {
      return;
    }
  }
}
