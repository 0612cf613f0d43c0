/** What stands in the output must be no command to the machine that shows it. */

import { expect, test } from 'vitest';
import { stillness } from '../../src/report/live.ts';
import { prettyReporter } from '../../src/report/pretty.ts';
import { styleFor } from '../../src/report/text.ts';
import { agent, play, runner } from '../pipeline/scripted.ts';

async function shown(message: string, env: Record<string, string> = {}): Promise<string> {
  const { events } = await play({
    runners: [
      runner({
        ...{ id: 'eslint', metrics: ['eslint_errors'] },
        says: {
          ...{ state: 'findings', metrics: { eslint_errors: 1 }, summary: message },
          findings: [{ tool: 'eslint', rule: message, severity: 'error', message, file: message }],
        },
      }),
      runner({
        ...{ id: 'unit', metrics: ['unit.tests_failed'] },
        says: {
          ...{ state: 'crashed', why: message, help: message },
          evidence: { tool: 'unit', tail: `${message}\n${message}` },
        },
      }),
    ],
    agents: [
      agent({ gate: 'code', runners: [['eslint']], blocking: ['eslint_errors > 0'] }),
      agent({ gate: 'test', runners: [['unit']], blocking: ['unit.tests_failed > 0'] }),
    ],
  });
  let text = '';
  const say = (more: string) => (text += more);
  const style = styleFor({ env, isTerminal: false, columns: 80 });
  const reporter = prettyReporter(
    { out: say, err: say, style },
    { version: '1.2.3', quiet: false, hasConfig: true, live: stillness },
  );
  for (const event of events) reporter.on(event);
  return text;
}

const COMMANDS = [
  '::error::x',
  '##[error]x',
  '##vso[task.complete]x',
  "##teamcity[message text='x']",
];
const BLANKS = String.raw`(?:\s|\u001b\[[\d;]*m)*`;

test.each(COMMANDS)(
  '%s is no command, at the start and where a line is broken',
  async (command) => {
    const filled = Array.from({ length: 40 }, () => command).join(' ');
    for (const message of [command, filled, `${'word '.repeat(9)}${filled}`, ` \u00a0${command}`]) {
      for (const env of [{}, { FORCE_COLOR: '1' }]) {
        const text = await shown(message, env);
        expect(text).not.toMatch(new RegExp(`^${BLANKS}::`, 'm'));
        expect(text).not.toMatch(/##\w*\[/);
        expect(text).toMatch(/: :error::x|# #\w*\[/);
      }
    }
  },
);

test('two colons inside a line stay', async () => {
  expect(await shown('use Shop::Cart here')).toContain('use Shop::Cart here');
});
