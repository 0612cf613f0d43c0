/** Which framework runs a suite, with which arguments: from the config, a script, or a config file of the framework. */

import type { SuiteConfig, SuiteName } from '../../config/config.ts';
import type { Project } from '../project.ts';
import { commandIn, readScript, type ScriptCommand } from '../script.ts';
import type { TestFramework } from './framework.ts';
import { frameworkNamed, frameworks } from './frameworks.ts';
import { isCoverageTool, ownWrapperArguments } from './coverage-tool.ts';

export type FoundSuite =
  | { readonly kind: 'none'; readonly why: string }
  | {
      readonly kind: 'runnable';
      readonly framework: TestFramework;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      /** What the script hands to c8 or nyc in front of the framework. */
      readonly wrapperArgs: readonly string[];
      readonly because: string;
      /** The package.json script it was read from. */
      readonly script?: string;
    }
  /** Something is declared, and this version cannot run it. */
  | {
      readonly kind: 'unreadable';
      readonly state: 'nothing_measured' | 'bad_config';
      readonly why: string;
      readonly help: string;
      readonly because: string;
    };

const SCRIPTS: Readonly<Record<SuiteName, readonly string[]>> = {
  unit: ['test:unit', 'unit', 'test'],
  integration: ['test:integration', 'integration', 'test:int'],
  e2e: ['test:e2e', 'e2e', 'test:playwright', 'test'],
};

/** End-to-end tests are Playwright's, which no plain check starts; unless a project says otherwise. */
function frameworksFor(name: SuiteName): readonly TestFramework[] {
  return frameworks.filter((framework) => (framework.name === 'playwright') === (name === 'e2e'));
}

/** A script that calls itself end-to-end says what it is, whoever runs it. */
function frameworksOf(name: SuiteName, script: string): readonly TestFramework[] {
  const own = frameworksFor(name);
  return name === 'e2e' && script !== 'test' ? [...own, ...frameworksFor('unit')] : own;
}

export function findSuite(project: Project, name: SuiteName): FoundSuite {
  const config = project.suites[name];
  const found =
    config !== undefined && isDeclaring(config)
      ? declaredSuite(project, name, config)
      : undeclaredSuite(project, name);
  return name === 'integration' &&
    found.kind === 'runnable' &&
    (config === undefined || !isDeclaring(config))
    ? unlessSameAsUnit(project, found)
    : found;
}

/** A config that only sets a timeout leaves the finding to us. */
function isDeclaring({ framework, args, script }: SuiteConfig): boolean {
  return framework !== undefined || args !== undefined || script !== undefined;
}

function declaredSuite(project: Project, name: SuiteName, config: SuiteConfig): FoundSuite {
  const because = `suites.${name} in the config`;
  const bad = (why: string, help: string): FoundSuite => ({
    kind: 'unreadable',
    state: 'bad_config',
    why,
    help,
    because,
  });
  if (config.script !== undefined && project.scripts[config.script] === undefined) {
    return bad(
      `suites.${name} names the script \`${config.script}\`, and package.json has none of that name`,
      `write one of: ${Object.keys(project.scripts).join(', ') || 'a script of package.json'}`,
    );
  }
  const start = declaredStart(project, name, config);
  if (start !== undefined) {
    const args =
      config.args === undefined ? start.args : ownArguments(start.framework, config.args);
    return { kind: 'runnable', ...start, args, because };
  }
  if (config.script !== undefined) {
    return unreadableScript(project, config.script, because, name);
  }
  return bad(
    `suites.${name} has arguments, and no framework to give them to`,
    `write suites.${name}.framework: one of ${frameworks.map((one) => one.name).join(', ')}`,
  );
}

function declaredStart(
  project: Project,
  name: SuiteName,
  { framework: wanted, script }: SuiteConfig,
): Omit<Start, 'script'> | undefined {
  const scripts = script === undefined ? declaredScripts(project, name) : [script];
  if (wanted === undefined) {
    return firstStart(project, scripts, (one) => frameworksOf(name, one));
  }
  const framework = frameworkNamed(wanted);
  return (
    firstStart(project, scripts, () => [framework]) ?? {
      framework,
      args: [],
      env: {},
      wrapperArgs: [],
    }
  );
}

function ownArguments(framework: TestFramework, words: readonly string[]): readonly string[] {
  // Whoever writes the arguments of node's runner need not repeat `--test`, nor `test` for Playwright.
  const ways = [words, ['--test', ...words], ['test', ...words]];
  return ways.map((way) => framework.ownArguments(way)).find((args) => args !== undefined) ?? [];
}

function undeclaredSuite(project: Project, name: SuiteName): FoundSuite {
  const scripts = declaredScripts(project, name);
  const start = firstStart(project, scripts, (one) => frameworksOf(name, one));
  if (start !== undefined) {
    return { kind: 'runnable', ...start, because: `package.json scripts.${start.script}` };
  }
  // Without a script of its own, an integration suite would be the unit suite a second time.
  const configured = name === 'integration' ? undefined : configuredFramework(project, name);
  if (configured !== undefined) return configured;
  const script = scripts.find((one) => !belongsElsewhere(project, name, one));
  if (script !== undefined) {
    return unreadableScript(project, script, `package.json scripts.${script}`, name);
  }
  const kind = name === 'unit' ? 'test' : name;
  return { kind: 'none', why: `no ${kind} suite is declared here` };
}

