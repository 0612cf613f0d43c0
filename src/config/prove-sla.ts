/** The limits a service has promised, as the sentences that take a release back in its validation window. */

import { parseSentence } from '../language/index.ts';
import { durationText, shareText } from '../judge/written.ts';
import type { WrittenSla } from './probe-schema.ts';
import type { SlaLimit } from './environment.ts';
import type { Document, Step } from './yaml.ts';

export function slaOf(
  document: Document,
  path: readonly Step[],
  written: WrittenSla,
): readonly SlaLimit[] {
  return Object.entries(written).flatMap(([metric, limit]): SlaLimit[] => {
    if (limit === undefined) return [];
    const isShare = metric === 'error_rate';
    const text = `${metric} > ${isShare ? shareText(limit) : durationText(limit)}`;
    const parsed = parseSentence(text);
    if (!parsed.ok) return [];
    const { file, line, column } = document.spot([...path, metric]);
    const check = isShare ? 'error_rate_within_sla' : 'latency_within_sla';
    const place = { file, line, column };
    return [{ check, trigger: { kind: 'sentence', text, expr: parsed.expr, place } }];
  });
}
