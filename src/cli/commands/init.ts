/** `nemesis init`: measures once, then writes a short commented config with the numbers found. Never overwrites. */

import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reporterFor } from '../reporters.ts';
import { performCheck } from '../perform-check.ts';
import { openSession } from '../session.ts';
import { startingConfig } from '../starting-config.ts';
import { textOption, type RunCommand } from './command.ts';

const NAME = 'nemesis.config.yaml';

export const run: RunCommand = async ({ options, io, parts }) => {
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return { kind: 'failed', failure: session.failure };
  const { root, loaded } = session.value;
  const file = path.join(root, NAME);
  const existing = loaded.config.file ?? (existsSync(file) ? file : undefined);
  if (existing !== undefined) {
    const message = `${path.basename(existing)} exists already; init never overwrites`;
    return {
      kind: 'failed',
      failure: { kind: 'usage', message, help: ['edit it, or move it away first'] },
    };
  }
  const result = await performCheck({}, session.value, io, parts, () =>
    reporterFor({}, { ...io, out: () => undefined }, parts, false),
  );
  if (!result.ok) return { kind: 'failed', failure: result.failure };
  const today = new Date(io.now()).toISOString().slice(0, 10);
  const text = startingConfig(result.value, loaded.agents, today);
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      kind: 'failed',
      failure: { kind: 'cannot_act', message: `${NAME} cannot be written: ${why}` },
    };
  }
  io.out(`${text}\nwrote ${NAME}; now: nemesis deploy:check\n`);
  return { kind: 'yes' };
};
