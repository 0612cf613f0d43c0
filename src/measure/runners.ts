/** Every runner nemesis brings, in the order of the tools table in the README. */

import type { Runner } from './runner.ts';
import { suiteRunners } from './suites/index.ts';
import { k6 } from './load/k6.ts';
import { tools } from './tools/index.ts';

export const runners: readonly Runner[] = [...tools, ...suiteRunners, k6];
