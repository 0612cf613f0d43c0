/** A nemesis that a test kills: applies one wish to the environment whose scripts and state lie in a folder. */

import { createProcessEngine } from '../../../../src/measure/process/engine.ts';
import { commandDriver } from '../../../../src/rollout/drivers/command/driver.ts';
import { lingering } from './lingering.ts';

const [folder = '', runId = ''] = process.argv.slice(2);
const engine = createProcessEngine({ runId });
const driver = commandDriver({ ...lingering(folder), run: engine.run });
await driver.apply({ slots: [] }, 1);
