/**
 * Turns a gate file into an agent whose every name, unit and trigger is known, or into diagnostics.
 * All problems of a file come at once; nothing has been started yet.
 */

import { checkSentence, metricsOf, parseSentence, type TypeScope } from '../language/index.ts';
import type { Agent, Sentence, Stage } from '../judge/agent.ts';
import { typeScope, type Catalogue } from '../judge/catalogue.ts';
import { compared } from '../judge/compared.ts';
import { recorded } from '../judge/recorded.ts';
import { traffic } from '../judge/traffic.ts';
import type { Diagnostic } from '../failure.ts';
import type { VulnerabilityResponses } from '../judge/vulnerability.ts';
import { auditsOf, responseSentences } from './audits.ts';
import type { CustomRunner } from './config.ts';
import { draftsOf, located, type Draft } from './drafts.ts';
import type { GateFile } from './gate-schema.ts';
import { matrixOf } from './matrix.ts';
import { actionOf, type DeploysTo } from './prove-action.ts';
import { checkTrigger } from './prove-order.ts';
import { checkGateSuites } from './prove-suites.ts';
import { declaredRunners, runnersOf, withCustom } from './prove-runners.ts';
import { scorePlan } from './prove-score.ts';
import type { Document } from './yaml.ts';

/** What a gate file is proved against. */
export interface Known {
  readonly catalogue: Catalogue;
  readonly runnerIds: readonly string[];
  readonly deploysTo: DeploysTo;
}

export interface Proved {
  readonly agent: Agent;
  readonly custom: readonly CustomRunner[];
  readonly data: Pick<GateFile, 'test_suites'>;
}

export function proveAgent(
  document: Document,
  file: GateFile,
  stage: Stage,
  known: Known,
): { agent: Proved | undefined; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const custom = declaredRunners(document, file, known, diagnostics);
  const audits = auditsOf(document, file, diagnostics);
  const listed = runnersOf(document, file, known, custom, diagnostics);
  const runners = [
    ...listed,
    ...audits.runners.filter((id) => !listed.flat().includes(id)).map((id) => [id]),
  ];
  const catalogue = withCustom(known.catalogue, custom);
  const drafts = [
    ...draftsOf(document, file, (name) => isVersion(name, catalogue), diagnostics),
    ...responseSentences(document, file, runners.flat(), diagnostics).map((sentence): Draft => {
      return { ...sentence, sections: [], role: 'rule', shift: undefined };
    }),
  ];
  const sections = [...new Set(drafts.flatMap((draft) => draft.sections))];
  const scope = typeScope(catalogue, sections);
  const measured = measuredHere(catalogue, runners.flat());
  const sentences = drafts.flatMap((draft) =>
    prove(document, file.agent_id, draft, scope, measured, diagnostics),
  );
  checkTrigger(document, file, stage, diagnostics);
  checkGateSuites(document, file, diagnostics);
  const score = scorePlan(document, file, typeScope(known.catalogue, []), diagnostics);
  const action = actionOf(document, file, stage, known, diagnostics);
  const matrix = matrixOf(document, file, diagnostics);
  if (diagnostics.length > 0) return { agent: undefined, diagnostics };
  const { line, column } = document.spot(['agent_id']);
  return {
    diagnostics,
    agent: {
      custom,
      data: file,
      agent: {
        id: file.agent_id,
        name: file.name,
        stage,
        type: file.type,
        ...(file.trigger === undefined ? {} : { trigger: file.trigger }),
        ...(file.schedule === undefined ? {} : { schedule: file.schedule }),
        runners,
        sections,
        sentences,
        ...(file.vulnerability_response && { responses: responsesIn(file.vulnerability_response) }),
        ...(audits.autoFix.length > 0 && { autoFix: audits.autoFix }),
        ...(score === undefined ? {} : { score }),
        ...(matrix === undefined ? {} : { matrix }),
        ...(action === undefined ? {} : { action }),
        place: { file: document.file, line, column },
      },
    },
  };
}

function responsesIn(given: NonNullable<GateFile['vulnerability_response']>) {
  return Object.fromEntries(
    Object.entries(given).filter(([, responses]) => responses !== undefined),
  ) as VulnerabilityResponses;
}

/** By its type, or by its name where nobody knows it yet. */
function isVersion(metric: string, catalogue: Catalogue): boolean {
  const dimension = catalogue.get(metric)?.dimension;
  return dimension === undefined ? /(?:^|[_.])version$/.test(metric) : dimension === 'version';
}

/** For each metric: undefined when a runner of this agent measures it, else what to do about it. */
type Measured = (metric: string) => string | undefined;

function measuredHere(catalogue: Catalogue, runners: readonly string[]): Measured {
  return (metric) => {
    const measuredBy = catalogue.get(metric)?.measuredBy ?? [];
    if (measuredBy.some((runner) => runners.includes(runner))) return undefined;
    // Whatever runners a gate has, what they find can be new.
    if (measuredBy.includes(compared.id)) return undefined;
    if (measuredBy.includes(recorded.id))
      return 'it is read for the score only: remove the sentence';
    if (measuredBy.includes(traffic.id))
      return 'it is measured while a candidate is watched: write it as a rollback trigger';
    return measuredBy.length === 0
      ? 'this version of nemesis cannot measure it yet: remove the sentence'
      : `add ${measuredBy.join(' or ')} to \`runners\``;
  };
}

function prove(
  document: Document,
  agent: string,
  draft: Draft,
  scope: TypeScope,
  measured: Measured,
  diagnostics: Diagnostic[],
): Sentence[] {
  const parsed = parseSentence(draft.text);
  const problems = parsed.ok ? [...checkSentence(parsed.expr, scope)] : [parsed.problem];
  if (parsed.ok) {
    for (const metric of metricsOf(parsed.expr, scope)) {
      const hint = scope.metric(metric) === undefined ? undefined : measured(metric);
      if (hint === undefined) continue;
      const offset = Math.max(0, draft.text.indexOf(metric));
      const message = `no runner of this agent measures \`${metric}\``;
      problems.push({ offset, length: metric.length, message, hint });
    }
  }
  if (!parsed.ok || problems.length > 0) {
    diagnostics.push(...problems.map((problem) => located(document, draft, problem)));
    return [];
  }
  const { file, line, column } = document.spot(draft.path);
  const { role, level, sections, text } = draft;
  const place = { file, line, column };
  return [{ agent, role, level, sections, text, expr: parsed.expr, place }];
}
