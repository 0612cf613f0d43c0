/** `metrics_comparison` and `promotion_criteria` of a canary, proved: sentences about its traffic, and criteria that go with them. */

import {
  checkSentence,
  metricsOf,
  parseSentence,
  sentenceFromShortForm,
} from '../language/index.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import type { CanarySpec, Comparison } from '../judge/deployment.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import { located, shiftOf } from './drafts.ts';
import type { GateFile } from './gate-schema.ts';
import { elsewhere, TRAFFIC_METRICS, trafficScope } from './prove-triggers.ts';
import type { Document, Step } from './yaml.ts';

const SENTENCES = ['canary_config', 'metrics_comparison'] as const;
const CRITERIA = ['canary_config', 'promotion_criteria'] as const;

export function comparisonOf(
  document: Document,
  canary: NonNullable<GateFile['canary_config']>,
  catalogue: Catalogue,
  diagnostics: Diagnostic[],
): Pick<CanarySpec, 'comparisons' | 'criteria' | 'judge'> {
  const { metrics_comparison: written = [], promotion_criteria: named, judge = 'limits' } = canary;
  const comparisons = written.flatMap(
    (entry, index) => sentenceOf(document, index, entry, catalogue, diagnostics) ?? [],
  );
  const criteria = (named ?? []).map((name, index) => {
    const { file, line, column } = document.spot([...CRITERIA, index]);
    return { name, place: { file, line, column } };
  });
  (named ?? []).forEach((name, index) => {
    if (named?.indexOf(name) === index) return;
    diagnostics.push(
      at(document.spot([...CRITERIA, index]), `${name} stands here twice`, ['keep one of them']),
    );
  });
  const asksAll = named === undefined || named.includes('all_metrics_within_threshold');
  if (written.length > 0 && !asksAll) {
    const help = ['add all_metrics_within_threshold to `promotion_criteria`'];
    diagnostics.push(at(document.keySpot(SENTENCES), 'these sentences decide nothing', help));
  }
  if (written.length === 0 && named !== undefined && asksAll) {
    const index = named.indexOf('all_metrics_within_threshold');
    const help = ['add `metrics_comparison`, a list such as `error_rate <= baseline + 1%`'];
    diagnostics.push(
      at(document.spot([...CRITERIA, index]), 'no metric has a threshold here', help),
    );
  }
  return { comparisons, criteria, judge };
}

function sentenceOf(
  document: Document,
  index: number,
  entry: string | Readonly<Record<string, string>>,
  catalogue: Catalogue,
  diagnostics: Diagnostic[],
): Comparison | undefined {
  const written = writtenAt(document, index, entry, diagnostics);
  if (written === undefined) return undefined;
  const { text, path, shift } = written;
  const spot = document.spot(path);
  const scope = trafficScope(catalogue);
  const parsed = parseSentence(text);
  const problems = parsed.ok ? checkSentence(parsed.expr, scope) : [parsed.problem];
  if (!parsed.ok || problems.length > 0) {
    for (const problem of problems) {
      diagnostics.push(
        located(document, { path, shift, text }, elsewhere(problem, text, catalogue)),
      );
    }
    return undefined;
  }
  if (metricsOf(parsed.expr, scope).length === 0) {
    const help = [`name one of ${TRAFFIC_METRICS.join(', ')}`];
    diagnostics.push(at(spot, 'this is the same whatever happens', help));
    return undefined;
  }
  const { file, line, column } = spot;
  return { text: text.trim(), expr: parsed.expr, place: { file, line, column } };
}

/** A sentence, or the specification's short form of one: `error_rate: <= baseline + 1%`. */
function writtenAt(
  document: Document,
  index: number,
  entry: string | Readonly<Record<string, string>>,
  diagnostics: Diagnostic[],
):
  | { readonly text: string; readonly path: readonly Step[]; readonly shift: number | undefined }
  | undefined {
  const path = [...SENTENCES, index];
  if (typeof entry === 'string') {
    const shift = shiftOf(document.spot(path));
    return { text: shift === undefined ? entry.trim() : entry, path, shift };
  }
  const [only, ...more] = Object.entries(entry);
  if (only === undefined || more.length > 0) {
    const help = ['start each with its own `-`'];
    diagnostics.push(at(document.spot(path), 'expected one sentence an entry', help));
    return undefined;
  }
  const [key, value] = only;
  const made = sentenceFromShortForm(key, value);
  if (made.ok) return { text: made.text, path: [...path, key], shift: undefined };
  const { message, hint } = made.problem;
  diagnostics.push(at(document.spot([...path, key]), message, hint === undefined ? [] : [hint]));
  return undefined;
}
