/** What the history measures has a name of its own, and no gate can ask for it. */

import { expect, test } from 'vitest';
import { GOOD_GATE, OWN_GATES, complaints, loaded } from './project.ts';

test('a sentence about it is refused, with the reason', () => {
  const gate = GOOD_GATE.replace('eslint_warnings < 10', 'incidents_30_days == 0');
  expect(complaints({ 'nemesis.config.yaml': OWN_GATES, 'gates/code/a.yaml': gate })).toBe(
    [
      'gates/code/a.yaml:9:7 error: no runner of this agent measures `incidents_30_days`',
      '    9 |     - incidents_30_days == 0',
      '      |       ^^^^^^^^^^^^^^^^^',
      '  it is read for the score only: remove the sentence',
      '',
    ].join('\n'),
  );
});

test('no gate names it as a runner, and none declares one of its name', () => {
  const named = GOOD_GATE.replace('[eslint]', '[eslint, history]');
  expect(complaints({ 'nemesis.config.yaml': OWN_GATES, 'gates/code/a.yaml': named })).toContain(
    'gates/code/a.yaml:5:19 error: ',
  );
  const declared = GOOD_GATE.replace(
    'runners: [eslint]',
    'runners:\n  - eslint\n  - { id: history, run: x, report: json, metrics: { olds: a } }',
  );
  expect(complaints({ 'nemesis.config.yaml': OWN_GATES, 'gates/code/a.yaml': declared })).toContain(
    'a runner is called `history` already',
  );
});

test('its absence may be tolerated, but nobody can require it', () => {
  const tolerant = 'tolerate: { history: [backend_unavailable] }\n';
  const { config } = loaded({ 'nemesis.config.yaml': tolerant });
  expect(config.tolerate).toMatchObject([{ runner: 'history', state: 'backend_unavailable' }]);
  expect(complaints({ 'nemesis.config.yaml': 'require: [history]\n' })).toContain(
    'no runner is called `history`',
  );
});
