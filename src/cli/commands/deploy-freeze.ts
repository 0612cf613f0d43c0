/** `nemesis deploy:freeze [ENVIRONMENT]`: nothing is deployed there until a person, or a time, ends it. */

import { fail, ok, type Result } from '../../failure.ts';
import { freezeText } from '../../rollout/frozen.ts';
import { harmless } from '../../report/text.ts';
import { actorIn, appendRecords } from '../history-streams.ts';
import { isoTime, neededLine, spanOf } from '../history-options.ts';
import { withHistory, type History } from '../history.ts';
import { failed, usage } from '../store-failure.ts';
import { textOption, type CommandInput, type RunCommand } from './command.ts';

export const run: RunCommand = (input) => {
  const { io, operands, options } = input;
  const reason = neededLine(options, 'reason');
  if (!reason.ok) return Promise.resolve(failed(reason.failure));
  const until = untilIn(options, io.now());
  if (!until.ok) return Promise.resolve(failed(until.failure));
  return withHistory(input, 'write', async (history) => {
    const names = namesIn(history, operands[0]);
    if (!names.ok) return failed(names.failure);
    const by = await actorIn(history.session, io.env);
    for (const environment of names.value) {
      const body = { reason: reason.value, until: until.value };
      const record = { type: 'environment_frozen', body, at: io.now() } as const;
      const noted = await appendRecords(history, environment, io, [record]);
      if (!noted.ok) return failed(noted.failure);
      const text = freezeText({ kind: 'person', by, ...body });
      io.out(`${harmless(`${environment} is ${text}; rollbacks still go`)}\n`);
    }
    return { kind: 'yes' };
  });
};

/** All of them where none is named: stop the line. */
function namesIn(history: History, named: string | undefined): Result<readonly string[]> {
  const names = history.session.loaded.config.environments.map(({ name }) => name);
  if (named !== undefined && (names.includes(named) || names.length === 0)) return ok([named]);
  const known = names.length === 0 ? 'none is configured' : `configured: ${names.join(', ')}`;
  if (named !== undefined)
    return fail(usage(`there is no environment \`${named.slice(0, 60)}\``, known));
  return names.length > 0 ? ok(names) : fail(usage('which environment?', known));
}

/** A time to come, or a span from now; null where it ends with a person. */
function untilIn(options: CommandInput['options'], now: number): Result<number | null> {
  const text = textOption(options, 'until');
  if (text === undefined) return ok(null);
  const span = spanOf(text);
  const at = span === undefined ? isoTime(text) : now + span;
  if (at === undefined)
    return fail(usage('--until takes a time or a span', 'write 2026-12-24T18:00:00Z, or 4h'));
  return at > now ? ok(at) : fail(usage('--until has passed already', 'give a time to come'));
}
