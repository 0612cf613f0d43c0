/** The table of commands. */

import type { CommandRow, OptionRow } from './command.ts';

const cwd: OptionRow = { flags: '--cwd <folder>', about: 'judge that folder instead of this one' };
const json: OptionRow = { flags: '--json', about: 'print the result as JSON' };
const quiet: OptionRow = { flags: '--quiet', about: 'print the answer only' };

const suiteOptions: readonly OptionRow[] = [cwd, json, quiet];

export const commands: readonly CommandRow[] = [
  {
    name: 'deploy:check',
    group: 'Deploy',
    about: 'may this version go to production? runs the code, build and test gates',
    options: [
      { flags: '--gate <gates>', about: 'only these gates: code, build, test', list: true },
      { flags: '--only <runners>', about: 'only these runners', list: true },
      {
        flags: '--skip <runners>',
        about: 'not these runners; what they measure is missing then',
        list: true,
      },
      { flags: '--strict', about: 'caution is a no' },
      { flags: '--fail-fast', about: 'stop at the first gate that is blocked' },
      { flags: '--jobs <n>', about: 'run so many runners at once: a number, or auto' },
      cwd,
      json,
      quiet,
    ],
    load: () => import('./deploy-check.ts'),
  },
  {
    name: 'test:all',
    group: 'Test',
    about: 'run every suite and judge the test gate',
    options: suiteOptions,
    load: () => import('./test-all.ts'),
  },
  {
    name: 'test:unit',
    group: 'Test',
    about: 'run the unit tests and judge them',
    options: suiteOptions,
    load: () => import('./test-unit.ts'),
  },
  {
    name: 'test:integration',
    group: 'Test',
    about: 'run the integration tests and judge them',
    options: suiteOptions,
    load: () => import('./test-integration.ts'),
  },
  {
    name: 'test:coverage',
    group: 'Test',
    about: 'run every suite and judge how far the tests reach',
    options: suiteOptions,
    load: () => import('./test-coverage.ts'),
  },
  {
    name: 'init',
    group: 'Other',
    about: "write a short config with this repository's present numbers",
    options: [cwd],
    load: () => import('./init.ts'),
  },
  {
    name: 'doctor',
    group: 'Other',
    about: 'what can be measured here, what cannot, and how to mend it',
    options: [cwd, json],
    load: () => import('./doctor.ts'),
  },
  {
    name: 'explain',
    group: 'Other',
    about: 'where a number came from and what it decided',
    operands: '<metric>',
    options: [cwd, json],
    load: () => import('./explain.ts'),
  },
  {
    name: 'gates:list',
    group: 'Other',
    about: 'every gate in force, with its sentences and where they stand',
    options: [cwd, json],
    load: () => import('./gates-list.ts'),
  },
  {
    name: 'metrics:list',
    group: 'Other',
    about: 'every name a sentence may use, its unit and who measures it',
    options: [cwd, json],
    load: () => import('./metrics-list.ts'),
  },
];
