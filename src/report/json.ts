/**
 * The result as JSON, for programs. The shape is versioned: `schema` is `nemesis.check/1`; fields are only ever
 * added within a version. Ratios are 0..1, times in ms, sizes in bytes, points 0..100.
 */

import type { CheckResult } from '../pipeline/result.ts';
import type { Interval, Score } from '../judge/score.ts';
import type { JudgedSentence } from '../judge/verdict.ts';
import type { Trend } from '../pipeline/past.ts';
import type { Reporter } from './reporter.ts';

export const CHECK_SCHEMA = 'nemesis.check/1';

export function jsonReporter(out: (text: string) => void, version: string): Reporter {
  return {
    on(event) {
      if (event.kind === 'run_ended')
        out(`${JSON.stringify(checkJson(event.result, version), null, 2)}\n`);
    },
    close: () => undefined,
  };
}

export function checkJson(result: CheckResult, version: string) {
  return {
    schema: CHECK_SCHEMA,
    nemesis: version,
    service: result.service,
    configuration: result.configuration,
    commit: result.commit ?? null,
    dirty: result.dirty ?? null,
    started_at: new Date(result.startedAt).toISOString(),
    duration_ms: Math.round(result.durationMs),
    partial: result.partial ?? null,
    stopped_by: result.stoppedBy ?? null,
    trial: result.trial ?? null,
    readiness: { kind: result.readiness.kind, because: result.readiness.because },
    score: result.score === undefined ? null : scoreJson(result.score),
    trend: result.trend === undefined ? null : trendJson(result.trend),
    gates: result.verdicts.map((verdict) => ({
      gate: verdict.gate,
      mode: verdict.mode,
      verdict: verdict.kind,
      reasons: verdict.reasons.map(({ sentence }) => sentence.text),
      sentences: verdict.sentences.map(sentenceJson),
    })),
    metrics: Object.fromEntries(
      [...result.readings]
        .map(
          ([name, reading]) =>
            [name, { ...reading, unit: result.catalogue.get(name)?.dimension }] as const,
        )
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    runners: result.runners.map(({ id, gate, measurement, durationMs }) => {
      const { findings, metrics: _metrics, evidence, ...more } = measurement;
      // Which lines ran is for the union of suites; the share stands among the metrics.
      const { lineCoverage: _lines, ...rest } = more as typeof more & { lineCoverage?: unknown };
      return {
        id,
        gate,
        ...rest,
        duration_ms: Math.round(durationMs),
        ...(evidence === undefined ? {} : { evidence }),
        findings,
      };
    }),
  };
}

export type CheckJson = ReturnType<typeof checkJson>;

/** `low` and `high` are null where nothing applies or all that does is tolerated. */
function scoreJson({ components, ...whole }: Score) {
  const interval = ({ low, high, evidence }: Interval) => ({
    low: low ?? null,
    high: high ?? null,
    evidence,
  });
  return {
    ...interval(whole),
    components: components.map(({ name, weight, metrics, ...rest }) => ({
      name,
      weight,
      ...interval(rest),
      metrics,
    })),
  };
}

function trendJson({ scores, before }: Trend) {
  return { scores, before: { score: before.score, at: new Date(before.at).toISOString() } };
}

function sentenceJson({ sentence, standing, explanation }: JudgedSentence) {
  return {
    agent: sentence.agent,
    text: sentence.text,
    role: sentence.role,
    level: sentence.level,
    sections: sentence.sections,
    file: sentence.place.file,
    line: sentence.place.line,
    ...(sentence.changedBy === undefined ? {} : { changed_by: sentence.changedBy }),
    standing,
    explanation,
  };
}
