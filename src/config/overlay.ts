/** What a configuration changes in the gates it extends: limits and levels, each change remembered in words. */

import {
  checkSentence,
  limitsOf,
  metricsOf,
  nearest,
  parseSentence,
  withLimit,
  type TypeScope,
} from '../language/index.ts';
import type { Agent, Sentence } from '../judge/agent.ts';
import { typeScope, type Catalogue } from '../judge/catalogue.ts';
import type { RollbackTrigger } from '../judge/deployment.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { Layer } from './layers.ts';
import { withMatrix } from './matrix.ts';
import { trafficScope } from './prove-triggers.ts';

/** What a limit stands in: a check, a rule, or a rollback trigger. */
type Limited = Pick<Sentence, 'text' | 'expr' | 'changedBy'> & Partial<Pick<Sentence, 'role'>>;
type SentenceTrigger = Extract<RollbackTrigger, { kind: 'sentence' }>;

export function applyOverlay(
  agents: readonly Agent[],
  layer: Layer,
  catalogue: Catalogue,
  diagnostics: Diagnostic[],
): readonly Agent[] {
  const limited = applyLimits(agents, layer, catalogue, diagnostics);
  const levelled = applyLevels(limited, layer, catalogue, diagnostics);
  return withMatrix(levelled, layer, diagnostics);
}

function applyLimits(
  agents: readonly Agent[],
  { data, document }: Layer,
  catalogue: Catalogue,
  diagnostics: Diagnostic[],
): readonly Agent[] {
  let changed = agents;
  for (const [metric, limit] of Object.entries(data.limits ?? {})) {
    const spot = document!.spot(['limits', metric]);
    const where = `${spot.file}:${spot.line}`;
    const alone = /^(?:[<>]=?|[!=]=)\s*(.+)/.exec(limit)?.[1];
    if (alone !== undefined) {
      diagnostics.push(at(spot, 'a limit is a value without a comparison', [`write ${alone}`]));
      continue;
    }
    let hits = 0;
    const change = <T extends Limited>(sentence: T, scope: TypeScope): T => {
      const text = withFloor(sentence, metric, limit, catalogue, scope);
      if (text === undefined) return sentence;
      hits += 1;
      const parsed = parseSentence(text);
      const problem = parsed.ok ? checkSentence(parsed.expr, scope)[0] : parsed.problem;
      if (!parsed.ok || problem !== undefined) {
        const message = `\`${limit}\` is no limit for ${metric}: ${problem!.message}`;
        if (hits === 1) diagnostics.push(at(spot, message, problem!.hint ? [problem!.hint] : []));
        return sentence;
      }
      return {
        ...sentence,
        text,
        expr: parsed.expr,
        changedBy: alsoBy(sentence.changedBy, 'limit', where),
      };
    };
    changed = eachSentence(changed, (sentence, agent) =>
      change(sentence, typeScope(catalogue, agent.sections)),
    );
    changed = eachTrigger(changed, (trigger) => change(trigger, trafficScope(catalogue)));
    if (hits === 0) {
      const known = [
        ...new Set(
          [...allSentences(agents), ...allTriggers(agents)]
            .flatMap(({ expr }) => limitsOf(expr, typeScope(catalogue, [])))
            .map((one) => one.metric),
        ),
      ];
      const near = nearest(metric, known);
      const key = document!.keySpot(['limits', metric]);
      diagnostics.push(
        at(key, `no sentence sets a limit for \`${metric}\``, [
          near === undefined ? `limits stand for: ${known.join(', ')}` : `write ${near}`,
        ]),
      );
    }
  }
  return changed;
}

/**
 * The sentence with another limit. `eslint_errors == 0` with a limit of 30 means at most 30: nobody asks for exactly
 * that many errors.
 */
function withFloor(
  { text, expr, role }: Limited,
  metric: string,
  limit: string,
  catalogue: Catalogue,
  scope: TypeScope,
): string | undefined {
  if (role !== undefined && /^baseline\b/.test(limit.trim()))
    return againstBaseline({ expr, role }, metric, limit.trim(), catalogue, scope);
  const changed = withLimit(text, metric, limit, scope);
  const fewer = catalogue.get(metric)?.better === 'lower';
  if (changed === undefined || !fewer || expr.kind !== 'comparison' || expr.op !== '==')
    return changed;
  return `${metric} <= ${limit.trim()}`;
}

/** As good as the baseline is good enough: `eslint_warnings < 10` becomes `eslint_warnings <= baseline`. */
function againstBaseline(
  { expr, role }: Required<Pick<Limited, 'expr' | 'role'>>,
  metric: string,
  limit: string,
  catalogue: Catalogue,
  scope: TypeScope,
): string | undefined {
  const limits = limitsOf(expr, scope).filter((one) => one.metric === metric);
  if (expr.kind !== 'comparison' || limits.length !== 1) return undefined;
  const isLower = catalogue.get(metric)?.better === 'lower';
  const op = role === 'check' ? (isLower ? '<=' : '>=') : isLower ? '>' : '<';
  return `${metric} ${op} ${limit}`;
}

function applyLevels(
  agents: readonly Agent[],
  { data, document }: Layer,
  catalogue: Catalogue,
  diagnostics: Diagnostic[],
): readonly Agent[] {
  let changed = agents;
  for (const [metric, level] of Object.entries(data.levels ?? {})) {
    let hits = 0;
    const spot = document!.spot(['levels', metric]);
    changed = eachSentence(changed, (sentence, agent) => {
      if (!metricsOf(sentence.expr, typeScope(catalogue, agent.sections)).includes(metric)) {
        return sentence;
      }
      hits += 1;
      return {
        ...sentence,
        level,
        softened: level === 'warn',
        changedBy: alsoBy(sentence.changedBy, 'level', `${spot.file}:${spot.line}`),
      };
    });
    if (hits === 0) {
      const near = nearest(metric, [...catalogue.keys()]);
      diagnostics.push(
        at(
          document!.keySpot(['levels', metric]),
          `no sentence names \`${metric}\``,
          near === undefined || near === metric ? [] : [`write ${near}`],
        ),
      );
    }
  }
  return changed;
}

/** Limit and level may come from two places; of each, the last one counts. */
function alsoBy(before: string | undefined, what: 'limit' | 'level', where: string): string {
  const others = (before ?? '').split(', ').filter((one) => one !== '' && !one.startsWith(what));
  return [...others, `${what} from ${where}`].join(', ');
}

function eachSentence(
  agents: readonly Agent[],
  change: (sentence: Sentence, agent: Agent) => Sentence,
): readonly Agent[] {
  return agents.map((agent) => ({
    ...agent,
    sentences: agent.sentences.map((sentence) => change(sentence, agent)),
  }));
}

function eachTrigger(
  agents: readonly Agent[],
  change: (trigger: SentenceTrigger) => SentenceTrigger,
): readonly Agent[] {
  return agents.map((agent) => {
    const { action } = agent;
    if (action === undefined) return agent;
    const rollbackTriggers = action.rollbackTriggers.map((trigger) =>
      trigger.kind === 'sentence' ? change(trigger) : trigger,
    );
    return { ...agent, action: { ...action, rollbackTriggers } };
  });
}

const allTriggers = (agents: readonly Agent[]) =>
  agents.flatMap(({ action }) =>
    (action?.rollbackTriggers ?? []).filter((trigger) => trigger.kind === 'sentence'),
  );

const allSentences = (agents: readonly Agent[]) => agents.flatMap((agent) => agent.sentences);
