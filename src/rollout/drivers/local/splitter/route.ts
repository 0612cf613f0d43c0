/** A release as the splitter sees it: the instances that may get its requests, and its counter. */

import type { Counter } from './traffic.ts';
import type { Upstream } from './upstream.ts';

export class Route {
  readonly key: string;
  readonly counter: Counter;
  /** Those that answer their health check. */
  upstreams: readonly Upstream[] = [];
  #turn = 0;

  constructor(key: string, counter: Counter) {
    this.key = key;
    this.counter = counter;
  }

  /** Of those with the fewest open requests the one whose turn it is; none that was tried in vain. */
  pick(tried: readonly Upstream[] = []): Upstream | undefined {
    const { upstreams } = this;
    let chosen: Upstream | undefined;
    for (let step = 0; step < upstreams.length; step += 1) {
      const one = upstreams[(this.#turn + step) % upstreams.length]!;
      if (tried.includes(one)) continue;
      if (chosen === undefined || one.open < chosen.open) chosen = one;
    }
    this.#turn = (this.#turn + 1) % Math.max(1, upstreams.length);
    return chosen;
  }
}
