/** Asks the person at the terminal, and only there: standard input and standard error have to be one. */

import { createInterface } from 'node:readline/promises';
import type { Approval } from '../pipeline/approvals.ts';
import type { Plan } from '../rollout/plan.ts';
import { planText } from '../report/plan-text.ts';
import { harmless } from '../report/text.ts';
import type { Rollouts } from './rollouts.ts';

/** Undefined where nobody can be asked. `--yes` asks nobody either: it never approves anything. */
export function askApproval(
  rollouts: Rollouts,
): ((approval: Approval, plan: Plan) => Promise<boolean>) | undefined {
  const { io, input, style } = rollouts;
  if (!io.errIsTerminal || !process.stdin.isTTY || io.env['CI'] || input.options['json'] === true)
    return undefined;
  if (input.options['yes'] === true || input.options['until'] === 'approval') return undefined;
  return async ({ id, release, accepts }, plan) => {
    io.err(`${planText(plan, style.columns)}\n`);
    for (const one of accepts) io.err(`${harmless(`accepts ${one}`)}\n`);
    const asking = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const question = `approve ${release.version} for ${plan.environment} (${id})? type yes: `;
      return (await asking.question(question, { signal: io.signal })).trim() === 'yes';
    } catch {
      return false;
    } finally {
      asking.close();
    }
  };
}
