/** Which environment is meant, of those this user's machine knows. Pure. */

import type { Known } from '../last-good.ts';

export interface Hints {
  readonly service: string | undefined;
  readonly environment: string | undefined;
  /** Absolute, links resolved: where it was asked. */
  readonly folder: string;
  /** What the project there calls itself, as far as its configuration can still be read. */
  readonly serviceHere: string | undefined;
}

export type EnvironmentChoice =
  | { readonly kind: 'one'; readonly known: Known }
  /** Nothing that is known fits. */
  | { readonly kind: 'none' }
  | { readonly kind: 'which'; readonly among: readonly Known[] };

/** What was named; else what the folder belongs to; else the one production, or the only one there is. */
export function chooseEnvironment(all: readonly Known[], hints: Hints): EnvironmentChoice {
  const { service, environment } = hints;
  const named = all
    .filter((one) => service === undefined || one.service === service)
    .filter((one) => environment === undefined || one.environment === environment);
  const among = service === undefined ? nearest(named, hints) : named;
  const productions = among.filter((one) => one.environment === 'production');
  const [first] = among;
  if (first === undefined) return { kind: 'none' };
  if (among.length === 1) return { kind: 'one', known: first };
  const [production] = productions;
  if (production !== undefined && productions.length === 1)
    return { kind: 'one', known: production };
  return { kind: 'which', among };
}

/** A folder that says it is of another service is not rolled back by guessing. */
function nearest(all: readonly Known[], { folder, serviceHere }: Hints): readonly Known[] {
  const here = all.filter(({ root }) => root !== null && isWithin(folder, root));
  if (here.length > 0) return here;
  return serviceHere === undefined ? all : all.filter(({ service }) => service === serviceHere);
}

const isWithin = (folder: string, root: string): boolean =>
  folder === root || folder.startsWith(root.endsWith('/') ? root : `${root}/`);

/** To be copied: the exact words for one of several. */
export function commandFor({ service, environment }: Known, release?: string): string {
  const words = ['nemesis deploy:rollback --immediate'];
  if (release !== undefined) words.push(quoted(release));
  words.push('--service', quoted(service), '--env', quoted(environment));
  return words.join(' ');
}

const quoted = (word: string): string =>
  /^[\w.:@%+,/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
