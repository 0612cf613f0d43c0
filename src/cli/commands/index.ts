/** The table of commands. */

import { OUTPUTS } from '../../report/outputs.ts';
import type { CommandRow, OptionRow } from './command.ts';

const OUTPUT_NAMES = OUTPUTS.map(({ name }) => name);

const cwd: OptionRow = { flags: '--cwd <folder>', about: 'judge that folder instead of this one' };
const json: OptionRow = { flags: '--json', about: 'print the result as JSON' };
const output: OptionRow = {
  flags: '--output <kind>',
  about: `the result as ${OUTPUT_NAMES.join(', ')}; kind=path writes a file, also several`,
  repeats: true,
};
const quiet: OptionRow = { flags: '--quiet', about: 'print the answer only' };

const env: OptionRow = { flags: '--env <name>', about: 'the environment: production' };
const service: OptionRow = { flags: '--service <name>', about: 'another service than this one' };

const plan: OptionRow = { flags: '--plan', about: 'print what would be done, and do nothing' };
const trusted: OptionRow = {
  flags: '--trusted-config <ref>',
  about: 'gates and configuration of that ref; says what this change would loosen',
};
const wait: OptionRow = { flags: '--wait <span>', about: 'wait for a lock so long: 15m' };
const yes: OptionRow = { flags: '--yes', about: 'ask nothing; approves and accepts nothing' };
const trial: OptionRow = {
  flags: '--trial <n>',
  about: 'a rehearsal: every wait divided by n; recorded as such',
};
const reason: OptionRow = { flags: '--reason <text>', about: 'why; recorded' };
const overrideFreeze: OptionRow = {
  flags: '--override-freeze <reason>',
  about: 'deploy although it is frozen; recorded',
};
const rolloutOptions: readonly OptionRow[] = [
  ...[plan, wait, yes, trial, overrideFreeze],
  ...[cwd, json, quiet],
];

const base: OptionRow = {
  flags: '--base <ref>',
  about: 'what the change is compared with; found out unless said',
};

