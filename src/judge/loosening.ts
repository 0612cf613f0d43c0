/** What one configuration allows that another did not: sentence by sentence, and setting by setting. Pure. */

import { limitsOf, metricsOf, sectionsOf } from '../language/index.ts';
import type { Agent, Sentence } from './agent.ts';
import type { Catalogue } from './catalogue.ts';

/** `loosens`: less blocks than before. `changes`: nobody can say from here whether it does. */
export interface ConfigChange {
  readonly kind: 'loosens' | 'changes';
  /** `eslint_warnings < 10 → eslint_warnings < 50`. */
  readonly text: string;
  /** `nemesis.config.yaml:4`, where it is said now; where it was said, of what is gone. */
  readonly at?: string;
}

export function agentChanges(
  before: readonly Agent[],
  now: readonly Agent[],
  catalogue: Catalogue,
): readonly ConfigChange[] {
  return before.flatMap((old) => {
    const agent = now.find(({ id, stage }) => id === old.id && stage === old.stage);
    if (agent === undefined) {
      return [{ kind: 'loosens', text: `${old.id} is gone from ${old.stage}`, at: placeOf(old) }];
    }
    return [
      ...sentenceChanges(old, agent, catalogue),
      ...runnerChanges(old, agent),
      ...otherChanges(old, agent),
    ];
  });
}

function sentenceChanges(old: Agent, agent: Agent, catalogue: Catalogue): readonly ConfigChange[] {
  const left = [...agent.sentences];
  const take = (fits: (one: Sentence) => boolean): Sentence | undefined => {
    const index = left.findIndex(fits);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const exact = old.sentences.map((one) => [one, take((other) => isSame(one, other))] as const);
  return exact.flatMap(([one, found]) => {
    const other = found ?? take((candidate) => isAboutTheSame(one, candidate));
    if (other === undefined) {
      return [{ kind: 'loosens', text: `\`${one.text}\` is gone`, at: placeOf(one) }];
    }
    return [...textChange(one, other, catalogue), ...levelChange(one, other)];
  });
}

const isSame = (one: Sentence, other: Sentence) =>
  one.text === other.text && one.role === other.role && key(one) === key(other);

const isAboutTheSame = (one: Sentence, other: Sentence) =>
  one.role === other.role && names(one) === names(other);

const key = ({ sections }: Sentence) => sections.join('/');
const names = ({ expr }: Sentence) => [...metricsOf(expr), ...sectionsOf(expr)].sort().join(' ');

function textChange(one: Sentence, other: Sentence, catalogue: Catalogue): ConfigChange[] {
  const at = whereSaid(other, 'limit');
  if (one.text === other.text) {
    const isMoved = key(one) !== key(other);
    const text = `\`${one.text}\` is in ${key(other) || 'no section'}, was in ${key(one)}`;
    return isMoved ? [{ kind: 'changes', text, at }] : [];
  }
  const text = `${one.text} → ${other.text}`;
  switch (allowsMore(one, other, catalogue)) {
    case undefined:
      return [{ kind: 'changes', text, at }];
    case true:
      return [{ kind: 'loosens', text, at }];
    case false:
      return [];
  }
}

/** Undefined where it is no matter of a number alone. */
function allowsMore(one: Sentence, other: Sentence, catalogue: Catalogue): boolean | undefined {
  const [from, to] = [valueOf(one), valueOf(other)];
  const [limit, ...more] = limitsOf(one.expr);
  const [next, ...others] = limitsOf(other.expr);
  if (limit === undefined || next === undefined || more.length + others.length > 0)
    return undefined;
  const better = catalogue.get(limit.metric)?.better;
  if (Number.isNaN(from - to) || better === undefined || better === 'as_asked') return undefined;
  if (from !== to) return to > from === (better === 'lower');
  // At the same number, a check that allows equality allows more, and a rule that bars it bars more.
  const allowsEqual = (op: string) => op.includes('=') === (one.role === 'check');
  return allowsEqual(next.op) && !allowsEqual(limit.op);
}

function valueOf({ expr }: Sentence): number {
  return expr.kind === 'comparison' && expr.right.kind === 'number' ? expr.right.value : NaN;
}

function levelChange(one: Sentence, other: Sentence): ConfigChange[] {
  const isSofter = one.level === 'block' && other.level === 'warn';
  const isPassedOver = other.softened === true && one.softened !== true;
  if (!isSofter && !isPassedOver) return [];
  return [{ kind: 'loosens', text: `\`${other.text}\` only warns`, at: whereSaid(other, 'level') }];
}

function runnerChanges(old: Agent, agent: Agent): ConfigChange[] {
  const now = agent.runners.map((entry) => entry.join(' or '));
  return old.runners
    .map((entry) => entry.join(' or '))
    .filter((entry) => !now.includes(entry))
    .map((entry) => ({
      kind: 'loosens',
      text: `${agent.id} asks for ${entry} no longer`,
      at: placeOf(agent),
    }));
}

/** Steps, strategy, triggers, score: whether less is asked then, only a person can say. */
function otherChanges(old: Agent, agent: Agent): ConfigChange[] {
  const parts = [
    ['score', old.score, agent.score],
    ['deployment', old.action, agent.action],
    ['trigger', old.trigger, agent.trigger],
    ['schedule', old.schedule, agent.schedule],
  ] as const;
  return parts
    .filter(([, before, now]) => withoutPlaces(before) !== withoutPlaces(now))
    .map(([part]) => ({
      kind: 'changes',
      text: `${agent.id}: its ${part} is another`,
      at: placeOf(agent),
    }));
}

function withoutPlaces(value: unknown): string | undefined {
  return JSON.stringify(value, (name, inner: unknown) =>
    ['place', 'offset', 'length', 'changedBy'].includes(name) ? undefined : inner,
  );
}

function placeOf({ place }: Pick<Agent, 'place'>): string {
  return `${place.file}:${place.line}`;
}

/** `limit from nemesis.config.yaml:4`: the line that says so, else where the sentence stands. */
function whereSaid(sentence: Sentence, what: 'limit' | 'level'): string {
  const said = (sentence.changedBy ?? '').split(', ').find((one) => one.startsWith(what));
  return said?.slice(`${what} from `.length) ?? placeOf(sentence);
}
