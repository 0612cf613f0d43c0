/** Cuts a SARIF log to what its reader takes: the least grave first, and each run says what is not there. */

import { notification, type SarifRun } from './sarif-run.ts';
import { plural } from './wording.ts';

export interface SarifLimits {
  /** In a file. */
  readonly runs: number;
  /** In a run. */
  readonly results: number;
  /** Of the whole file, compressed. */
  readonly gzippedBytes: number;
}

/** @param write the log as text; runs whose results are sorted, the gravest first */
export function within(
  runs: readonly SarifRun[],
  limits: SarifLimits,
  write: (runs: readonly SarifRun[]) => string,
): string {
  let most = limits.results;
  for (;;) {
    const cut = runs.map((run) => shortened(run, most));
    const text = write(cut);
    const longest = Math.max(0, ...cut.map(({ results }) => results.length));
    if (longest === 0 || fits(text, limits.gzippedBytes)) return text;
    most = Math.floor(longest / 2);
  }
}

/** What is no longer than the limit is none when compressed either, by any compressor worth the name. */
function fits(text: string, gzippedBytes: number): boolean {
  if (Buffer.byteLength(text) < gzippedBytes * 0.99) return true;
  return process.getBuiltinModule('node:zlib').gzipSync(text).length < gzippedBytes;
}

function shortened(run: SarifRun, most: number): SarifRun {
  const hidden = run.results.length - most;
  if (hidden <= 0) return run;
  const results = run.results.slice(0, most);
  const kept = new Set(results.map(({ ruleIndex }) => ruleIndex));
  const { driver } = run.tool;
  // Rules of which no result is left go too: their places in the list change.
  const rules = driver.rules.filter((_, at) => kept.has(at));
  const at = new Map(rules.map(({ id }, index) => [id, index]));
  const text = `${plural(hidden, 'result')} left out, the least grave; all are in .nemesis/reports/`;
  return {
    ...run,
    tool: { driver: { ...driver, rules } },
    invocations: run.invocations.map((invocation) => ({
      ...invocation,
      toolExecutionNotifications: [
        ...invocation.toolExecutionNotifications,
        notification('nemesis/cut', 'warning', text),
      ],
    })),
    results: results.map((result) => ({ ...result, ruleIndex: at.get(result.ruleId)! })),
  };
}
