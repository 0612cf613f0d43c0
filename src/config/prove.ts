/**
 * Turns a gate file into an agent whose every name, unit and trigger is known, or into diagnostics.
 * All problems of a file come at once; nothing has been started yet.
 */

import {
  checkSentence,
  metricsOf,
  nearest,
  parseSentence,
  type TypeScope,
} from '../language/index.ts';
import { GATES, type Agent, type Sentence, type Stage } from '../judge/agent.ts';
import { typeScope, type Catalogue } from '../judge/catalogue.ts';
import { TRIGGERS } from '../judge/trigger.ts';
import type { Diagnostic } from '../failure.ts';
import type { CustomRunner } from './config.ts';
import { customRunnerOf } from './custom-runner.ts';
import { at } from './diagnose.ts';
import { draftsOf, located, type Draft } from './drafts.ts';
import type { GateFile } from './gate-schema.ts';
import { scorePlan } from './prove-score.ts';
import type { Document } from './yaml.ts';

/** What a gate file is proved against. */
export interface Known {
  readonly catalogue: Catalogue;
  readonly runnerIds: readonly string[];
}

export interface Proved {
  readonly agent: Agent;
  readonly custom: readonly CustomRunner[];
}

export function proveAgent(
  document: Document,
  file: GateFile,
  stage: Stage,
  known: Known,
): { agent: Proved | undefined; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const custom = customRunners(document, file, diagnostics);
  const runners = runnersOf(document, file, known, custom, diagnostics);
  const drafts = draftsOf(document, file, diagnostics);
  const sections = [...new Set(drafts.flatMap((draft) => draft.sections))];
  const catalogue = withCustom(known.catalogue, custom);
  const scope = typeScope(catalogue, sections);
  const measured = measuredHere(catalogue, runners.flat());
  const sentences = drafts.flatMap((draft) =>
    prove(document, file.agent_id, draft, scope, measured, diagnostics),
  );
  checkTrigger(document, file, stage, diagnostics);
  const score = scorePlan(document, file, typeScope(known.catalogue, []), diagnostics);
  if (diagnostics.length > 0) return { agent: undefined, diagnostics };
  const { line, column } = document.spot(['agent_id']);
  return {
    diagnostics,
    agent: {
      custom,
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
        ...(score === undefined ? {} : { score }),
        place: { file: document.file, line, column },
      },
    },
  };
}

function customRunners(
  document: Document,
  file: GateFile,
  diagnostics: Diagnostic[],
): CustomRunner[] {
  return (file.runners ?? []).flatMap((entry, index) => {
    if (typeof entry === 'string') return [];
    const made = customRunnerOf(
      entry,
      (path, message, help) => {
        diagnostics.push(at(document.spot(['runners', index, ...path]), message, help));
      },
      document.spot(['runners', index, 'id']),
    );
    return made === undefined ? [] : [made];
  });
}

function runnersOf(
  document: Document,
  file: GateFile,
  known: Known,
  custom: readonly CustomRunner[],
  diagnostics: Diagnostic[],
): string[][] {
  const ids = [...known.runnerIds, ...custom.map((runner) => runner.id)];
  return (file.runners ?? []).map((entry, index) => {
    const names = typeof entry === 'string' ? entry.split(/\s+or\s+/) : [entry.id];
    for (const name of names) {
      if (ids.includes(name)) continue;
      const near = nearest(name, ids);
      diagnostics.push(
        at(document.spot(['runners', index]), `no runner is called \`${name}\``, [
          near === undefined ? `known: ${ids.join(', ')}` : `write ${near}`,
        ]),
      );
    }
    return names;
  });
}

/** For each metric: undefined when a runner of this agent measures it, else what to do about it. */
type Measured = (metric: string) => string | undefined;

function measuredHere(catalogue: Catalogue, runners: readonly string[]): Measured {
  return (metric) => {
    const measuredBy = catalogue.get(metric)?.measuredBy ?? [];
    if (measuredBy.some((runner) => runners.includes(runner))) return undefined;
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

function checkTrigger(document: Document, file: GateFile, stage: Stage, diagnostics: Diagnostic[]) {
  if (file.trigger === undefined) {
    if (file.schedule === undefined) {
      diagnostics.push(
        at(document.spot(['agent_id']), 'an agent needs a `trigger` or a `schedule`'),
      );
    }
    return;
  }
  const names = TRIGGERS.map(({ name }) => name);
  const trigger = TRIGGERS.find(({ name }) => name === file.trigger);
  const spot = document.spot(['trigger']);
  if (trigger === undefined) {
    const near = nearest(file.trigger, names);
    diagnostics.push(
      at(spot, `nobody emits the trigger \`${file.trigger}\``, [
        near === undefined ? `known: ${names.join(', ')}` : `write ${near}`,
      ]),
    );
    return;
  }
  const order: readonly string[] = GATES;
  if (stage !== 'monitor' && order.indexOf(stage) < order.indexOf(trigger.from)) {
    diagnostics.push(
      at(
        spot,
        `\`${trigger.name}\` is emitted after the ${stage} gate, so this agent would never start`,
        [`use a trigger of the ${stage} gate or earlier`],
      ),
    );
  }
}

/** The catalogue with the metrics of runners that gate files declare. */
export function withCustom(catalogue: Catalogue, custom: readonly CustomRunner[]): Catalogue {
  if (custom.length === 0) return catalogue;
  const all = new Map(catalogue);
  for (const runner of custom) {
    for (const [name, metric] of Object.entries(runner.metrics)) {
      all.set(name, { ...metric, name, measuredBy: [runner.id] });
    }
  }
  return all;
}
