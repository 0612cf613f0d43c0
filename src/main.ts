/** The composition root: the one file that knows every adapter, each as a lazy row. */

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { commands } from './cli/commands/index.ts';
import type { Parts } from './cli/parts.ts';
import type { Kept } from './config/yaml.ts';
import type { MetricSource } from './judge/catalogue.ts';
import { runCli } from './cli/run.ts';
import { processIo } from './cli/process-io.ts';

const here = fileURLToPath(import.meta.url);

const isSource = here.endsWith('.ts');

/** `src/main.ts` and `dist/main.js` both lie one folder below the package. */
const packageRoot = path.dirname(path.dirname(here));

/** The daemon of the local environments is a program of its own. */
const daemonEntry = isSource
  ? path.join(packageRoot, 'src/rollout/drivers/local/daemon.ts')
  : path.join(path.dirname(here), 'daemon.js');

function parts(): Parts {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const { mtimeMs, size } = statSync(here);
  return {
    packageRoot,
    version,
    leaves: true,
    build: isSource ? undefined : `${version} ${mtimeMs} ${size}`,
    sources: async () => {
      if (isSource) return (await import('./measure/runners.ts')).runners;
      const baked = readFileSync(path.join(path.dirname(here), 'sources.json'), 'utf8');
      return JSON.parse(baked) as MetricSource[];
    },
    shipped: () => {
      if (isSource) return new Map();
      const baked = readFileSync(path.join(path.dirname(here), 'shipped.json'), 'utf8');
      const files = Object.entries(JSON.parse(baked) as Record<string, Kept>);
      return new Map(files.map(([name, kept]) => [path.join(packageRoot, name), kept]));
    },
    runners: async () => (await import('./measure/runners.ts')).runners,
    custom: async (config) => (await import('./measure/custom.ts')).customRunner(config),
    engine: async (runId) => {
      const { createProcessEngine } = await import('./measure/process/engine.ts');
      return createProcessEngine({ runId });
    },
    rollout: async () => {
      const { randomUUID } = await import('node:crypto');
      const { createProcessEngine } = await import('./measure/process/engine.ts');
      const { rolloutParts } = await import('./rollout/drivers/index.ts');
      const engine = createProcessEngine({ runId: randomUUID() });
      return rolloutParts(engine, daemonEntry);
    },
    stores: async () => (await import('./history/stores/index.ts')).stores,
  };
}

/** Runs nemesis in this process and sets its exit code. */
export async function main(): Promise<void> {
  await runCli(processIo(), parts(), commands);
}
