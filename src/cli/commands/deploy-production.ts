/** `nemesis deploy:production [RELEASE]`: deploys what has passed staging, once it is approved. */

import { runPipeline } from '../run-pipeline.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) =>
  runPipeline(input, { from: 'production', until: 'production' });