/** `test` may be the end-to-end tests, or all but them. */
function belongsElsewhere(project: Project, name: SuiteName, script: string): boolean {
  if (name === 'e2e') return script === 'test';
  return firstStart(project, [script], () => frameworksFor('e2e')) !== undefined;
}

function declaredScripts(project: Project, name: SuiteName): string[] {
  return SCRIPTS[name].filter((script) => {
    const text = project.scripts[script];
    return text !== undefined && text.trim() !== '' && !/no test specified/i.test(text);
  });
}

function configuredFramework(project: Project, name: SuiteName): FoundSuite | undefined {
  for (const framework of frameworksFor(name)) {
    const file = framework.configuredBy(project);
    if (file !== undefined) {
      return { kind: 'runnable', framework, args: [], env: {}, wrapperArgs: [], because: file };
    }
  }
  return undefined;
}

function unreadableScript(
  project: Project,
  script: string,
  because: string,
  name: SuiteName,
): FoundSuite {
  const known = name === 'e2e' ? 'playwright test' : 'jest, vitest, mocha, node --test';
  return {
    kind: 'unreadable',
    state: 'nothing_measured',
    why: `the test script \`${project.scripts[script]}\` starts no runner this version reads (${known})`,
    help: `declare suites.${name} in nemesis.config.yaml, or a custom run: with report: junit`,
    because,
  };
}

function unlessSameAsUnit(
  project: Project,
  found: Extract<FoundSuite, { kind: 'runnable' }>,
): FoundSuite {
  const unit = findSuite(project, 'unit');
  const identity = ({ framework, args, env }: typeof found): string =>
    JSON.stringify([framework.name, args, env]);
  return unit.kind === 'runnable' && identity(unit) === identity(found)
    ? { kind: 'none', why: 'the integration script runs the unit suite' }
    : found;
}

interface Start {
  readonly framework: TestFramework;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly wrapperArgs: readonly string[];
  readonly script: string;
}

function firstStart(
  project: Project,
  scripts: readonly string[],
  wanted: (script: string) => readonly TestFramework[],
): Start | undefined {
  for (const script of scripts) {
    for (const framework of wanted(script)) {
      for (const started of startsOf(framework.program, project.scripts, script)) {
        const { words, env, wrapperArgs } = started;
        const args = framework.ownArguments(words);
        if (args !== undefined) return { framework, args, env, wrapperArgs, script };
      }
    }
  }
  return undefined;
}

/** The words are those after the program. */
interface ProgramStart extends ScriptCommand {
  readonly wrapperArgs: readonly string[];
}

/** Every way a script may start `program`: itself, or through other scripts. */
function startsOf(
  program: string,
  scripts: Readonly<Record<string, string>>,
  script: string,
): ProgramStart[] {
  const followed = commandIn(scripts, script, program);
  return [
    ...readScript(scripts[script] ?? '').flatMap((command) => launched(program, command)),
    ...(followed === undefined
      ? []
      : [{ env: followed.env, words: followed.words.slice(1), wrapperArgs: [] }]),
  ];
}

/** Words that may stand before a program without changing what it does. */
const LAUNCHERS = new Set(
  'npx pnpm yarn bun bunx npm exec run env cross-env c8 nyc time dotenv --'.split(' '),
);

/** `pnpm exec jest`, `c8 --all node --test`, `node --experimental-vm-modules node_modules/jest/bin/jest.js`. */
function launched(program: string, { words, env }: ScriptCommand): ProgramStart[] {
  const own = words.findIndex((word) => word === program || word.endsWith(`/.bin/${program}`));
  const wrapper = words.slice(0, Math.max(0, own)).findIndex((word) => isCoverageTool(word));
  const before = words.slice(0, wrapper >= 0 ? wrapper : own);
  if (own >= 0 && before.every(isLauncher)) {
    const assigned = words.slice(0, own).flatMap((word) => assignment(word));
    return [
      {
        env: { ...env, ...Object.fromEntries(assigned) },
        words: words.slice(own + 1),
        wrapperArgs: wrapper < 0 ? [] : ownWrapperArguments(words.slice(wrapper + 1, own)),
      },
    ];
  }
  const node = words.indexOf('node');
  if (node < 0 || !words.slice(0, node).every(isLauncher)) return [];
  const entry = words.findIndex((word) =>
    new RegExp(`(^|/)node_modules/(\\.bin/${program}|${program}/.*)$`).test(word),
  );
  const flags = words.slice(node + 1, entry);
  if (entry < 0 || !flags.every((word) => word.startsWith('-'))) return [];
  const options = [env['NODE_OPTIONS'] ?? '', ...flags].join(' ').trim();
  return [
    {
      env: options === '' ? env : { ...env, NODE_OPTIONS: options },
      words: words.slice(entry + 1),
      wrapperArgs: [],
    },
  ];
}

function isLauncher(word: string): boolean {
  return LAUNCHERS.has(word) || word.startsWith('-') || assignment(word).length > 0;
}

function assignment(word: string): [string, string][] {
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(word);
  return match === null ? [] : [[match[1]!, match[2]!]];
}
