/** The shape of `nemesis.waivers.yaml`: what is accepted, why, by whom, and until when. */

import * as z from 'zod/mini';
import { GATES } from '../judge/agent.ts';
import { dayNumber } from '../judge/day.ts';
import { id, oneOf, optional, text, wholeNumber } from './atoms.ts';

const line = text.check(z.refine((given) => given.trim() !== '', 'expected text, got blanks'));

const isDay = (given: string) => dayNumber(given) !== undefined;

const day = text.check(z.refine(isDay, 'expected a day such as 2027-03-31'));

const finding = z.strictObject({
  tool: optional(id, 'The runner that made it, as in gates and `--only`'),
  rule: optional(text, 'Its rule, as the tool calls it'),
  file: optional(text, 'A glob of paths: src/legacy/**'),
  line: optional(wholeNumber, 'The line; it moves whenever somebody edits above it'),
  message: optional(text, 'A part of the message'),
  id: optional(text, 'An advisory: CVE-2026-1234, GHSA-…'),
});

const sentence = z.strictObject({
  text: optional(text, 'The sentence as it stands in the gate'),
  metric: optional(id, 'All sentences that name this metric'),
  agent: optional(id, 'Only of this agent: DEPLOY_CODE_001'),
  gate: optional(oneOf(...GATES), 'Only of this gate'),
});

const waiver = z.strictObject({
  finding: optional(finding, 'Findings of one tool; every part that is given has to fit'),
  sentence: optional(sentence, 'A sentence of a gate; it still runs, and warns at most'),
  why: line,
  who: line,
  until: day,
});

export const WaiverFile = z.strictObject({
  waivers: z.array(waiver).check(z.maxLength(1000)),
});

export type WaiverFile = z.output<typeof WaiverFile>;
