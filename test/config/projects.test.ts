/** Whole projects that are configured wrongly: what is said, and where. */

import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  complaints,
  GOOD_GATE,
  loadAt,
  OWN_GATES,
  told,
  withProject,
  writeFiles,
  type Files,
} from './project.ts';

const gateOf = (id: string, trigger: string) =>
  GOOD_GATE.replace('DEPLOY_CODE_001', id).replace('on_push', trigger);

const deploying = (id: string) =>
  [
    `agent_id: ${id}`,
    'name: Deployer',
    'type: ephemeral',
    'trigger: on_push',
    'deployment:',
    '  environment: staging',
    '  strategy: rolling',
    '  batch_size: 50%',
    '  batch_interval: 1m',
    '',
  ].join('\n');

test.each<readonly [what: string, files: Files, expected: string]>([
  [
    'two configurations',
    { 'nemesis.config.yaml': 'service: a\n', '.nemesisrc': 'service: b\n' },
    '.nemesisrc:1:1 error: two configurations: nemesis.config.yaml and .nemesisrc\n  keep one of them\n',
  ],
  [
    'the key in package.json',
    { 'package.json': '{\n\t"name": "shop",\n\t"nemesis": {\n\t\t"servce": "shop"\n\t}\n}\n' },
    'package.json:4:3 error: unknown key `servce`\n' +
      '    4 |   "servce": "shop"\n      |   ^^^^^^^^\n  write service\n',
  ],
  [
    'a package.json that breaks after the key',
    { 'package.json': '{\n  "nemesis": { "service": "shop" },\n  "name": "shop\n}\n' },
    'package.json:4:1 error: a text in quotes does not end\n    4 | }\n      | ^\n',
  ],
  [
    '.nemesisrc',
    { '.nemesisrc': 'jobs: many\n' },
    '.nemesisrc:1:7 error: expected a number from 1 to 64, or auto\n    1 | jobs: many\n      |       ^^^^\n',
  ],
  [
    'JSON',
    { 'nemesis.config.json': '{ "jobs": 4,\n  "mode": { "test": "watch" } }\n' },
    'nemesis.config.json:2:21 error: expected enforce or observe, got `watch`\n' +
      '    2 |   "mode": { "test": "watch" } }\n      |                     ^^^^^^^\n',
  ],
  [
    'a configuration that is a folder',
    { 'nemesis.config.yaml/readme.md': '' },
    'nemesis.config.yaml:1:1 error: no file to read: it is a folder\n',
  ],
  [
    'extending itself',
    { 'nemesis.config.yaml': 'extends: ./nemesis.config.yaml\n' },
    'nemesis.config.yaml:1:10 error: `./nemesis.config.yaml` extends itself in the end\n' +
      '    1 | extends: ./nemesis.config.yaml\n      |          ^^^^^^^^^^^^^^^^^^^^^\n' +
      '  remove one of the `extends`\n',
  ],
  [
    'extending in a circle',
    {
      'nemesis.config.yaml': 'extends: ./a/nemesis.yaml\n',
      'a/nemesis.yaml': 'extends: ../b\n',
      'b/nemesis.config.yaml': 'extends: [nemesis/strict, ..]\n',
    },
    'b/nemesis.config.yaml:1:27 error: `..` extends itself in the end\n' +
      '    1 | extends: [nemesis/strict, ..]\n      |                           ^^\n' +
      '  remove one of the `extends`\n',
  ],
  [
    'leading out of the repository',
    { 'nemesis.config.yaml': 'extends: ../\n' },
    'nemesis.config.yaml:1:10 error: `../` leads out of the repository\n' +
      '    1 | extends: ../\n      |          ^^^\n  publish shared gates as an npm package\n',
  ],
  [
    'a wrong file of a package',
    {
      'nemesis.config.yaml': "extends: '@org/gates'\n",
      'node_modules/@org/gates/gates/code/house.yaml': GOOD_GATE.replace('eslint_errors', 'x'),
    },
    'node_modules/@org/gates/gates/code/house.yaml:8:7 error: unknown metric `x`\n' +
      '    8 |     - x == 0\n      |       ^\n',
  ],
  [
    'one agent twice',
    {
      'nemesis.config.yaml': OWN_GATES,
      'gates/code/a.yaml': GOOD_GATE,
      'gates/build/b.yaml': GOOD_GATE,
    },
    'gates/build/b.yaml:1:11 error: DEPLOY_CODE_001 stands in gates/code/a.yaml too\n' +
      '    1 | agent_id: DEPLOY_CODE_001\n      |           ^^^^^^^^^^^^^^^\n  keep one of them\n',
  ],
  [
    'misplaced files',
    {
      'nemesis.config.yaml': OWN_GATES,
      'gates/quality.yaml': GOOD_GATE,
      'gates/biuld/validate.yaml': GOOD_GATE,
      'gates/code/deeper/style.yaml': GOOD_GATE,
      'gates/code/good.yaml': GOOD_GATE,
      'gates/README.md': '# Our gates\n',
      'gates/.hidden/x.yaml': '',
    },
    'gates/biuld:1:1 error: `biuld` is no gate\n  call it build\n' +
      'gates/code/deeper:1:1 error: gate files lie in the folder of their gate, not below it\n' +
      '  move them up into code/\n' +
      'gates/quality.yaml:1:1 error: a gate file lies in the folder of its gate\n' +
      '  the folders are: code, build, test, staging, production, monitor\n',
  ],
  [
    'a trigger that nobody here emits',
    { 'nemesis.config.yaml': OWN_GATES, 'gates/test/a.yaml': gateOf('A', 'build_success') },
    'gates/test/a.yaml:4:10 error: `build_success` is emitted by the build gate, which has no agent here\n' +
      '    4 | trigger: build_success\n      |          ^^^^^^^^^^^^^\n  use on_push, or add that agent\n',
  ],
  [
    'an agent that waits for itself',
    {
      'nemesis.config.yaml': OWN_GATES,
      'gates/test/a.yaml': gateOf('DEPLOY_TEST_001', 'integration_tests_passed'),
    },
    'gates/test/a.yaml:4:10 error: DEPLOY_TEST_001 waits for itself: `integration_tests_passed` comes after it\n' +
      '    4 | trigger: integration_tests_passed\n      |          ^^^^^^^^^^^^^^^^^^^^^^^^\n' +
      '  use an earlier trigger\n',
  ],
  [
    'a deployment in a gate that releases nothing',
    {
      'nemesis.config.yaml': OWN_GATES,
      'gates/code/a.yaml': `${GOOD_GATE}monitoring_window: 1h\n`,
    },
    'gates/code/a.yaml:10:1 error: the code gate acts on no environment\n' +
      '   10 | monitoring_window: 1h\n      | ^^^^^^^^^^^^^^^^^\n' +
      '  move this file into gates/staging/ or gates/production/\n',
  ],
  [
    'two deployments in one gate',
    {
      'nemesis.config.yaml': OWN_GATES,
      'gates/code/a.yaml': GOOD_GATE,
      'gates/staging/b.yaml': deploying('B'),
      'gates/staging/c.yaml': deploying('C'),
    },
    'gates/staging/c.yaml:5:1 error: the staging gate deploys in gates/staging/b.yaml already\n' +
      '    5 | deployment:\n      | ^^^^^^^^^^\n  keep one of them\n',
  ],
  [
    'two runners of one name',
    {
      'nemesis.config.yaml': OWN_GATES,
      'gates/code/a.yaml': withRunner('A'),
      'gates/code/b.yaml': withRunner('B'),
    },
    'gates/code/b.yaml:5:25 error: a runner is called `house` already, at gates/code/a.yaml:5\n' +
      '  choose another id\n',
  ],
])('%s', (_, files, expected) => {
  expect(complaints(files)).toBe(expected);
});

