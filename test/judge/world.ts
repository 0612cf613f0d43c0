/** A small made-up world of metrics, and short ways to write agents, plans and readings in it. */

import {
  parseExpression,
  parseSentence,
  type Datum,
  type Expr,
  type Known,
  type Parsed,
} from '../../src/language/index.ts';
import type { Agent, ScoreComponent, ScorePlan, Sentence } from '../../src/judge/agent.ts';
import { createCatalogue, type Catalogue } from '../../src/judge/catalogue.ts';
import type { Reading, Readings, Tolerance } from '../../src/judge/reading.ts';
import type { Evidence } from '../../src/judge/standing.ts';

const PLACE = { file: 'gates/code/quality.yaml', line: 1, column: 1 };

const about = 'made up';
export const catalogue: Catalogue = createCatalogue([
  {
    id: 'tool',
    metrics: {
      errors: { dimension: 'count', better: 'lower', about },
      warnings: { dimension: 'count', better: 'lower', about },
      secrets: { dimension: 'count', better: 'lower', about },
      tests: { dimension: 'count', better: 'higher', about },
      coverage: { dimension: 'ratio', better: 'higher', about },
      error_rate: { dimension: 'ratio', better: 'lower', about },
      formatted: { dimension: 'boolean', better: 'higher', about },
      safe: { dimension: 'boolean', better: 'higher', about },
    },
  },
]);

export const TOLERANCE: Tolerance = { runner: 'tool', state: 'timed_out', place: PLACE };

export const measured = (value: Datum): Reading => ({ kind: 'measured', value, runner: 'tool' });
export const notApplicable: Reading = { kind: 'not_applicable', why: 'tool: not here' };
export const missing: Reading = {
  kind: 'missing',
  why: 'tool: timed out',
  state: 'timed_out',
  runner: 'tool',
};
export const tolerated: Reading = { ...missing, toleratedBy: TOLERANCE };

export function evidenceOf(
  readings: Readings | Readonly<Record<string, Reading>>,
  baseline: Readonly<Record<string, Known>> = {},
): Evidence {
  const map = readings instanceof Map ? readings : new Map(Object.entries(readings));
  return { catalogue, readings: map, baseline: new Map(Object.entries(baseline)) };
}

type Written = Partial<Pick<Sentence, 'level' | 'sections' | 'softened'>>;

export function check(text: string, written: Written = {}): Sentence {
  const { level = 'block', sections = ['all'] } = written;
  const expr = proved(parseSentence(text));
  return { agent: 'A', role: 'check', text, expr, place: PLACE, ...written, level, sections };
}

export function rule(text: string, level: Sentence['level'] = 'block'): Sentence {
  const expr = proved(parseSentence(text));
  return { agent: 'A', role: 'rule', level, sections: [], text, expr, place: PLACE };
}

export function agent(...sentences: readonly Sentence[]): Agent {
  return {
    id: 'DEPLOY_CODE_001',
    name: 'Code_Quality_Guardian',
    stage: 'code',
    type: 'ephemeral',
    trigger: 'pre-commit',
    runners: [['tool']],
    sections: [...new Set(sentences.flatMap(({ sections }) => sections))],
    sentences,
    place: PLACE,
  };
}

/** Components by name: weight, then the expression of each metric. */
export function plan(
  components: Readonly<Record<string, readonly [weight: number, ...texts: readonly string[]]>>,
  bands: ScorePlan['bands'] = { ready: 0.85, caution: 0.7 },
): ScorePlan {
  return {
    bands,
    place: PLACE,
    components: Object.entries(components).map(([name, [weight, ...texts]]) =>
      component(name, weight, texts),
    ),
  };
}

export function component(name: string, weight: number, texts: readonly string[]): ScoreComponent {
  const metrics = texts.map((text) => ({
    name: text,
    text,
    expr: proved(parseExpression(text)),
    place: PLACE,
  }));
  return { name, weight, metrics };
}

function proved(parsed: Parsed): Expr {
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.expr;
}
