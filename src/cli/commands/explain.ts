/** `nemesis explain METRIC`: where a number of the last run came from, and what it decided. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { formatValue, metricsOf, nearest } from '../../language/index.ts';
import { createCatalogue, type CatalogueEntry } from '../../judge/catalogue.ts';
import type { Agent } from '../../judge/agent.ts';
import type { Baseline } from '../../judge/baseline.ts';
import { BASELINE_FILE, readBaseline } from '../../config/baseline-file.ts';
import { NOT_ASKED } from '../../pipeline/result.ts';
import { CHECK_SCHEMA, type CheckJson } from '../../report/json.ts';
import { shortId } from '../../report/history-text.ts';
import { harmless, plural } from '../../report/text.ts';
import { openSession, runnersOf, type Session } from '../session.ts';
import { RESULT_FILES } from '../state-dir.ts';
import { textOption, type RunCommand } from './command.ts';

export const run: RunCommand = async ({ operands, options, io, parts }) => {
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return { kind: 'failed', failure: session.failure };
  const [metric = ''] = operands;
  const catalogue = createCatalogue(await runnersOf(session.value, parts));
  const entry = catalogue.get(metric);
  if (entry === undefined) {
    const near = nearest(metric, [...catalogue.keys()]);
    const help =
      near === undefined ? `known: ${[...catalogue.keys()].join(', ')}` : `did you mean ${near}?`;
    return {
      kind: 'failed',
      failure: { kind: 'usage', message: `there is no metric \`${metric}\``, help: [help] },
    };
  }
  const last = lastRun(session.value, metric);
  const baseline = readBaseline(session.value.root);
  if (!baseline.ok) return { kind: 'failed', failure: baseline.failure };
  const facts = factsOf(entry, session.value.loaded.agents, last, baseline.value);
  io.out(
    options['json'] === true
      ? `${JSON.stringify({ schema: 'nemesis.explain/1', ...facts }, null, 2)}\n`
      : `${linesOf(entry, facts).map(harmless).join('\n')}\n`,
  );
  return { kind: 'yes' };
};

/** The newest result in which this metric was asked for; undefined when there is none that can be read. */
function lastRun({ stateDir }: Session, metric: string): CheckJson | undefined {
  const results = RESULT_FILES.flatMap((name) => {
    const file = path.join(stateDir, 'reports', name);
    if (!existsSync(file)) return [];
    try {
      const result = JSON.parse(readFileSync(file, 'utf8')) as CheckJson;
      const reading = result.metrics[metric];
      const asked = reading !== undefined && !('why' in reading && reading.why.endsWith(NOT_ASKED));
      return result.schema === CHECK_SCHEMA && asked ? [result] : [];
    } catch {
      return [];
    }
  });
  return results.sort((a, b) => (a.started_at < b.started_at ? 1 : -1))[0];
}

function factsOf(
  entry: CatalogueEntry,
  agents: readonly Agent[],
  last: CheckJson | undefined,
  baseline: Baseline | undefined,
) {
  const reading = last?.metrics[entry.name];
  const runner = last?.runners.find(
    ({ id }) => id === (reading && 'runner' in reading ? reading.runner : ''),
  );
  const stands = agents.flatMap(({ sentences, score }) => [
    ...sentences.filter(({ expr }) => metricsOf(expr).includes(entry.name)),
    ...(score?.components ?? [])
      .flatMap(({ metrics }) => metrics)
      .filter(({ expr }) => metricsOf(expr).includes(entry.name)),
  ]);
  const judged = (last?.gates ?? []).flatMap(({ sentences }) => sentences);
  return {
    metric: entry.name,
    about: entry.about,
    unit: entry.dimension,
    measured_by: entry.measuredBy,
    last_run: last?.started_at ?? null,
    reading: reading ?? null,
    state: runner?.state ?? null,
    evidence: runner?.evidence ?? null,
    records: runner?.records?.[entry.name] ?? null,
    cached: false,
    baseline: baselineOf(entry.name, baseline),
    waived: waivedIn(entry.name, last),
    sentences: [
      ...new Map(
        stands.map(({ text, place }) => {
          const outcome = judged.find(
            ({ file, line }) => file === place.file && line === place.line,
          );
          return [
            `${place.file}:${place.line}`,
            {
              text,
              file: place.file,
              line: place.line,
              standing: outcome?.standing ?? null,
              explanation: outcome?.explanation ?? [],
              waived_by: outcome?.waived_by ?? null,
            },
          ];
        }),
      ).values(),
    ],
  };
}

