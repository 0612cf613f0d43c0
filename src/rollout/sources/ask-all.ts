/** Asks every declared source about both releases at once. */

import type { SourceConfig } from '../../config/environment.ts';
import type { Result } from '../../failure.ts';
import type { Surroundings } from '../scripts/call.ts';
import type { Asked, Saying } from './asked.ts';
import { askCommand } from './command.ts';
import { askHttp } from './http-json.ts';
import { askPrometheus } from './prometheus.ts';
import type { Named } from './placeholders.ts';

/** What the sources say of one release, by metric. */
export type Sayings = Readonly<Record<string, Saying>>;

export interface SourcesSaid {
  readonly candidate: Sayings;
  readonly stable: Sayings;
  /** Sources that could not be asked: `error_rate: it did not answer within 5 s`. */
  readonly troubles: readonly string[];
}

export interface SourcesAsked {
  readonly sources: Readonly<Record<string, SourceConfig>>;
  readonly candidate: Named;
  readonly stable: Named;
  readonly fromMs: number;
  readonly toMs: number;
}

export type AskSources = (asked: SourcesAsked, signal: AbortSignal) => Promise<SourcesSaid>;

export function sourcesFrom(surroundings: Surroundings): AskSources {
  return async ({ sources, candidate, stable, fromMs, toMs }, signal) => {
    const troubles: string[] = [];
    const askFor = async (named: Named): Promise<Sayings> => {
      const said = Object.entries(sources).map(async ([metric, source]) => {
        const asked = { metric, named, fromMs, toMs };
        const answer = await askOne(source, asked, surroundings, signal);
        if (answer.ok) return [metric, answer.value] as const;
        troubles.push(`${metric}: ${answer.failure}`);
        const told = { kind: 'none', why: `the source failed: ${answer.failure}` } as const;
        return [metric, { kind: 'told', told } as const] as const;
      });
      return Object.fromEntries(await Promise.all(said));
    };
    const [ofCandidate, ofStable] = await Promise.all([askFor(candidate), askFor(stable)]);
    return { candidate: ofCandidate, stable: ofStable, troubles: [...new Set(troubles)].sort() };
  };
}

function askOne(
  source: SourceConfig,
  asked: Asked,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Result<Saying, string>> {
  switch (source.kind) {
    case 'prometheus':
      return askPrometheus(source, asked, signal);
    case 'http':
      return askHttp(source, asked, signal);
    case 'command':
      return askCommand(source, asked, surroundings, signal);
  }
}
