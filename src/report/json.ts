/**
 * The result as JSON, for programs. The shape is versioned: `schema` is `nemesis.check/1`; fields are only ever
 * added within a version. Ratios are 0..1, times in ms, sizes in bytes, points 0..100.
 */

import type { CheckResult } from '../pipeline/result.ts';
import type { Interval, Score } from '../judge/score.ts';
import type { JudgedSentence } from '../judge/verdict.ts';
import type { Waiver } from '../judge/waiver.ts';
import type { BesideBaseline } from '../pipeline/baseline.ts';
import type { Trend } from '../pipeline/past.ts';
import { jsonText } from './json-text.ts';

export const CHECK_SCHEMA = 'nemesis.check/1';

export function checkText(result: CheckResult, version: string): string {
  return jsonText(checkJson(result, version));
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
    cell: result.cell ?? null,
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
      ...(verdict.expired !== undefined && { expired_waivers: verdict.expired.map(waiverJson) }),
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
    trusted_config: result.trusted ?? null,
    waived: waivedJson(result.waived),
    baseline: result.baseline === undefined ? null : baselineJson(result.baseline),
    runners: result.runners.map(({ id, gate, measurement, durationMs }) => {
      const { findings, metrics: _metrics, evidence, ...more } = measurement;
      // Which lines ran is for the union of suites; the share stands among the metrics.
      const {
        lineCoverage: _lines,
        waived,
        ...rest
      } = more as typeof more & {
        lineCoverage?: unknown;
      };
      return {
        id,
        gate,
        ...rest,
        duration_ms: Math.round(durationMs),
        ...(evidence === undefined ? {} : { evidence }),
        findings,
        ...(waived !== undefined && {
          waived: waived.map(({ finding, waiver }) => ({ finding, waiver: waiverJson(waiver) })),
        }),
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

function sentenceJson({ sentence, standing, explanation, waivedBy }: JudgedSentence) {
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
    ...(waivedBy === undefined ? {} : { waived_by: waiverJson(waivedBy) }),
    explanation,
  };
}

function waiverJson({ what, why, who, until, place: { file, line, column } }: Waiver) {
  return { what, why, who, until, file, line, column };
}

/** Counts and lists; what each waiver covered stands with the runners and the sentences. */
function waivedJson({ findings, sentences, expired, soon, unused }: CheckResult['waived']) {
  return {
    findings: findings.length,
    sentences: sentences.length,
    expired: expired.map(waiverJson),
    ends_soon: soon.map(waiverJson),
    unused: unused.map(waiverJson),
  };
}

function baselineJson({ fresh, tighter, fixed }: BesideBaseline) {
  return { new_findings: fresh, can_be_tightened: tighter, fixed_findings: fixed };
}