function withRunner(id: string): string {
  const runner = `{ id: house, run: node lint.mjs, report: json, metrics: { notes_${id}: a } }`;
  return gateOf(id, 'on_push').replace('[eslint]', `[eslint, ${runner}]`);
}

test('all files at once, in order, each complaint once', () => {
  const text = complaints({
    'nemesis.config.yaml': `${OWN_GATES}require: [eslnt]\n`,
    'gates/code/b.yaml': gateOf('B', 'on_psuh'),
    'gates/code/a.yaml': gateOf('A', 'on_push').replace('< 10', '< 10%').replace('== 0', '== 0%'),
    'gates/build/c.yaml': 'agent_id: [\n',
  });
  expect(text.match(/^\S+:\d+:\d+/gm)).toEqual([
    'gates/build/c.yaml:1:11',
    'gates/code/a.yaml:8:24',
    'gates/code/a.yaml:9:25',
    'gates/code/b.yaml:4:10',
    'nemesis.config.yaml:4:11',
  ]);
});

test('a link may not lead out of the repository either', () => {
  withProject({ 'outside/gates/code/a.yaml': GOOD_GATE }, (top) => {
    const root = path.join(top, 'project');
    mkdirSync(root);
    writeFiles(root, { 'nemesis.config.yaml': 'extends: [./org]\ngates: ours\n' });
    symlinkSync('../outside', path.join(root, 'org'));
    symlinkSync('../outside/gates', path.join(root, 'ours'));
    const result = loadAt(root);
    expect(result.ok ? '' : told(result.diagnostics).match(/^\S+ error: .*/gm)).toEqual([
      'nemesis.config.yaml:1:11 error: `./org` leads out of the repository',
      'nemesis.config.yaml:2:8 error: ours leads out of the repository',
    ]);
    expect(loadAt(root, top).ok).toBe(true);
  });
});

test('a crowd of configurations that extend each other ends', () => {
  const crowd = (next: string) => `extends: [${Array(10).fill(next).join(', ')}]\n`;
  const text = complaints({
    'nemesis.config.yaml': crowd('./a.yaml'),
    'a.yaml': crowd('./b.yaml'),
    'b.yaml': crowd('./c.yaml'),
    'c.yaml': crowd('./d.yaml'),
    'd.yaml': 'jobs: 1\n',
  });
  expect(text).toContain('too many configurations extend each other');
});
