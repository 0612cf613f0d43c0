/** Finds the environment that is meant: in the files of this user first, then wherever something may be known of it. */

import type { Known } from '../last-good.ts';
import { chooseEnvironment, type EnvironmentChoice } from './choose-environment.ts';
import type { Here } from './here.ts';
import type { Surroundings } from './roll-back-now.ts';
import type { Asked } from './words.ts';

export type Found =
  { readonly kind: 'found'; readonly known: Known } | Exclude<EnvironmentChoice, { kind: 'one' }>;

export async function findEnvironment(
  all: readonly Known[],
  { service, environment }: Asked,
  here: Here,
  { env, packageRoot }: Pick<Surroundings, 'env' | 'packageRoot'>,
): Promise<Found> {
  const hints = { service, environment, folder: here.folder, serviceHere: here.service };
  let choice = chooseEnvironment(all, hints);
  if (choice.kind === 'none') {
    const mainland = await import('./mainland.ts');
    const { root } = here;
    const place = mainland.storeWritten(env, undefined, root);
    const sources = [
      () => Promise.resolve(mainland.knownLocally(env, root)),
      () => mainland.knownInStore(place, env, root),
      () => mainland.knownInConfig(root, packageRoot, env),
    ];
    for (const ask of sources) {
      const known = (await ask().catch(() => [])).filter(({ driver }) => driver.kind !== 'unknown');
      choice = chooseEnvironment(known, hints);
      if (choice.kind !== 'none') break;
    }
  }
  return choice.kind === 'one' ? { kind: 'found', known: choice.known } : choice;
}
