/** A runner that asks the project's own TypeScript compiler about each tsconfig a type check covers. */

import type { Measurement } from '../runner.ts';
import {
  defineTool,
  runTool,
  type CommandContext,
  type ToolCommand,
  type ToolRunner,
  type ToolSpec,
} from '../tool.ts';
import { measureEach } from './each-part.ts';
import { typeCheckOf, withoutPackages } from './typescript-projects.ts';

interface CompilerQuestion<M extends string> extends Pick<
  ToolSpec<M>,
  'id' | 'about' | 'metrics' | 'read'
> {
  /** @param config tsconfig file, relative to the root */
  readonly ask: (context: CommandContext, config: string) => ToolCommand;
  readonly join: (measured: readonly Measurement[]) => Measurement;
}

export function perTsconfig<const M extends string>(question: CompilerQuestion<M>): ToolRunner {
  const { ask, join, ...about } = question;
  const askOf = (config: string) => (context: CommandContext) =>
    withoutPackages(context.project) ?? ask(context, config);
  const single: ToolSpec<M> = {
    ...about,
    needs: 'a tsconfig.json',
    install: 'npm install --save-dev typescript',
    location: { name: 'tsc', declaredAs: 'typescript' },
    kind: 'analyser',
    inPlay: (project) =>
      project.find(['tsconfig.json']) === undefined
        ? { inPlay: false, why: 'no tsconfig.json' }
        : { inPlay: true, because: 'tsconfig.json' },
    command: (context) => askOf(typeCheckOf(context.project).configs[0]!)(context),
  };
  return {
    ...defineTool(single),
    measure: (context) =>
      measureEach(context, {
        parts: typeCheckOf(context.project).configs,
        label: (config) => config,
        run: (config, one) => runTool({ ...single, command: askOf(config) }, one),
        join,
      }),
  };
}
