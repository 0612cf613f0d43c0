/** `nemesis doctor`: what can be measured here, what cannot, and the one thing that mends each. Runs no tool. */

import { examine, type Condition } from '../examine.ts';
import { openSession, projectOf, runnersOf } from '../session.ts';
import { textOption, type RunCommand } from './command.ts';

const SAID: Readonly<Record<Condition['state'], string>> = {
  ready: 'ok',
  missing: 'MISSING',
  not_here: '-',
};

export const run: RunCommand = async ({ options, io, parts }) => {
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return { kind: 'failed', failure: session.failure };
  const project = await projectOf(session.value, io, parts);
  const { agents, config } = session.value.loaded;
  const runners = await runnersOf(session.value, parts);
  const entries = new Map(agents.flatMap((agent) => agent.runners).map((ids) => [ids.join(), ids]));
  const conditions = [...entries.values()].flatMap((ids) => {
    const alternatives = runners.filter(({ id }) => ids.includes(id));
    return examine(alternatives, project, config.require);
  });
  const missing = conditions.filter(({ state }) => state === 'missing');
  const uninstalled = !project.installed && project.dependencies.size > 0;
  if (options['json'] === true) {
    io.out(
      `${JSON.stringify({ schema: 'nemesis.doctor/1', root: project.root, node: process.version, installed: !uninstalled, runners: conditions }, null, 2)}\n`,
    );
  } else {
    io.out(
      `nemesis ${parts.version} on Node ${process.version.slice(1)} · ${config.describedAs}\n\n`,
    );
    for (const { id, state, why, help } of conditions) {
      io.out(`${SAID[state].padEnd(8)} ${id.padEnd(14)} ${why}\n`);
      if (state === 'missing' && help !== undefined) io.out(`${' '.repeat(24)}${help}\n`);
    }
    if (uninstalled) io.out(`\ndependencies are not installed: ${project.installCommand}\n`);
    else if (missing.length === 0) io.out('\neverything declared here can be measured\n');
    else io.out(`\n${missing.length} of ${conditions.length} cannot be measured\n`);
  }
  return missing.length === 0 && !uninstalled ? { kind: 'yes' } : { kind: 'undecided' };
};
