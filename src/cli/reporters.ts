/** Which reporters listen to a run: one for standard output, the files, and the operator's log where one is asked for. */

import type { Render } from '../report/outputs.ts';
import { prettyReporter } from '../report/pretty.ts';
import type { Reporter } from '../report/reporter.ts';
import { styleFor } from '../report/text.ts';
import type { AskedCheck } from './asked-check.ts';
import type { Io } from './io.ts';
import type { Outputs } from './outputs.ts';
import type { Parts } from './parts.ts';

export async function reporterFor(
  asked: AskedCheck,
  io: Io,
  parts: Parts,
  hasConfig: boolean,
  outputs?: Outputs,
): Promise<Reporter> {
  const told = await mainReporter(asked, io, parts, hasConfig, outputs);
  const main = outputs === undefined ? told : afterwards(told, outputs);
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
  outputs: Outputs | undefined,
): Promise<Reporter> {
  if (outputs?.print !== undefined) {
    const printed = printer(outputs, outputs.print, io);
    if (asked.verbose !== true) return printed;
    const { together } = await import('../report/log.ts');
    const { sayingReporter } = await import('../report/said.ts');
    const style = styleFor({ env: io.env, isTerminal: io.errIsTerminal, columns: io.columns });
    return together([printed, sayingReporter((text) => io.err(text), style)]);
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
      coverage: asked.coverage ?? false,
      live: moves ? spinner(process.stderr) : stillness,
    },
  );
}

/** One document on standard output, once all is known. */
function printer({ surroundings }: Outputs, print: Render, io: Io): Reporter {
  return {
    on(event) {
      if (event.kind === 'run_ended') io.out(print(event.result, surroundings));
    },
    close: () => undefined,
  };
}

/** The files come after the answer, so that none of them can take it along. */
function afterwards(first: Reporter, outputs: Outputs): Reporter {
  return {
    on(event) {
      first.on(event);
      if (event.kind === 'run_ended') outputs.write(event.result);
    },
    close: () => first.close(),
  };
}
