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
import { coversSentence, type Waiver } from './waiver.ts';
import { known, standingOf, type Evidence, type JudgedSentence } from './standing.ts';

export function judgeAgent(agent: Agent, evidence: Evidence): readonly JudgedSentence[] {
  const scope = typeScope(evidence.catalogue, agent.sections);
  const outcomes = new Map<Sentence, Outcome>();
  const waivedBy = (sentence: Sentence) => waiverOf(sentence, agent, outcomes, evidence);
  const readingsFor = (asking: Sentence): LanguageReadings => ({
    metric: (name) => known(evidence.readings, name),
    baseline: (name) =>
      evidence.baseline.get(name) ?? { kind: 'missing', why: 'no baseline is known' },
    section: (name) =>
      askedAbout(asking, name, agent).map((check) =>
        // Until its waiver ends, a check that fails is no reason for another sentence to block.
        onlyWarns(asking) || waivedBy(check) === undefined
          ? outcomes.get(check)!
          : { kind: 'true' },
      ),
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
  return agent.sentences.map((sentence) => {
    const waiver = waivedBy(sentence);
    return {
      sentence,
      standing: standingOf(sentence, outcomes.get(sentence)!, evidence.readings),
      explanation: explainSentence(
        sentence.expr,
        scope,
        readingsFor(sentence),
        sentence.role === 'check' ? 'must_hold' : 'must_not',
      ),
      ...(waiver !== undefined && { waivedBy: waiver }),
    };
  });
}

/** Only what is bad can be waived: a sentence that holds needs no waiver, and none stands in for a measurement. */
function waiverOf(
  sentence: Sentence,
  agent: Agent,
  outcomes: ReadonlyMap<Sentence, Outcome>,
  { waivers = [] }: Evidence,
): Waiver | undefined {
  const bad = sentence.role === 'check' ? 'false' : 'true';
  if (outcomes.get(sentence)?.kind !== bad) return undefined;
  return waivers.find((waiver) => coversSentence(waiver, agent.stage, sentence));
}

const onlyWarns = ({ level, role }: Sentence) => level === 'warn' && role === 'rule';

/**
 * The checks of a section, as far as this sentence may go by them. A softened one moves only a warning rule:
 * a blocking sentence passes it over, and so does a check, which a blocking rule may ask about in turn.
 */
function askedAbout(asking: Sentence, section: string, { sentences }: Agent): readonly Sentence[] {
  return sentences
    .filter(({ role, sections }) => role === 'check' && sections.includes(section))
    .filter(({ softened }) => onlyWarns(asking) || softened !== true);
}

function asksItself({ text }: Sentence): Outcome {
  const why = 'asks about a section whose answer depends on this sentence';
  return { kind: 'unknown', because: [{ metric: text, why }] };
}
