/** The operator's log: one JSON line an event on standard error, when `NEMESIS_LOG` names a level. */

import { pino } from 'pino';
import type { Event } from '../event.ts';
import type { Reporter } from './reporter.ts';
import { withoutCommands } from './wording.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export function logReporter(level: LogLevel, write: (line: string) => void): Reporter {
  // Inside a line of JSON `##[error]` would still be a command.
  const log = pino({ level, base: null }, { write: (line) => write(withoutCommands(line)) });
  return {
    on: (event) => note(log, event),
    close: () => log.flush(),
  };
}

function note(log: pino.Logger, event: Event): void {
  switch (event.kind) {
    case 'run_started':
      log.info(event, 'run started');
      return;
    case 'gate_started':
    case 'runner_started':
      log.debug(event, event.kind.replace('_', ' '));
      return;
    case 'runner_ended': {
      const { gate, runner, measurement, durationMs } = event;
      const { state, why, evidence } = measurement;
      const fields = {
        gate,
        runner,
        state,
        why,
        durationMs,
        argv: evidence?.argv,
        exit: evidence?.exitCode,
      };
      const measured = state === 'clean' || state === 'findings' || state === 'not_applicable';
      log[measured ? 'info' : 'warn'](fields, 'runner ended');
      return;
    }
    case 'gate_judged':
      log.info({ gate: event.verdict.gate, verdict: event.verdict.kind }, 'gate judged');
      return;
    case 'runner_progress':
      log.info({ gate: event.gate, runner: event.runner, text: event.text }, 'runner progress');
      return;
    case 'runner_said':
      // its report holds what is worth keeping
      return;
    case 'run_ended':
      log.info(
        { readiness: event.result.readiness, durationMs: event.result.durationMs },
        'run ended',
      );
  }
}

/** Several listeners as one. */
export function together(reporters: readonly Reporter[]): Reporter {
  return {
    on(event) {
      for (const reporter of reporters) reporter.on(event);
    },
    close() {
      for (const reporter of reporters) reporter.close();
    },
  };
}
