/** The text for people as a file: what stands on a terminal of 100 columns at the end, without colour. */

import type { CheckResult } from '../pipeline/result.ts';
import { stillness } from './live.ts';
import { prettyReporter } from './pretty.ts';
import { runnerLine } from './lines.ts';
import { styleFor, withoutCommands } from './text.ts';
import type { Surroundings } from './where.ts';

export function plainText(result: CheckResult, { version }: Pick<Surroundings, 'version'>): string {
  const style = styleFor({ env: { NO_COLOR: '1' }, isTerminal: false, columns: 100 });
  const runners = result.runners
    .filter(({ measurement }) => measurement.state !== 'not_applicable')
    .map(({ id, measurement, durationMs }) => runnerLine(style, id, measurement, durationMs));
  let text = withoutCommands(`${runners.join('\n')}\n`);
  const reporter = prettyReporter(
    { out: (more) => (text += more), err: () => undefined, style },
    { version, quiet: false, hasConfig: true, live: stillness },
  );
  reporter.on({ kind: 'run_ended', result });
  return text;
}