function baselineOf(metric: string, baseline: Baseline | undefined) {
  const kept = baseline?.metrics.get(metric);
  const loosened = baseline?.loosened.get(metric);
  return kept === undefined ? null : { ...kept, ...(loosened !== undefined && { loosened }) };
}

/** What the last run left out of this number, by waiver; findings whose count another metric is are told there. */
function waivedIn(metric: string, last: CheckJson | undefined) {
  const by = new Map<string, { findings: number; waiver: WaiverJson }>();
  for (const { waived = [] } of last?.runners ?? []) {
    for (const { finding, waiver } of waived) {
      if (finding.metric !== metric) continue;
      const key = `${waiver.file}:${waiver.line}`;
      by.set(key, { waiver, findings: (by.get(key)?.findings ?? 0) + 1 });
    }
  }
  return [...by.values()];
}

type WaiverJson = NonNullable<CheckJson['runners'][number]['waived']>[number]['waiver'];

const row = (name: string, text: string) => `  ${name.padEnd(12)} ${text}`;

type Facts = ReturnType<typeof factsOf>;

function linesOf(entry: CatalogueEntry, facts: Facts): string[] {
  const { records } = facts;
  return [
    `${facts.metric}: ${facts.about}`,
    row('measured by', facts.measured_by.join(', ') || 'nothing in this version'),
    valueLine(entry, facts),
    ...acceptedLines(entry, facts),
    ...(records !== null && records.length > 0 ? [row('records', recordsText(records))] : []),
    ...evidenceLines(facts),
    ...(facts.last_run === null ? [] : [row('when', `${facts.last_run}, measured, not cached`)]),
    ...facts.sentences.flatMap(sentenceLines),
  ];
}

function valueLine(entry: CatalogueEntry, { reading }: Facts): string {
  if (reading === null) return row('value', 'not known: run nemesis deploy:check first');
  return reading.kind === 'measured'
    ? row('value', formatValue(reading.value, entry.dimension))
    : row('value', `none, ${reading.kind.replace('_', ' ')}: ${reading.why}`);
}

/** What the number is held against, and what is not in it because somebody accepted it. */
function acceptedLines(entry: CatalogueEntry, { baseline, waived }: Facts): string[] {
  const lines = waived.flatMap(({ findings, waiver }) => [
    row('waived', `${plural(findings, 'finding')} ${waiverText(waiver)}`),
  ]);
  if (baseline === null) return lines;
  const { value, by, loosened } = baseline;
  const more = [by && `measured by ${by}`, loosened && `loosened ${loosened}`].filter(Boolean);
  const text = [formatValue(value, entry.dimension), ...more].join(', ');
  return [...lines, row('baseline', `${text} (${BASELINE_FILE})`)];
}

const waiverText = ({ who, why, until, file, line }: WaiverJson) =>
  `until ${until} by ${who}: ${why} (${file}:${line})`;

function evidenceLines({ metric, evidence, reading, state }: Facts): string[] {
  if (evidence === null) return [];
  const lines = [row('tool', [evidence.tool, evidence.version].filter(Boolean).join(' '))];
  if (evidence.argv) lines.push(row('command', evidence.argv.join(' ')));
  if (evidence.exitCode !== undefined)
    lines.push(row('exit code', `${evidence.exitCode} (${state})`));
  const report = evidence.reports?.[metric] ?? evidence.report;
  if (report && reading !== null && 'runner' in reading)
    lines.push(row('report', `.nemesis/reports/${reading.runner}/${report}`));
  return lines;
}

function sentenceLines(sentence: Facts['sentences'][number]): string[] {
  const { file, line, text, explanation, waived_by: waiver } = sentence;
  return [
    row('asked by', `${file}:${line}  ${text}`),
    ...explanation.map((one) => row('', one)),
    ...(waiver === null ? [] : [row('', `waived ${waiverText(waiver)}`)]),
  ];
}

/** Those of the history behind the number; of builds, the one of that run comes on top. */
function recordsText(ids: readonly string[]): string {
  const named = ids.slice(-MOST_RECORDS).map(shortId).join(' ');
  return ids.length > MOST_RECORDS ? `${ids.length}, the last: ${named}` : named;
}

const MOST_RECORDS = 5;
