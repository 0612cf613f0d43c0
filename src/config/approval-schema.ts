/** The shape of `approval` and `freeze` of an environment: what people decide there. */

import * as z from 'zod/mini';
import { PROOFS } from './approval.ts';
import { duration, editorTypes, innerPath, numberFrom, oneOf, optional, text } from './atoms.ts';

const LONGEST_MS = 30 * 86_400_000;
const expires = duration.check(z.refine((ms) => ms <= LONGEST_MS, 'expected at most 720h'));
editorTypes.add(expires, { json: { type: 'string', pattern: '^[1-9][0-9]{0,5}(ms|s|m|h)$' } });

/** No `..`, no `@{`, no `:`, no leading `-`: nothing that git would take for more than a name. */
const REF = /^(?!.*(?:\.\.|\/\/|\.lock$|\/$))[A-Za-z0-9][\w./+-]{0,199}$/;
const refError = { error: 'expected a branch such as origin/main' };
const ref = z.string(refError).check(z.regex(REF, refError));

const proof = oneOf(...PROOFS);

const details = z.strictObject({
  proof: optional(proof, 'What an approval has to be at least; unsigned by default'),
  required: optional(numberFrom(1, 20), 'So many people have to approve; 1 by default'),
  self: optional(
    oneOf('refuse', 'allow'),
    'Whether authors of the change, and who asked, may approve; refuse by default',
  ),
  expires: optional(expires, 'How long a request waits and an approval counts; 24h by default'),
  signers: optional(
    innerPath,
    'Allowed signers as ssh-keygen reads them; .nemesis-signers by default',
  ),
  ref: optional(ref, 'The protected branch that file is read from; origin/main by default'),
  platform_environment: optional(
    text,
    'What GitHub or GitLab calls the environment; its name here by default',
  ),
});

export const approvalPart = z.union([proof, details], {
  error: `expected ${PROOFS.slice(0, -1).join(', ')} or ${PROOFS.at(-1)!}, or a mapping`,
});

const window = z.strictObject({
  from: text.check(z.describe('Fri 16:00, every week; or 2026-12-20, or 2026-12-20 18:00')),
  to: text.check(z.describe('Mon 08:00; or 2027-01-02, which ends with that day')),
  zone: optional(text, 'A time zone such as Europe/Berlin; UTC by default'),
  reason: optional(text, 'Shown to whoever is refused'),
});

export const freezePart = z
  .array(window, { error: 'expected a list of windows' })
  .check(z.maxLength(50));

export type WrittenApproval = z.output<typeof approvalPart>;
export type WrittenWindow = z.output<typeof window>;
