/** A command the project declares in its config, run for its effect: it must exit 0. */

import { fileInside } from './suites/said.ts';
import { resolveBinary } from './process/resolve-binary.ts';
import type { Project } from './project.ts';
import type { Measurement, RunContext } from './runner.ts';
import { absent, runTool } from './tool.ts';

/** @param label what it is called in messages: `the build` */
export async function runDeclared(
  label: string,
  argv: readonly string[],
  context: RunContext,
): Promise<Measurement> {
  const [program = '', ...rest] = argv;
  const located = locateDeclared(program, context.project);
  if (!located.ok) return absent(located.state, located.why);
  const written = argv.join(' ');
  const measurement = await runTool<never>(
    {
      id: label,
      install: `make \`${program}\` available`,
      location: { name: located.file },
      kind: 'project',
      command: () => ({ argv: rest }),
      read: ({ exitCode }) =>
        exitCode === 0
          ? { state: 'clean', metrics: {}, findings: [] }
          : { state: 'crashed', why: `${label} (\`${written}\`) exited ${exitCode}` },
    },
    context,
  );
  const { evidence } = measurement;
  return evidence === undefined
    ? measurement
    : { ...measurement, evidence: { ...evidence, tool: program, argv } };
}

/** A name is looked up on the project's PATH, a path from its root. */
export function locateDeclared(
  program: string,
  project: Project,
): { ok: true; file: string } | { ok: false; state: 'not_installed' | 'bad_config'; why: string } {
  if (program === '') return { ok: false, state: 'bad_config', why: 'its command is empty' };
  let name = program;
  if (program.includes('/') && !program.startsWith('/')) {
    const inside = fileInside(project.root, program);
    if (inside === undefined) {
      return { ok: false, state: 'bad_config', why: `\`${program}\` lies outside the project` };
    }
    name = `${project.root}/${inside}`;
  }
  const found = resolveBinary(name, project.path);
  if (found.ok) return { ok: true, file: found.file };
  const why =
    found.reason === 'not_executable'
      ? `\`${program}\` is there and may not be executed`
      : `\`${program}\` is not installed (looked in ${program.includes('/') ? 'the project' : 'node_modules/.bin and PATH'})`;
  return { ok: false, state: 'not_installed', why };
}
