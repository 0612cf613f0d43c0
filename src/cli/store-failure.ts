/** What a store refuses with, in words for people; what a person asked wrongly. No credential gets through here. */

import type { Failure } from '../failure.ts';
import type { StoreFailure } from '../history/store.ts';
import type { Ending } from './exit.ts';

export const WHERE_SAID = 'say where in `store:` of the config, or in NEMESIS_STORE';

const HELP: Readonly<Record<StoreFailure['kind'], string>> = {
  unreachable: WHERE_SAID,
  uncertain: 'look with nemesis deploy:history before you record it again',
  full: 'make room there, then try again',
  read_only: 'make it writable for this user, or name another place in NEMESIS_STORE',
  busy: 'somebody else is writing; try again in a moment',
  corrupt: 'nemesis history:verify says where; put back a copy that is whole',
  newer_schema: 'update nemesis: a newer one has written here',
  not_ours: 'name another file in `store:` or in NEMESIS_STORE',
  fenced_out: 'see who holds the lock: nemesis deploy:status',
  diverged: 'import it into an empty store instead',
};

export function failureOf(failure: StoreFailure, address: string): Failure {
  const message = `the history cannot be used: ${withoutSecrets(messageOf(failure), address)}`;
  return { kind: 'cannot_act', message, help: [HELP[failure.kind]] };
}

function messageOf(failure: StoreFailure): string {
  switch (failure.kind) {
    case 'newer_schema':
      return `it has version ${failure.found}, and this nemesis knows ${failure.known}`;
    case 'fenced_out':
      return 'another deployment has taken the lock over';
    case 'corrupt':
      return `it is damaged${failure.seq === undefined ? '' : ` at event ${failure.seq}`}: ${failure.message}`;
    case 'uncertain':
      return `whether it was written is not certain: ${failure.message}`;
    default:
      return failure.message;
  }
}

/** Drivers like to repeat what they were given. */
function withoutSecrets(message: string, address: string): string {
  return passwordsIn(address)
    .reduce((text, secret) => text.replaceAll(secret, '***'), message)
    .replace(/(:\/\/)[^\s@/]*@/g, '$1***@');
}

/** As they are written in the address, and decoded. */
export function passwordsIn(address: string): readonly string[] {
  if (!/^postgres(?:ql)?:\/\//i.test(address)) return [];
  const written = [
    /:\/\/[^/]*?:([^/]*)@/.exec(address)?.[1],
    ...[...address.matchAll(/[?&][a-z]*password=([^&]*)/gi)].map(([, value]) => value),
  ].filter((secret) => secret !== undefined && secret !== '') as readonly string[];
  return written.flatMap((secret) => {
    try {
      return [secret, decodeURIComponent(secret)];
    } catch {
      return [secret];
    }
  });
}

export function usage(message: string, help: string): Failure {
  return { kind: 'usage', message, help: [help] };
}

export const failed = (failure: Failure): Ending => ({ kind: 'failed', failure });
