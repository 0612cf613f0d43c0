/** A `command` environment as the journal keeps it: enough to call its scripts where no configuration can be read. */

import { z } from 'zod';
import type { CommandSettings } from '../../../config/environment.ts';
import type { FrozenDriver } from '../../driver.ts';
import type { CommandDriverOptions } from './driver.ts';

const Argv = z.array(z.string()).min(1);

const Frozen = z.object({
  kind: z.literal('command'),
  service: z.string(),
  environment: z.string(),
  root: z.string(),
  observe: Argv,
  apply: Argv,
  byHand: z.string().optional(),
  secrets: z.array(z.string()),
  reach: z.enum(['machine', 'network']),
  dials: z.array(z.enum(['instances', 'traffic'])),
  timeoutMs: z.number().positive(),
});

type Known = Omit<CommandDriverOptions, 'env' | 'run'>;

/** Names of secrets, never their values. */
export function freeze({ service, environment, root, settings }: Known): FrozenDriver {
  return { ...settings, service, environment, root };
}

/** Undefined for what is no frozen `command` driver. */
export function thaw(frozen: unknown): Known | undefined {
  const { data } = Frozen.safeParse(frozen);
  if (data === undefined) return undefined;
  const { service, environment, root, byHand, ...known } = data;
  const settings: CommandSettings = { ...known, ...(byHand !== undefined && { byHand }) };
  return { service, environment, root, settings };
}
