/** What an approval is about, as one text: shown to whoever approves, and what is signed. Pure. */

import { canonicalJson } from '../../history/canonical.ts';
import type { ReleaseRecord } from '../../history/records.ts';
import type { Approval } from '../approvals.ts';

/** What is going to be deployed: worked out anew each time, never read from a record. */
export interface Bound {
  readonly service: string;
  readonly environment: string;
  readonly release: ReleaseRecord;
  /** Digest of plan, gates and what is accepted. */
  readonly evidence: string;
  readonly plan: string;
  readonly gates: Readonly<Record<string, string>>;
  readonly accepts: readonly string[];
}

export interface ApprovalDocument {
  readonly schema: 'nemesis.approval/1';
  readonly approval: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly commit: string | null;
  readonly artifact: string | null;
  readonly evidence: string;
  readonly plan: string;
  readonly gates: Readonly<Record<string, string>>;
  readonly accepts: readonly string[];
  readonly requested_by: string;
  readonly nonce: string | null;
  /** ISO 8601. */
  readonly expires_at: string;
}

export function documentOf(
  { service, environment, release, evidence, plan, gates, accepts }: Bound,
  { id, requestedBy, nonce, expiresAt }: Approval,
): ApprovalDocument {
  const { version, commit, artifact } = release;
  return {
    ...{ schema: 'nemesis.approval/1', approval: id, service, environment },
    ...{ version, commit, artifact, evidence, plan, gates, accepts },
    ...{ requested_by: requestedBy, nonce, expires_at: new Date(expiresAt).toISOString() },
  };
}

/** The bytes that are signed, as text. */
export const signedText = (document: ApprovalDocument): string => `${canonicalJson(document)}\n`;

/** As the request has it: what a person approves who does not deploy. */
export function askedIn(
  service: string,
  environment: string,
  { release, evidence, plan, gates, accepts }: Approval,
): Bound {
  return { service, environment, release, evidence, plan: plan ?? '', gates, accepts };
}

const MOST_BYTES = 1_000_000;

/** Where a document that somebody signed says something else: `artifact: sha256:9f…, here sha256:1c…`. */
export function differences(written: string | null, wanted: ApprovalDocument): readonly string[] {
  const found = parsed(written);
  if (found === undefined) return ['it holds no document'];
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  return names.flatMap((name) => {
    const [has, wants] = [found, wanted as unknown as typeof found].map((one) =>
      Object.hasOwn(one, name) ? canonicalJson(one[name]) : 'nothing',
    );
    return has === wants ? [] : [`${name}: ${shown(has)}, here ${shown(wants)}`];
  });
}

const shown = (text: string | undefined) => (text ?? '').slice(0, 80);

function parsed(written: string | null): Readonly<Record<string, unknown>> | undefined {
  if (written === null || written.length > MOST_BYTES) return undefined;
  try {
    const found: unknown = JSON.parse(written);
    const isObject = typeof found === 'object' && found !== null && !Array.isArray(found);
    return isObject ? (found as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
