/** `nemesis deploy:status`: what serves where, what runs, what is wrong and who holds the lock. */

import { fail, ok, type Result } from '../../failure.ts';
import { statusText, type StatusOf } from '../../report/history-text.ts';
import { environmentOption, lineOption } from '../history-options.ts';
import { warnOfBreaks } from '../history-streams.ts';
import { openHistoryOf, withHistory, type History } from '../history.ts';
import type { Io } from '../io.ts';
import { openSession } from '../session.ts';
import { statusOf } from '../status.ts';
import { failed } from '../store-failure.ts';
import { watch, type Seen } from '../watch.ts';
import { textOption, type CommandInput, type RunCommand } from './command.ts';

interface Asked {
  readonly service: string | undefined;
  readonly env: string | undefined;
}

export const run: RunCommand = async (input) => {
  const { io, options } = input;
  const env = environmentOption(options);
  if (!env.ok) return failed(env.failure);
  const service = lineOption(options, 'service');
  if (!service.ok) return failed(service.failure);
  const asked = { service: service.value, env: env.value };
  if (options['watch'] === true) return await watchStatus(input, asked);
  return await withHistory(input, 'read', async (history) => {
    await warnOfBreaks(history, io, asked);
    const name = asked.service ?? history.service;
    const all = await statusOf(history, { service: name, env: asked.env }, io.now());
    if (!all.ok) return failed(all.failure);
    if (options['json'] === true) io.out(`${JSON.stringify(jsonOf(name, all.value), null, 2)}\n`);
    else io.out(textOf(name, all.value, io.now()));
    return { kind: 'yes' };
  });
};

/** Opened anew for each look, so that a store that comes, goes and comes back is no reason to end. */
async function watchStatus({ io, parts, options }: CommandInput, asked: Asked) {
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return failed(session.failure);
  return await watch(io, options['json'] === true, async () => {
    const history = await openHistoryOf(session.value, io, parts, 'read');
    if (!history.ok) return fail(history.failure.failure);
    try {
      return await seenIn(history.value, asked, io);
    } finally {
      await history.value.store.close();
    }
  });
}

async function seenIn(history: History, asked: Asked, io: Io): Promise<Result<Seen>> {
  let complaints = '';
  await warnOfBreaks(history, { ...io, err: (text) => (complaints += text) }, asked);
  const name = asked.service ?? history.service;
  const all = await statusOf(history, { service: name, env: asked.env }, io.now());
  if (!all.ok) return all;
  return ok({
    key: complaints + JSON.stringify(all.value, withoutTime),
    text: textOf(name, all.value, io.now()),
    json: JSON.stringify(jsonOf(name, all.value)),
    complaints,
  });
}

/** What moves on by itself while nothing happens. */
const MOVING = new Set(['running_ms', 'in_stage_ms', 'so_far_ms', 'heartbeatAt', 'expiresAt']);

function withoutTime(key: string, value: unknown): unknown {
  return MOVING.has(key) ? undefined : value;
}

function jsonOf(service: string, all: readonly StatusOf[]) {
  const environments = all.map(({ stream, current, ...more }) => {
    return { environment: stream.environment, ...current, ...more };
  });
  return { schema: 'nemesis.status/1', service, environments };
}

function textOf(service: string, all: readonly StatusOf[], now: number): string {
  if (all.length === 0) return `no data: nothing is recorded of ${service}\n`;
  return all.map((one) => statusText(one, now)).join('\n');
}
