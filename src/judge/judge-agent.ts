/** The sentences of one agent, each with its outcome. The order they are written in changes nothing. */

import {
  evaluateSentence,
  explainSentence,
  sectionsOf,
  type Outcome,
  type Readings as LanguageReadings,
} from '../language/index.ts';
import type { Agent, Sentence } from './agent.ts';
import { typeScope } from './catalogue.ts';
import { known, standingOf, type Evidence, type JudgedSentence } from './standing.ts';

export function judgeAgent(agent: Agent, evidence: Evidence): readonly JudgedSentence[] {
  const scope = typeScope(evidence.catalogue, agent.sections);
  const outcomes = new Map<Sentence, Outcome>();
  const readingsFor = (asking: Sentence): LanguageReadings => ({
    metric: (name) => known(evidence.readings, name),
    baseline: (name) =>
      evidence.baseline.get(name) ?? { kind: 'missing', why: 'no baseline is known' },
    section: (name) => askedAbout(asking, name, agent).map((check) => outcomes.get(check)!),
  });

  let waiting: readonly Sentence[] = agent.sentences;
  while (waiting.length > 0) {
    const ready = waiting.filter((sentence) =>
      sectionsOf(sentence.expr)
        .flatMap((name) => askedAbout(sentence, name, agent))
        .every((check) => outcomes.has(check)),
    );
    // Only checks stand in sections, so what is left when none is ready is a circle of checks.
    const circle = waiting.filter(({ role }) => role === 'check');
    for (const sentence of ready.length > 0 ? ready : circle) {
      const outcome =
        ready.length > 0
          ? evaluateSentence(sentence.expr, scope, readingsFor(sentence))
          : asksItself(sentence);
      outcomes.set(sentence, outcome);
    }
    waiting = waiting.filter((sentence) => !outcomes.has(sentence));
  }
  return agent.sentences.map((sentence) => ({
    sentence,
    standing: standingOf(sentence, outcomes.get(sentence)!, evidence.readings),
    explanation: explainSentence(
      sentence.expr,
      scope,
      readingsFor(sentence),
      sentence.role === 'check' ? 'must_hold' : 'must_not',
    ),
  }));
}

/**
 * The checks of a section, as far as this sentence may go by them. A softened one moves only a warning rule:
 * a blocking sentence passes it over, and so does a check, which a blocking rule may ask about in turn.
 */
function askedAbout(asking: Sentence, section: string, { sentences }: Agent): readonly Sentence[] {
  const onlyWarns = asking.level === 'warn' && asking.role === 'rule';
  return sentences
    .filter(({ role, sections }) => role === 'check' && sections.includes(section))
    .filter(({ softened }) => onlyWarns || softened !== true);
}

function asksItself({ text }: Sentence): Outcome {
  const why = 'asks about a section whose answer depends on this sentence';
  return { kind: 'unknown', because: [{ metric: text, why }] };
}
