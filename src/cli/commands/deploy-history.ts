/** `nemesis deploy:history`: the last deployments and rollbacks, newest first. */

import { fail, ok, type Result } from '../../failure.ts';
import { environmentOption, isoTime, lineOption, spanOf } from '../history-options.ts';
import { warnOfBreaks } from '../history-streams.ts';
import { withConfiguredHistory } from '../history.ts';
import { failed, usage } from '../store-failure.ts';
import { textOption, type CommandInput, type RunCommand } from './command.ts';

const MOST = 1000;

interface Asked {
  readonly last: number;
  readonly since: number;
  readonly service: string | undefined;
  readonly env: string | undefined;
}

export const run: RunCommand = (input) => {
  const { io, options } = input;
  const asked = askedIn(input);
  if (!asked.ok) return Promise.resolve(failed(asked.failure));
  const { last, since, env } = asked.value;
  return withConfiguredHistory(input, 'read', async (history) => {
    await warnOfBreaks(history, io, asked.value);
    const service = asked.value.service ?? history.service;
    const found = await history.store.deployments({
      service,
      environment: env,
      since,
      limit: last,
    });
    if (!found.ok) return failed(history.told(found.failure));
    const deployments = found.value;
    if (options['json'] === true) {
      const result = { schema: 'nemesis.history/1', service, deployments };
      io.out(`${JSON.stringify(result, null, 2)}\n`);
    } else if (deployments.length === 0)
      io.out(`no data: no deployment of ${service} is recorded\n`);
    else {
      const { deploymentsText } = await import('../../report/history-text.ts');
      io.out(deploymentsText(deployments, Math.min(Math.max(io.columns, 40), 120)));
    }
    return { kind: 'yes' };
  });
};

function askedIn({ options, io }: CommandInput): Result<Asked> {
  const last = textOption(options, 'last') ?? '10';
  if (!/^[1-9]\d{0,3}$/.test(last) || Number(last) > MOST)
    return fail(usage(`--last takes a number from 1 to ${MOST}`, 'write --last 10'));
  const service = lineOption(options, 'service');
  if (!service.ok) return service;
  const env = environmentOption(options);
  if (!env.ok) return env;
  const since = textOption(options, 'since');
  const span = since === undefined ? undefined : spanOf(since);
  const from = since === undefined ? 0 : span === undefined ? isoTime(since) : io.now() - span;
  if (from === undefined)
    return fail(usage('--since takes a date or a span', 'write 2026-01-31, or 7d'));
  return ok({ last: Number(last), since: from, service: service.value, env: env.value });
}
