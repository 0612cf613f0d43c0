/** `nemesis explain METRIC`: where a number of the last run came from, and what it decided. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { formatValue, metricsOf, nearest } from '../../language/index.ts';
import { createCatalogue, type CatalogueEntry } from '../../judge/catalogue.ts';
import type { Agent } from '../../judge/agent.ts';
import { NOT_ASKED } from '../../pipeline/result.ts';
import { CHECK_SCHEMA, type CheckJson } from '../../report/json.ts';
import { shortId } from '../../report/history-text.ts';
import { harmless } from '../../report/text.ts';
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
  const facts = factsOf(entry, session.value.loaded.agents, last);
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

function factsOf(entry: CatalogueEntry, agents: readonly Agent[], last: CheckJson | undefined) {
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
            },
          ];
        }),
      ).values(),
    ],
  };
}

function linesOf(entry: CatalogueEntry, facts: ReturnType<typeof factsOf>): string[] {
  const row = (name: string, text: string) => `  ${name.padEnd(12)} ${text}`;
  const { reading, evidence, records } = facts;
  const lines = [`${facts.metric}: ${facts.about}`];
  lines.push(row('measured by', facts.measured_by.join(', ') || 'nothing in this version'));
  if (reading === null) {
    lines.push(row('value', 'not known: run nemesis deploy:check first'));
  } else if (reading.kind === 'measured') {
    lines.push(row('value', formatValue(reading.value, entry.dimension)));
  } else {
    lines.push(row('value', `none, ${reading.kind.replace('_', ' ')}: ${reading.why}`));
  }
  if (records !== null && records.length > 0) lines.push(row('records', recordsText(records)));
  if (evidence !== null) {
    lines.push(row('tool', [evidence.tool, evidence.version].filter(Boolean).join(' ')));
    if (evidence.argv) lines.push(row('command', evidence.argv.join(' ')));
    if (evidence.exitCode !== undefined)
      lines.push(row('exit code', `${evidence.exitCode} (${facts.state})`));
    if (evidence.report && reading !== null && 'runner' in reading) {
      lines.push(row('report', `.nemesis/reports/${reading.runner}/${evidence.report}`));
    }
  }
  if (facts.last_run !== null) lines.push(row('when', `${facts.last_run}, measured, not cached`));
  for (const sentence of facts.sentences) {
    lines.push(row('asked by', `${sentence.file}:${sentence.line}  ${sentence.text}`));
    for (const line of sentence.explanation) lines.push(row('', line));
  }
  return lines;
}

/** Those of the history behind the number; of builds, the one of that run comes on top. */
function recordsText(ids: readonly string[]): string {
  const named = ids.slice(-MOST_RECORDS).map(shortId).join(' ');
  return ids.length > MOST_RECORDS ? `${ids.length}, the last: ${named}` : named;
}

const MOST_RECORDS = 5;
