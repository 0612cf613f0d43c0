/** How the wishes of gate and configuration are said to each framework: side by side or not, retries. */

import { coerce, gte } from 'semver';
import type { Framework, SuiteConfig } from '../../config/config.ts';
import type { Project } from '../project.ts';
import { hasPytestPlugin } from './pytest-cov.ts';
import { flagTable, withoutFlags, type FlagShape } from './words.ts';

interface Way {
  /** What a script may say of it, which the wish replaces. */
  readonly replaces: Readonly<Record<string, FlagShape>>;
  readonly never: readonly string[];
  readonly asked: readonly string[];
  /** The framework knows these flags since this version. */
  readonly since?: string;
}

const WAYS: Readonly<Record<Framework, Way>> = {
  jest: {
    replaces: { '-w': 'value', '--maxWorkers': 'value', '-i': 'alone', '--runInBand': 'alone' },
    never: ['--runInBand'],
    asked: [],
  },
  vitest: {
    replaces: {
      '--maxWorkers': 'value',
      '--minWorkers': 'value',
      '--fileParallelism': 'alone',
      '--file-parallelism': 'alone',
      '--no-file-parallelism': 'alone',
    },
    never: ['--no-file-parallelism'],
    asked: ['--file-parallelism'],
    since: '1.1.0',
  },
  mocha: {
    replaces: { '-p': 'alone', '--parallel': 'alone', '--no-parallel': 'alone' },
    never: ['--no-parallel'],
    asked: ['--parallel'],
    since: '8.0.0',
  },
  'node-test': {
    replaces: { '--test-concurrency': 'value' },
    never: ['--test-concurrency=1'],
    asked: [],
    since: '20.10.0',
  },
  pytest: {
    replaces: { '-n': 'value', '--numprocesses': 'value' },
    never: ['-n', '0'],
    asked: ['-n', 'auto'],
  },
  playwright: {
    replaces: { '-j': 'value', '--workers': 'value' },
    never: ['--workers=1'],
    asked: [],
  },
};

/** A suite's own arguments with what is wished of it. */
export function withWishes(
  framework: Framework,
  { parallel, retries }: Pick<SuiteConfig, 'parallel' | 'retries'>,
  args: readonly string[],
  version: string | undefined,
  project: Project,
): readonly string[] {
  const wished = withParallelism(framework, parallel, args, version, project);
  const isSaid = args.some((word) => word === '--retries' || word.startsWith('--retries='));
  if (framework !== 'playwright' || retries === undefined || isSaid) return wished;
  return [...wished, `--retries=${retries}`];
}

function withParallelism(
  framework: Framework,
  parallel: SuiteConfig['parallel'],
  args: readonly string[],
  version: string | undefined,
  project: Project,
): readonly string[] {
  const { replaces, never, asked, since } = WAYS[framework];
  if (parallel === undefined) return args;
  if (since !== undefined && !gte(coerce(version) ?? '0.0.0', since)) return args;
  // Without its plugin pytest knows no -n, and runs one test after the other.
  if (framework === 'pytest' && !hasPytestPlugin(project, 'pytest_xdist')) return args;
  return [...(parallel === 'never' ? never : asked), ...withoutFlags(args, flagTable(replaces))];
}
