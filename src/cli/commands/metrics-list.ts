/** `nemesis metrics:list`: every name a sentence may use here, with its unit and who measures it. */

import { createCatalogue } from '../../judge/catalogue.ts';
import { openSession, runnersOf } from '../session.ts';
import { textOption, type RunCommand } from './command.ts';

export const run: RunCommand = async ({ options, io, parts }) => {
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return { kind: 'failed', failure: session.failure };
  const catalogue = createCatalogue(await runnersOf(session.value, parts));
  const metrics = [...catalogue.values()];
  if (options['json'] === true) {
    io.out(`${JSON.stringify({ schema: 'nemesis.metrics/1', metrics }, null, 2)}\n`);
    return { kind: 'yes' };
  }
  for (const { name, dimension, states, measuredBy, about } of metrics) {
    const unit = states === undefined ? dimension : `one of ${states[0]} … ${states.at(-1)}`;
    const by = measuredBy.join(' or ') || 'nothing in this version';
    io.out(`${name}\n    ${about}\n    ${unit}, by ${by}\n`);
  }
  return { kind: 'yes' };
};
