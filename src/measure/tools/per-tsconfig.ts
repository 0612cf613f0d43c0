/** A runner that asks the project's own TypeScript compiler about each tsconfig a type check covers. */

import type { Measurement, RunContext } from '../runner.ts';
import {
  absent,
  defineTool,
  runTool,
  type CommandContext,
  type ToolCommand,
  type ToolRunner,
  type ToolSpec,
} from '../tool.ts';
import { measureEach } from './each-part.ts';
import {
  MOST_CONFIGS,
  typeCheckOf,
  typesDeclaredBy,
  withoutPackages,
} from './typescript-projects.ts';

interface CompilerQuestion<M extends string> extends Pick<
  ToolSpec<M>,
  'id' | 'about' | 'metrics' | 'read'
> {
  /** @param config tsconfig file, relative to the root */
  readonly ask: (context: CommandContext, config: string) => ToolCommand;
  /** Why the compiler need not be asked about this one. */
  readonly refuse?: (context: RunContext, config: string) => Promise<Measurement | undefined>;
  readonly join: (measured: readonly Measurement[]) => Measurement;
}

export function perTsconfig<const M extends string>(question: CompilerQuestion<M>): ToolRunner {
  const { ask, join, refuse, ...about } = question;
  const askOf = (config: string) => (context: CommandContext) =>
    withoutPackages(context.project) ?? ask(context, config);
  const single: ToolSpec<M> = {
    ...about,
    needs: 'a tsconfig.json, in the root or in its workspaces',
    install: 'npm install --save-dev typescript',
    location: { name: 'tsc', declaredAs: 'typescript' },
    kind: 'analyser',
    inPlay(project) {
      const because = typesDeclaredBy(project);
      if (because === undefined) return { inPlay: false, why: 'no tsconfig.json' };
      return { inPlay: true, because };
    },
    command: (context) => askOf(typeCheckOf(context.project).configs[0]!)(context),
  };
  return {
    ...defineTool(single),
    async measure(context) {
      const { configs } = typeCheckOf(context.project);
      if (configs.length > MOST_CONFIGS) {
        return absent('nothing_measured', `more than ${MOST_CONFIGS} tsconfig files`);
      }
      return await measureEach(context, {
        parts: configs,
        label: (config) => config,
        run: async (config, one) =>
          (await refuse?.(one, config)) ?? runTool({ ...single, command: askOf(config) }, one),
        join,
      });
    },
  };
}
