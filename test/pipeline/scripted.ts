/** A run whose runners say what the test wrote for them: no process, no clock, no project. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Event } from '../../src/event.ts';
import { parseExpression, parseSentence, type Parsed } from '../../src/language/index.ts';
import type { Agent, GateName, Level, ScorePlan, Sentence } from '../../src/judge/agent.ts';
import type { MetricDeclaration } from '../../src/judge/catalogue.ts';
import { DEFAULT_AUDIT, type Config } from '../../src/config/config.ts';
import { DEFAULT_COVERAGE } from '../../src/config/coverage.ts';
import { redactor } from '../../src/measure/redact.ts';
import type { Measurement, RunContext, Runner } from '../../src/measure/runner.ts';
import type { Project } from '../../src/measure/project.ts';
import {
  CHECKED_GATES,
  runCheck,
  type CheckContext,
  type CheckOptions,
} from '../../src/pipeline/check.ts';
import type { CheckResult } from '../../src/pipeline/result.ts';

const count = (about: string): MetricDeclaration => ({
  dimension: 'count',
  better: 'lower',
  about,
});

const METRICS: Readonly<Record<string, MetricDeclaration>> = {
  eslint_errors: count('errors as ESLint counts them'),
  eslint_warnings: count('warnings as ESLint counts them'),
  vulnerabilities_critical: count('packages with a critical vulnerability'),
  lockfile_consistent: {
    dimension: 'boolean',
    better: 'higher',
    about: 'the lock file repeats package.json',
  },
  'unit.tests_failed': count('unit tests that failed'),
  coverage_overall: {
    dimension: 'ratio',
    better: 'higher',
    about: 'share of lines any suite runs',
  },
};

export interface Scripted extends Partial<Omit<Runner, 'measure' | 'metrics'>> {
  readonly id: string;
  readonly metrics: readonly string[];
  readonly says: Partial<Measurement> | ((context: RunContext) => Promise<Partial<Measurement>>);
}

export function runner({ id, metrics, says, ...rest }: Scripted): Runner {
  const whole = (said: Partial<Measurement>): Measurement => ({
    ...{ state: 'clean', metrics: {}, findings: [] },
    ...said,
  });
  return {
    id,
    about: `scripted ${id}`,
    metrics: Object.fromEntries(metrics.map((name) => [name, METRICS[name]!])),
    inPlay: () => ({ inPlay: true, because: 'the script' }),
    measure: async (context) => whole(typeof says === 'function' ? await says(context) : says),
    ...rest,
  };
}

export interface Written {
  readonly gate: GateName;
  readonly runners: readonly (readonly string[])[];
  /** Sentences that must hold, by section. */
  readonly checks?: Readonly<Record<string, readonly string[]>>;
  readonly blocking?: readonly string[];
  readonly warning?: readonly string[];
  readonly onFailedCheck?: Level;
}

export function agent(written: Written): Agent {
  const { gate, checks = {}, blocking = [], warning = [], onFailedCheck = 'block' } = written;
  const id = `${gate.toUpperCase()}_001`;
  let line = 10;
  const sentence = (text: string, rest: Pick<Sentence, 'role' | 'level' | 'sections'>) => ({
    ...{ agent: id, text, expr: expr(parseSentence(text)) },
    ...{ place: { file: `gates/${gate}.yaml`, line: line++, column: 7 } },
    ...rest,
  });
  const sentences = [
    ...Object.entries(checks).flatMap(([section, texts]) =>
      texts.map((text) =>
        sentence(text, { role: 'check', level: onFailedCheck, sections: [section] }),
      ),
    ),
    ...blocking.map((text) => sentence(text, { role: 'rule', level: 'block', sections: [] })),
    ...warning.map((text) => sentence(text, { role: 'rule', level: 'warn', sections: [] })),
  ];
  return {
    ...{ id, name: `${gate}_agent`, stage: gate, type: 'ephemeral', trigger: 'on_push' },
    runners: written.runners,
    sections: Object.keys(checks),
    sentences,
    place: { file: `gates/${gate}.yaml`, line: 1, column: 1 },
  };
}

function expr(parsed: Parsed) {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problem));
  return parsed.expr;
}

/** Half for the linter, half for the tests. */
export function scoreAgent(): Agent {
  const place = { file: 'gates/score.yaml', line: 1, column: 1 };
  const component = (name: string, text: string): ScorePlan['components'][number] => ({
    ...{ name, weight: 0.5 },
    metrics: [{ name, text, expr: expr(parseExpression(text)), place }],
  });
  return {
    ...{ id: 'SCORE', name: 'score', stage: 'monitor', type: 'persistent', schedule: '0 * * * *' },
    ...{ runners: [], sections: [], sentences: [], place },
    score: {
      components: [
        component('linting', '100 - 10 * eslint_errors - 2 * eslint_warnings'),
        component('coverage', '100 * coverage_overall / 75%'),
      ],
      bands: { ready: 0.85, caution: 0.7 },
      place,
    },
  };
}

export interface Script {
  readonly runners: readonly Runner[];
  readonly agents: readonly Agent[];
  readonly config?: Partial<Config>;
  readonly options?: Partial<CheckOptions>;
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly past?: CheckContext['past'];
  readonly baseline?: CheckContext['baseline'];
  readonly files?: readonly string[];
  /** Looks into `.nemesis` before it is taken away. */
  readonly afterwards?: (stateDir: string) => void;
}

export interface Played {
  readonly events: readonly Event[];
  readonly result: CheckResult;
}

/** The clock goes on by 100 ms each time somebody looks at it. */
export async function play(script: Script): Promise<Played> {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'nemesis-script-'));
  const events: Event[] = [];
  let now = Date.UTC(2026, 0, 2, 3, 4, 5);
  const config: Config = {
    ...{ file: undefined, service: 'shop', describedAs: 'nemesis.config.yaml' },
    ...{ mode: {}, tolerate: [], require: [], jobs: 1, suites: {}, custom: [], secrets: [] },
    ...{ coverage: DEFAULT_COVERAGE, audit: DEFAULT_AUDIT },
    ...{ waivers: [], packages: [] },
    ...{ environments: [], release: { migrations: 'none' } },
    ...{ timeoutMs: 1000, outputCapBytes: 1000 },
    ...script.config,
  };
  try {
    const result = await runCheck(
      { gates: CHECKED_GATES, only: [], skip: [], failFast: false, ...script.options },
      {
        config,
        agents: script.agents,
        runners: script.runners,
        project: {
          root: '/shop',
          files: script.files ?? [],
          filesCut: false,
        } as unknown as Project,
        engine: {
          run: () => Promise.reject(new Error('no process in a script')),
          launchDetached: () => Promise.reject(new Error('no process in a script')),
          close: () => Promise.resolve(),
        },
        jobs: script.jobs ?? 1,
        runId: 'run',
        signal: script.signal ?? new AbortController().signal,
        stateDir,
        redact: redactor(script.env ?? {}, script.config?.secrets ?? []),
        now: () => (now += 100),
        commit: 'c0ffee',
        dirty: false,
        baseline: script.baseline,
        ...(script.past !== undefined && { past: script.past }),
      },
      (event) => events.push(event),
    );
    script.afterwards?.(stateDir);
    return { events, result };
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}
