/** Which reporters listen to a run: JSON or words, and the operator's log where one is asked for. */

import { jsonReporter } from '../report/json.ts';
import { prettyReporter } from '../report/pretty.ts';
import type { Reporter } from '../report/reporter.ts';
import { styleFor } from '../report/text.ts';
import type { AskedCheck } from './asked-check.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';

export async function reporterFor(
  asked: AskedCheck,
  io: Io,
  parts: Parts,
  hasConfig: boolean,
): Promise<Reporter> {
  const main = await mainReporter(asked, io, parts, hasConfig);
  const level = io.env['NEMESIS_LOG'];
  if (level === undefined || level === '') return main;
  const { LOG_LEVELS, logReporter, together } = await import('../report/log.ts');
  const known = LOG_LEVELS.find((name) => name === level) ?? 'info';
  return together([main, logReporter(known, (line) => io.err(line))]);
}

async function mainReporter(
  asked: AskedCheck,
  io: Io,
  parts: Parts,
  hasConfig: boolean,
): Promise<Reporter> {
  if (asked.json) {
    const json = jsonReporter((text) => io.out(text), parts.version);
    if (asked.verbose !== true) return json;
    const { together } = await import('../report/log.ts');
    const { sayingReporter } = await import('../report/said.ts');
    const style = styleFor({ env: io.env, isTerminal: io.errIsTerminal, columns: io.columns });
    return together([json, sayingReporter((text) => io.err(text), style)]);
  }
  const { spinner, stillness } = await import('../report/live.ts');
  const moves = io.errIsTerminal && !asked.quiet && !io.env['CI'] && io.env['TERM'] !== 'dumb';
  return prettyReporter(
    {
      out: (text) => io.out(text),
      err: (text) => io.err(text),
      style: styleFor({
        env: io.env,
        isTerminal: io.outIsTerminal && io.errIsTerminal,
        columns: io.columns,
      }),
    },
    {
      version: parts.version,
      quiet: asked.quiet ?? false,
      hasConfig,
      live: moves ? spinner(process.stderr) : stillness,
    },
  );
}
