/** The clocks of this machine. */

import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { StoreClock } from '../store.ts';

export const machineClock: StoreClock = {
  now: () => Date.now(),
  uptimeMs: () => Math.round(os.uptime() * 1000),
  boot: () => {
    try {
      return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    } catch {
      return '';
    }
  },
};
