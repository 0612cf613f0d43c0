/** What the rest of nemesis may know of local environments. */

export { localAddress } from './address.ts';
export { downLocal } from './down.ts';
export type { LocalEnvironment } from './environment.ts';
export { listLocal } from './list.ts';
export { localDriver, thawLocalDriver } from './local-driver.ts';
