/** When an agent takes a release back: signals by name, or sentences about the traffic of the candidate. */

import {
  checkSentence,
  metricsOf,
  nearest,
  parseSentence,
  type Problem,
  type TypeScope,
} from '../language/index.ts';
import { typeScope, type Catalogue } from '../judge/catalogue.ts';
import { SIGNALS, type RollbackTrigger } from '../judge/deployment.ts';
import { traffic } from '../judge/traffic.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import { located, shiftOf } from './drafts.ts';
import type { GateFile } from './gate-schema.ts';
import type { Document, Step } from './yaml.ts';

export function triggersOf(
  document: Document,
  file: GateFile,
  catalogue: Catalogue,
  diagnostics: Diagnostic[],
): readonly RollbackTrigger[] {
  const scope = trafficScope(catalogue);
  const lists: readonly (readonly [path: readonly Step[], texts: readonly string[] | undefined])[] =
    [
      [['rollback_triggers'], file.rollback_triggers],
      [['instant_rollback_triggers'], file.instant_rollback_triggers],
      [['canary_config', 'automatic_rollback'], file.canary_config?.automatic_rollback],
    ];
  return lists.flatMap(([path, texts = []]) =>
    texts.flatMap((text, index) => {
      return triggerOf(document, [...path, index], text, catalogue, scope, diagnostics) ?? [];
    }),
  );
}

function triggerOf(
  document: Document,
  path: readonly Step[],
  written: string,
  catalogue: Catalogue,
  scope: TypeScope,
  diagnostics: Diagnostic[],
): RollbackTrigger | undefined {
  const spot = document.spot(path);
  const shift = shiftOf(spot);
  const text = shift === undefined ? written.trim() : written;
  const place = { file: spot.file, line: spot.line, column: spot.column };
  const signal = SIGNALS.find((name) => name === text.trim());
  if (signal !== undefined) return { kind: 'signal', signal, text: signal, place };
  if (/^\s*[A-Za-z_]\w*\s*$/.test(text) && scope.metric(text.trim()) === undefined) {
    const near = nearest(text.trim(), SIGNALS);
    const help = near === undefined ? `signals are ${SIGNALS.join(', ')}` : `write ${near}`;
    diagnostics.push(at(spot, `nothing signals \`${text.trim()}\``, [help]));
    return undefined;
  }
  const parsed = parseSentence(text);
  const problems = parsed.ok ? checkSentence(parsed.expr, scope) : [parsed.problem];
  if (!parsed.ok || problems.length > 0) {
    const explained = problems.map((problem) => elsewhere(problem, text, catalogue));
    diagnostics.push(...explained.map((one) => located(document, { path, shift, text }, one)));
    return undefined;
  }
  if (metricsOf(parsed.expr, scope).length > 0) {
    return { kind: 'sentence', text, expr: parsed.expr, place };
  }
  const help = [`name one of ${TRAFFIC_METRICS.join(', ')}`];
  diagnostics.push(at(spot, 'this is the same whatever happens', help));
  return undefined;
}

export const TRAFFIC_METRICS = Object.keys(traffic.metrics);

/** Triggers see what is measured of a candidate while it is watched, and nothing else. */
export function trafficScope(catalogue: Catalogue): TypeScope {
  const whole = typeScope(catalogue, []);
  return {
    ...whole,
    metric: (name) => (TRAFFIC_METRICS.includes(name) ? whole.metric(name) : undefined),
    metricNames: () => TRAFFIC_METRICS,
  };
}

/** A metric that a gate could name is not unknown, only not measured here. */
export function elsewhere(problem: Problem, text: string, catalogue: Catalogue): Problem {
  const name = text.slice(problem.offset, problem.offset + problem.length);
  if (!catalogue.has(name) || TRAFFIC_METRICS.includes(name)) return problem;
  const message = `\`${name}\` is not measured while a candidate is watched`;
  return { ...problem, message, hint: `measured then: ${TRAFFIC_METRICS.join(', ')}` };
}
