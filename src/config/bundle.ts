/** The bundle of a project as the last layer that speaks of it says. */

import type { Diagnostic } from '../failure.ts';
import type { BundleConfig } from './config.ts';
import type { Layer } from './layers.ts';
import { commandOf } from './prove-command.ts';

export function bundleOf(
  layers: readonly Layer[],
  diagnostics: Diagnostic[],
): BundleConfig | undefined {
  const layer = layers.findLast(({ data }) => data.bundle !== undefined);
  if (layer?.data.bundle === undefined || layer.document === undefined) return undefined;
  const { output, build, limit } = layer.data.bundle;
  const argv =
    build === undefined
      ? undefined
      : commandOf(layer.document, ['bundle', 'build'], build, diagnostics);
  return {
    ...(output === undefined ? {} : { output: output.replace(/\/+$/, '') }),
    ...(argv === undefined ? {} : { build: argv }),
    ...(limit === undefined ? {} : { limitBytes: limit }),
  };
}