const verbose: OptionRow = { flags: '--verbose', about: 'show what the tools say, as they say it' };
const suiteOptions: readonly OptionRow[] = [verbose, cwd, output, json, quiet];
const shorter: OptionRow = {
  flags: '--trial <n>',
  about: 'every load n times shorter; the result says so',
};

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
      { flags: '--full', about: 'end-to-end tests and loads too' },
      shorter,
      base,
      { flags: '--staged', about: 'only what is staged, in the code gate: for a commit hook' },
      { flags: '--fix', about: 'first have eslint and prettier mend the changed files' },
      { flags: '--strict', about: 'caution is a no' },
      { flags: '--fail-fast', about: 'stop at the first gate that is blocked' },
      { flags: '--jobs <n>', about: 'run so many runners at once: a number, or auto' },
      { flags: '--cell <cell>', about: 'as this cell of the build matrix: node=18,os=…' },
      { flags: '--merge <report...>', about: 'measure nothing: join the reports of all cells' },
      trusted,
      verbose,
      cwd,
      output,
      json,
      quiet,
    ],
    load: () => import('./deploy-check.ts'),
  },
  {
    name: 'build:matrix',
    group: 'Deploy',
    about: 'prints the cells of the build matrix for the CI platform',
    options: [{ flags: '--for <platform>', about: 'github (the default) or gitlab' }, cwd],
    load: () => import('./build-matrix.ts'),
  },
  {
    name: 'deploy:pipeline',
    group: 'Deploy',
    about: 'takes a release through all five gates, from where it stands',
    operands: '[release]',
    options: [
      { flags: '--until <gate>', about: 'go no further than this gate, or approval' },
      { flags: '--from <gate>', about: 'begin here; the gates before must have passed' },
      { ...output, about: 'the check on the way as sarif=<path>, junit=<path> …, also several' },
      trusted,
      ...rolloutOptions,
    ],
    load: () => import('./deploy-pipeline.ts'),
  },
  {
    name: 'deploy:staging',
    group: 'Deploy',
    about: 'deploys to staging, measuring first what has not passed yet',
    operands: '[release]',
    options: rolloutOptions,
    load: () => import('./deploy-staging.ts'),
  },
  {
    name: 'deploy:production',
    group: 'Deploy',
    about: 'deploys what has passed staging to production, once it is approved',
    operands: '[release]',
    options: rolloutOptions,
    load: () => import('./deploy-production.ts'),
  },
  {
    name: 'deploy:approve',
    group: 'Deploy',
    about: 'says yes to a release that waits for approval',
    operands: '[approval]',
    options: [
      { flags: '--by <name>', about: 'who approves; you by default' },
      { flags: '--sign <key>', about: 'sign it with this ssh key; an agent may hold it' },
      { flags: '--note <text>', about: 'recorded with it' },
      cwd,
      json,
    ],
    load: () => import('./deploy-approve.ts'),
  },
  {
    name: 'deploy:reject',
    group: 'Deploy',
    about: 'says no to a release that waits for approval',
    operands: '[approval]',
    options: [{ flags: '--by <name>', about: 'who rejects; you by default' }, reason, cwd, json],
    load: () => import('./deploy-reject.ts'),
  },
  {
    name: 'deploy:resume',
    group: 'Deploy',
    about: 'goes on with a deployment that was left half done',
    options: [
      env,
      { flags: '--take-over', about: 'also from somebody who still holds the lock' },
      overrideFreeze,
      wait,
      cwd,
      json,
      quiet,
    ],
    load: () => import('./deploy-resume.ts'),
  },
  {
    name: 'deploy:abort',
    group: 'Deploy',
    about: 'has a running deployment taken back',
    options: [env, reason, cwd, json, quiet],
    load: () => import('./deploy-abort.ts'),
  },
  {
    name: 'deploy:rollback',
    group: 'Deploy',
    about: 'the release before, or the one named, serves again; pins the environment',
    operands: '[release]',
    options: [
      {
        flags: '--immediate',
        about: 'at once: no gates, no drain, no questions, whatever is broken',
      },
      env,
      service,
      reason,
      cwd,
      json,
      quiet,
    ],
    load: () => import('./deploy-rollback.ts'),
  },
  {
    name: 'deploy:freeze',
    group: 'Deploy',
    about: 'stops deployments to one environment or to all; rollbacks still go',
    operands: '[environment]',
    options: [
      { flags: '--until <time>', about: 'ends by itself: 2026-12-24T18:00:00Z, or after 4h' },
      reason,
      cwd,
    ],
    load: () => import('./deploy-freeze.ts'),
  },
  {
    name: 'deploy:unfreeze',
    group: 'Deploy',
    about: 'releases an environment that is frozen, or that a rollback has pinned',
    operands: '<environment>',
    options: [reason, cwd],
    load: () => import('./deploy-unfreeze.ts'),
  },
  {
    name: 'deploy:down',
    group: 'Deploy',
    about: 'ends local environments and all of their processes',
    options: [env, cwd],
    load: () => import('./deploy-down.ts'),
  },
  {
    name: 'deploy:simulate',
    group: 'Deploy',
    about: 'the same rollout on an invented fleet: half an hour in a moment',
    options: [
      env,
      {
        flags: '--scenario <name>',
        about:
          'a file, or healthy (the default), errors-20, slow-p95, between-limits, new-error-type, never-healthy, flaps, dies-after-promotion, first-deployment, first-never-healthy, no-traffic, critical-alert, asked-back, interrupted, driver-errors, no-way-back',
      },
      { flags: '--seed <n>', about: 'what chance decides; 1 by default' },
      cwd,
      json,
    ],
    load: () => import('./deploy-simulate.ts'),
  },
  {
    name: 'canary:judge',
    group: 'Deploy',
    about: 'judges recorded series as a canary is judged, or a recorded verdict again',
    operands: '[file]',
    options: [
      { flags: '--gate <gate>', about: 'the agent or gate whose canary_config decides' },
      { flags: '--candidate <name>', about: 'the new release; candidate by default' },
      { flags: '--baseline <name>', about: 'the one beside it; baseline by default' },
      { flags: '--record <deployment>', about: 'the verdict of that deployment, told again' },
      cwd,
      json,
    ],
    load: () => import('./canary-judge.ts'),
  },
  {
    name: 'deploy:status',
    group: 'Deploy',
    about: 'what serves where, what runs, what is wrong, who holds the lock',
    options: [
      env,
      service,
      { flags: '--watch', about: 'look again every 2 s, until Ctrl-C' },
      cwd,
      json,
    ],
    load: () => import('./deploy-status.ts'),
  },
  {
    name: 'deploy:history',
    group: 'Deploy',
    about: 'the last deployments and rollbacks, newest first',
    options: [
      { flags: '--last <n>', about: 'so many; 10 by default' },
      { flags: '--since <time>', about: 'begun since a date, or in the last 7d' },
      env,
      service,
      cwd,
      json,
    ],
    load: () => import('./deploy-history.ts'),
  },
  {
    name: 'deploy:record',
    group: 'Deploy',
    about: 'note a deployment that was made elsewhere',
    options: [
      env,
      { flags: '--release <version>', about: 'what was deployed' },
      { flags: '--commit <sha>', about: 'the commit it was made of' },
      { flags: '--committed-at <iso>', about: 'when that was committed, if git cannot tell' },
      { flags: '--status <status>', about: 'succeeded (the default), failed or rolled_back' },
      { flags: '--started <iso>', about: 'when it began: 2026-01-31T10:00:00Z' },
      { flags: '--finished <iso>', about: 'when it ended; now by default' },
      { flags: '--detected <iso>', about: 'when its failure was seen; at its end by default' },
      { flags: '--takes-back <id>', about: 'it was a rollback of that deployment' },
      { flags: '--hotfix', about: 'it was not planned' },
      cwd,
      json,
    ],
    load: () => import('./deploy-record.ts'),
  },
  {
    name: 'deploy:unlock',
    group: 'Deploy',
    about: 'break the lock of a deployment that is dead',
    operands: '<lock>',
    options: [cwd],
    load: () => import('./deploy-unlock.ts'),
  },
  {
    name: 'incident:open',
    group: 'Deploy',
    about: 'note that something is wrong in an environment',
    options: [
      env,
      { flags: '--severity <level>', about: 'critical or warning' },
      { flags: '--title <text>', about: 'what is wrong, in a few words' },
      { flags: '--deployment <id>', about: 'what caused it; the last success by default' },
      { flags: '--since <iso>', about: 'when it began; now by default' },
      cwd,
      json,
    ],
    load: () => import('./incident-open.ts'),
  },
  {
    name: 'incident:close',
    group: 'Deploy',
    about: 'note that an incident is over',
    operands: '<incident>',
    options: [{ flags: '--at <iso>', about: 'when it was over; now by default' }, cwd],
    load: () => import('./incident-close.ts'),
  },
  {
    name: 'test:all',
    group: 'Test',
    about: 'run every suite, end-to-end too, and judge the test gate',
    options: [base, ...suiteOptions],
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
    name: 'test:e2e',
    group: 'Test',
    about: 'run the end-to-end tests in browsers and judge them',
    options: suiteOptions,
    load: () => import('./test-e2e.ts'),
  },
  {
    name: 'test:performance',
    group: 'Test',
    about: 'put the service under load with k6 and judge how it did',
    options: [shorter, ...suiteOptions],
    load: () => import('./test-performance.ts'),
  },
  {
    name: 'test:coverage',
    group: 'Test',
    about: 'run every suite and judge how far the tests reach',
    options: [base, ...suiteOptions],
    load: () => import('./test-coverage.ts'),
  },
  {
    name: 'test:smoke',
    group: 'Test',
    about: 'try the critical paths where an environment answers, or at an address',
    options: [
      { flags: '--url <url>', about: 'where it answers: https://staging.example' },
      env,
      cwd,
      json,
    ],
    load: () => import('./test-smoke.ts'),
  },
  {
    name: 'audit:fix',
    group: 'Other',
    about: 'changes patch versions of npm packages with holes; taken back if the unit tests fail',
    options: [
      plan,
      { flags: '--yes', about: 'change it without asking; where nobody can be asked' },
      cwd,
    ],
    load: () => import('./audit-fix.ts'),
  },
  {
    name: 'audit:list',
    group: 'Other',
    about: 'what is open about dependencies: alerts, tickets, days, debt',
    options: [cwd, json],
    load: () => import('./audit-list.ts'),
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
    name: 'hooks:install',
    group: 'Other',
    about: 'have git judge what is staged before every commit',
    options: [cwd],
    load: () => import('./hooks-install.ts'),
  },
  {
    name: 'hooks:uninstall',
    group: 'Other',
    about: 'take that out of the commit hook again',
    options: [cwd],
    load: () => import('./hooks-uninstall.ts'),
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
    name: 'baseline:update',
    group: 'Other',
    about:
      'writes down numbers and findings as they are; tightens by itself, loosens what is named',
    options: [
      { flags: '--plan', about: 'print what would change, and write nothing' },
      {
        flags: '--loosen <names>',
        about: 'take these metrics as they are now, or new_findings; needs --reason',
        list: true,
      },
      { flags: '--all', about: 'loosen whatever got worse; needs --reason' },
      { flags: '--reason <text>', about: 'why; written into the baseline' },
      cwd,
      json,
    ],
    load: () => import('./baseline-update.ts'),
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
  {
    name: 'metrics:delivery',
    group: 'Other',
    about: 'deployment frequency, lead time, failures, recovery and rework',
    options: [
      { flags: '--window <span>', about: 'over the last 90d, 12h, 4w; 90d by default' },
      env,
      service,
      cwd,
      json,
    ],
    load: () => import('./metrics-delivery.ts'),
  },
  {
    name: 'history:verify',
    group: 'Other',
    about: 'was anything in the history changed or cut off?',
    options: [
      { flags: '--accept', about: 'take a shorter or another history for true from now on' },
      { flags: '--rebuild', about: 'first make status and metrics anew from the events' },
      cwd,
      json,
    ],
    load: () => import('./history-verify.ts'),
  },
  {
    name: 'history:export',
    saysExactly: true,
    group: 'Other',
    about: 'print the whole history as lines of JSON',
    options: [cwd],
    load: () => import('./history-export.ts'),
  },
  {
    name: 'history:import',
    group: 'Other',
    about: 'take over an exported history',
    operands: '<file>',
    options: [cwd],
    load: () => import('./history-import.ts'),
  },
];
