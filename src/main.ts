/** The composition root: the one file that knows every adapter, each as a lazy row. */

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { commands } from './cli/commands/index.ts';
import type { Parts } from './cli/parts.ts';
import { runCli } from './cli/run.ts';
import { processIo } from './cli/process-io.ts';

const here = fileURLToPath(import.meta.url);

/** `src/main.ts` and `dist/main.js` both lie one folder below the package. */
const packageRoot = path.dirname(path.dirname(here));

function parts(): Parts {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const { mtimeMs, size } = statSync(here);
  return {
    packageRoot,
    version,
    build: here.endsWith('.ts') ? undefined : `${version} ${mtimeMs} ${size}`,
    runners: async () => (await import('./measure/runners.ts')).runners,
    custom: async (config) => (await import('./measure/custom.ts')).customRunner(config),
    engine: async (runId) => {
      const { createProcessEngine } = await import('./measure/process/engine.ts');
      return createProcessEngine({ runId });
    },
  };
}

/** Runs nemesis in this process and sets its exit code. */
export async function main(): Promise<void> {
  await runCli(processIo(), parts(), commands);
}
