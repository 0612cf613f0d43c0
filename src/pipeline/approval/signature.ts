/** Signs what is approved, and tells whose signature it is. https://man.openbsd.org/ssh-keygen#Y~5 */

import { createHash } from 'node:crypto';
import { fail, ok, type Failure, type Result } from '../../failure.ts';
import { askKeygen, type KeygenPlace, type KeygenSaid } from './ssh-keygen.ts';

/** A signature made for something else, or for another service, does not count here. */
export const namespaceOf = (service: string): string =>
  `nemesis-approval@${service.replace(/[^\w.-]/g, '-')}`;

/** @param key file of a private key, or of a public one whose private half an agent holds */
export async function sign(
  place: KeygenPlace,
  key: string,
  namespace: string,
  text: string,
  signal: AbortSignal,
): Promise<Result<string>> {
  const argv = ['-Y', 'sign', '-n', namespace, '-f', key];
  const said = await askKeygen(place, argv, {}, text, signal);
  if (said.kind === 'silent') return fail(cannot(said.why));
  if (said.code === 0 && said.stdout.startsWith(BEGIN)) return ok(said.stdout);
  const why = said.stderr.trim().split('\n').at(-1) ?? '';
  return fail(cannot(`the key did not sign: ${why.slice(0, 200)}`, 'unlock it first: ssh-add KEY'));
}

export interface Signed {
  readonly text: string;
  readonly signature: string;
  readonly namespace: string;
  /** As `ssh-keygen` reads them. */
  readonly signers: string;
  /** Epoch ms at which the key has to be allowed: when it signed, and now. */
  readonly moments: readonly number[];
}

export interface Signer {
  /** The one it is verified as. */
  readonly principal: string;
  /** Every name the allowed signers have for the key, which all mean one person. */
  readonly principals: readonly string[];
  /** Digest of the key. */
  readonly key: string;
}

export type Verified =
  | { readonly kind: 'good'; readonly signer: Signer }
  | { readonly kind: 'bad'; readonly why: string }
  /** Nothing was found out. */
  | { readonly kind: 'unknown'; readonly failure: Failure };

export async function verify(
  place: KeygenPlace,
  signed: Signed,
  signal: AbortSignal,
): Promise<Verified> {
  const key = keyIn(signed.signature);
  if (key === undefined) return bad('it holds no signature of ssh-keygen');
  if (key.type.includes('-cert-')) return bad('certificates are not taken: sign with a key');
  let signer: Signer | undefined;
  for (const moment of signed.moments) {
    const time = `verify-time=${timeText(moment)}`;
    const found = await ask(place, ['-Y', 'find-principals', '-O', time], signed, signal);
    if (found.kind === 'silent') return { kind: 'unknown', failure: cannot(found.why) };
    if (found.code !== 0)
      return bad('its key is not among the allowed signers, or not at that time');
    const principals = found.stdout.split('\n').filter((line) => line !== '');
    if (principals.length === 0 || principals.some((one) => /[*?!]/.test(one)))
      return bad('the allowed signers name no one person for its key');
    const verified = await verifiedAs(principals, time, place, signed, signal);
    if (verified.kind === 'unknown') return verified;
    if (verified.principal === undefined) return bad('it is not a signature of exactly this');
    signer = { principal: verified.principal, principals, key: key.digest };
  }
  return signer === undefined ? bad('it is of no time') : { kind: 'good', signer };
}

/** A key may stand under several names, each for its own namespaces and times. */
async function verifiedAs(
  principals: readonly string[],
  time: string,
  place: KeygenPlace,
  signed: Signed,
  signal: AbortSignal,
) {
  for (const principal of principals.slice(0, MOST_PRINCIPALS)) {
    const named = ['-I', principal, '-n', signed.namespace];
    const said = await ask(place, ['-Y', 'verify', '-O', time, ...named], signed, signal);
    if (said.kind === 'silent') return { kind: 'unknown', failure: cannot(said.why) } as const;
    if (said.code === 0) return { kind: 'said', principal } as const;
  }
  return { kind: 'said', principal: undefined } as const;
}

const MOST_PRINCIPALS = 20;

function ask(
  place: KeygenPlace,
  argv: readonly string[],
  { text, signature, signers }: Signed,
  signal: AbortSignal,
): Promise<KeygenSaid> {
  const files = { signers, signature };
  return askKeygen(place, [...argv, '-f', '{signers}', '-s', '{signature}'], files, text, signal);
}

const bad = (why: string): Verified => ({ kind: 'bad', why });

function cannot(message: string, ...help: readonly string[]): Failure {
  const install = message.includes('not found') ? ['install openssh-client'] : help;
  return { kind: 'cannot_act', message, help: install };
}

/** `20260131100000`, in UTC. */
function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace(/\D/g, '');
}

const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const ARMOUR =
  /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]{1,20000})\n-----END SSH SIGNATURE-----\n?$/;

/**
 * The public key a signature says it is made with.
 * https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig
 */
function keyIn(signature: string): { readonly type: string; readonly digest: string } | undefined {
  const [, body] = ARMOUR.exec(signature) ?? [];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  if (bytes.subarray(0, 6).toString('latin1') !== 'SSHSIG') return undefined;
  const key = lengthed(bytes, 10);
  const type = key && lengthed(key, 0);
  if (key === undefined || type === undefined) return undefined;
  return { type: type.toString('latin1'), digest: createHash('sha256').update(key).digest('hex') };
}

/** Bytes with their length in front. */
function lengthed(bytes: Buffer, from: number): Buffer | undefined {
  if (bytes.length < from + 4) return undefined;
  const end = from + 4 + bytes.readUInt32BE(from);
  return end > bytes.length ? undefined : bytes.subarray(from + 4, end);
}
