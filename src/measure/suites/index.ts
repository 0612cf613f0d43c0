/** The runners of test suites, for the table of all runners. */

import { SUITE_NAMES } from '../../config/config.ts';
import type { Runner } from '../runner.ts';
import { suiteRunner } from './suite.ts';
import { coverage } from './coverage.ts';
import { suites } from './suites.ts';

export const suiteRunners: readonly Runner[] = [...SUITE_NAMES.map(suiteRunner), suites, coverage];
