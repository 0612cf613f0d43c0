/** Observes an environment that may not answer at once. */

import type { Observed } from './driver.ts';
import type { WalkPorts } from './ports.ts';
import { errorsOf, failureText, POLL_MS } from './wait.ts';

/** @returns in words, why it could not be observed within the patience a step has */
export async function observePatiently(ports: WalkPorts): Promise<Observed | string> {
  const errors = errorsOf(ports);
  for (;;) {
    const observed = await ports.driver.observe(ports.lost);
    if (observed.ok) return observed.value;
    if (errors.one(observed.failure) !== undefined) return failureText(observed.failure);
    await ports.clock.sleep(errors.pauseMs(POLL_MS), ports.lost);
  }
}
