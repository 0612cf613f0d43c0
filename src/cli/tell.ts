/** Says on standard error what failed. */

import type { Failure } from '../failure.ts';
import type { Io } from './io.ts';

/** Colour and layout are loaded only when something has to be said: most starts have nothing to say. */
export async function tell(failure: Failure, io: Io): Promise<void> {
  const { failureLines } = await import('../report/diagnostics.ts');
  const { styleFor } = await import('../report/text.ts');
  const style = styleFor({ env: io.env, isTerminal: io.errIsTerminal, columns: io.columns });
  io.err(`${failureLines(failure, style).join('\n')}\n`);
}
