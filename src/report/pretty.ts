/** The report for people: a line as each runner ends, then findings, what decided, and what to do next. */

import type { Event } from '../event.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { absenceLines, notHereLines } from './absences.ts';
import { answerLines, nextLine } from './answer.ts';
import { coverageLines } from './coverage-text.ts';
import { decisionLines } from './decision.ts';
import { findingLines } from './findings.ts';
import { saidLines } from './said.ts';
import { gateLine, runnerLine } from './lines.ts';
import type { Reporter, Streams } from './reporter.ts';
import { harmless, withoutCommands } from './text.ts';
import { trendLine } from './trend.ts';
import { baselineLines, trustedLines, waiverLines } from './waivers-text.ts';

/** Shows what runs now; the real one is a spinner on a terminal. */
export interface Live {
  show(text: string): void;
  clear(): void;
  /** Nothing moves there: what is being done now is a line of its own. */
  readonly isStill?: true;
}

export interface PrettyOptions {
  readonly version: string;
  /** Print the answer only. */
  readonly quiet: boolean;
  readonly hasConfig: boolean;
  /** Show each coverage number, and what is not covered yet. */
  readonly coverage?: boolean;
  readonly live: Live;
}

export function prettyReporter(streams: Streams, options: PrettyOptions): Reporter {
  const { style } = streams;
  const out = (text: string) => streams.out(withoutCommands(text));
  const running = new Set<string>();
  const progress = (line: string) => {
    if (options.quiet) return;
    options.live.clear();
    streams.err(withoutCommands(`${line}\n`));
  };
  return {
    on(event: Event): void {
      switch (event.kind) {
        case 'run_started': {
          const title = `nemesis ${options.version} · ${event.service} · ${event.configuration}`;
          progress(style.paint.bold(harmless(title)));
          return;
        }
        case 'gate_started':
          progress(style.paint.bold(event.gate));
          return;
        case 'runner_started':
          running.add(event.runner);
          if (!options.quiet) options.live.show(`${event.gate}  ${[...running].join(', ')}`);
          return;
        case 'runner_progress': {
          const text = `${event.runner}: ${event.text}`;
          if (options.live.isStill)
            progress(style.paint.dim(`  ${style.marks.none} ${harmless(text)}`));
          else if (!options.quiet) options.live.show(`${event.gate}  ${harmless(text)}`);
          return;
        }
        case 'runner_said':
          options.live.clear();
          streams.err(saidLines(event.text, style));
          return;
        case 'runner_ended':
          running.delete(event.runner);
          if (event.measurement.state === 'not_applicable') return;
          progress(runnerLine(style, event.runner, event.measurement, event.durationMs));
          return;
        case 'gate_judged':
          return;
        case 'run_ended':
          options.live.clear();
          out(ending(event.result, streams, options));
      }
    },
    close: () => options.live.clear(),
  };
}

function ending(result: CheckResult, { style }: Streams, options: PrettyOptions): string {
  if (options.quiet) return `${answerLines(result, style).join('')}\n`;
  const parts = [
    findingLines(result, style),
    absenceLines(result, style),
    notHereLines(result, style),
    options.coverage === true ? coverageLines(result, style) : [],
    trustedLines(result, style),
    waiverLines(result, style),
    baselineLines(result, style),
    decisionLines(result, style),
    [result.verdicts.map((verdict) => gateLine(style, verdict)).join(' · ')],
    [
      ...answerLines(result, style, style.columns),
      trendLine(result, style),
      nextLine(result, options.hasConfig),
    ].filter((line) => line !== ''),
  ];
  return `\n${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
