/** `nemesis incident:open`: notes that something is wrong in an environment. */

import { fail, ok, type Result } from '../../failure.ts';
import { environmentOption, lineOption, timeOption } from '../history-options.ts';
import { appendRecords, deploymentNamed } from '../history-streams.ts';
import { withConfiguredHistory } from '../history.ts';
import { newId } from '../new-id.ts';
import { failed, usage } from '../store-failure.ts';
import { textOption, type CommandInput, type RunCommand } from './command.ts';

const SEVERITIES = ['critical', 'warning'] as const;

interface Said {
  readonly environment: string;
  readonly severity: (typeof SEVERITIES)[number];
  readonly title: string;
  readonly deployment: string | undefined;
  readonly at: number;
}

export const run: RunCommand = (input) => {
  const { io, options } = input;
  const said = saidIn(input);
  if (!said.ok) return Promise.resolve(failed(said.failure));
  const { environment, severity, title, at, deployment: given } = said.value;
  return withConfiguredHistory(input, 'write', async (history) => {
    const named = await deploymentNamed(history, environment, given);
    if (!named.ok) return failed(named.failure);
    const incident = newId();
    const deployment = named.value ?? null;
    const body = { incident, severity, title, deployment };
    const appended = await appendRecords(history, environment, io, [
      { type: 'incident_opened', at, body },
    ]);
    if (!appended.ok) return failed(appended.failure);
    const facts = { service: history.service, environment, ...body };
    io.out(
      options['json'] === true
        ? `${JSON.stringify({ schema: 'nemesis.incident/1', ...facts }, null, 2)}\n`
        : `opened a ${severity} incident in ${environment}\nincident ${incident}\n`,
    );
    return { kind: 'yes' };
  });
};

function saidIn({ options, io }: CommandInput): Result<Said> {
  const environment = environmentOption(options);
  if (!environment.ok) return environment;
  if (environment.value === undefined)
    return fail(usage('--env is missing', 'name where it happens: --env production'));
  const severity = SEVERITIES.find((known) => known === textOption(options, 'severity'));
  if (severity === undefined)
    return fail(usage('--severity takes critical or warning', 'write --severity critical'));
  const title = lineOption(options, 'title');
  if (!title.ok) return title;
  const deployment = lineOption(options, 'deployment');
  if (!deployment.ok) return deployment;
  const at = timeOption(options, 'since', io.now());
  if (!at.ok) return at;
  return ok({
    ...{ environment: environment.value, severity, title: title.value ?? '' },
    ...{ deployment: deployment.value, at: at.value ?? io.now() },
  });
}
