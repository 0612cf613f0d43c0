/** All that the island asks of the rest of nemesis, once it has time for it. A bundle of its own, see `scripts/build.mjs`. */

export { rememberEnvironment, storeWritten } from '../last-good.ts';
export { knownInConfig, knownInStore, knownLocally } from './find.ts';
export { record, type Recorded } from './record.ts';
export { thawDriver, type Thawed } from './thaw.ts';
