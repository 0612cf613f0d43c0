/** How a measurement tells what it compared with, or why it could not. */

import type { Evidence, Measurement } from '../runner.ts';
import { absent } from '../tool.ts';
import type { ReadChange } from './change.ts';
import type { Base } from './find-base.ts';

export function baseEvidence({ commit, by }: Base): Evidence {
  return { tool: 'git', base: { commit, by } };
}

export function withoutChange(
  read: Exclude<ReadChange, { kind: 'change' }> | undefined,
): Measurement {
  if (read === undefined) return absent('not_applicable', 'nobody asked what changed');
  if (read.kind === 'none') return absent('not_applicable', read.why);
  return absent('backend_unavailable', read.why, read.help);
}
