/**
 * Forged, replayed, altered, expired and self-made approvals, each written into the history as somebody does who can
 * write there, for three environments: none counts, each is recorded, and a true one still counts afterwards.
 */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../src/history/canonical.ts';
import type { ApprovalPolicy } from '../../../src/config/approval.ts';
import type { RecordBodies } from '../../../src/history/records.ts';
import type { ApprovalDocument } from '../../../src/pipeline/approval/document.ts';
import { signedText } from '../../../src/pipeline/approval/document.ts';
import type { Approval } from '../../../src/pipeline/approvals.ts';
import { KEYGEN, makeKeys, makeRepository, makeScene, NOW, removed } from './scene.ts';
import type { Keys, Repository, Scene } from './scene.ts';

const HOUR = 3_600_000;
const NAMES = [
  'bob',
  'ann',
  'mallory',
  'kim',
  'robin',
  'old',
  'young',
  'gitonly',
  'wild',
  'double',
];

let keys: Keys;
let repository: Repository;

/** What somebody writes into the history. */
interface Forged {
  readonly by?: string;
  readonly at?: number;
  readonly body?: Partial<RecordBodies['approval_given']>;
}

interface Given {
  readonly scene: Scene;
  readonly approval: Approval;
  readonly document: ApprovalDocument;
  /** The document as it is signed. */
  readonly text: string;
}

interface Row {
  readonly name: string;
  readonly why: RegExp;
  readonly policy?: Partial<ApprovalPolicy>;
  readonly forge: (given: Given) => Forged | Promise<Forged>;
  /** Beside what is forged. */
  readonly first?: (given: Given) => Promise<unknown>;
}

const signed = (text: string, key = 'bob', namespace?: string): Forged => ({
  by: key,
  body: { proof: 'signed', document: text, signature: keys.sign(key, text, namespace) },
});

/** Signed by somebody who may, but about something else. */
const about = (name: string, change: (document: ApprovalDocument) => object): Row => ({
  name: `signed for another ${name}`,
  why: /^it is about something else: /,
  forge: ({ document }) => signed(signedText({ ...document, ...change(document) })),
});

const without = (key: keyof ApprovalDocument): Row => ({
  name: `signed without ${key}`,
  why: new RegExp(`^it is about something else: ${key}: nothing`),
  forge: ({ document }) => {
    const { [key]: _, ...rest } = document;
    return signed(`${canonicalJson(rest)}\n`);
  },
});

/** The same values, as other bytes: nobody signed the ones that count. */
const otherBytes = (name: string, write: (document: ApprovalDocument) => string): Row => ({
  name: `signed over ${name}`,
  why: /^it is not a signature of exactly this$/,
  forge: ({ document }) => signed(write(document)),
});

const badSignature = (name: string, why: RegExp, change: (signature: string) => string): Row => ({
  name,
  why,
  forge: ({ text }) => {
    const made = signed(text);
    return { ...made, body: { ...made.body, signature: change(made.body?.signature ?? '') } };
  },
});

const byKey = (name: string, key: string, why: RegExp, namespace?: string): Row => ({
  name,
  why,
  forge: ({ text }) => signed(text, key, namespace),
});

/** Where a name alone is enough, it is not everybody's. */
const unsignedBy = (name: string, why: RegExp): Row => ({
  name: `unsigned, by ${name}`,
  why,
  policy: { proof: 'unsigned' },
  forge: () => ({ by: name, body: { proof: 'unsigned' } }),
});

const AUTHOR = /^an author of the change cannot approve it$/;
const ASKER = /^who asks cannot approve$/;
const EXACTLY = /^it is not a signature of exactly this$/;

const ROWS: readonly Row[] = [
  about('schema', () => ({ schema: 'nemesis.approval/2' })),
  about('request', () => ({ approval: 'deadbeef' })),
  about('service', () => ({ service: 'mail' })),
  about('environment', () => ({ environment: 'elsewhere' })),
  about('version', () => ({ version: '1.9.1' })),
  about('commit', () => ({ commit: repository.stable })),
  about('artifact', () => ({ artifact: `sha256:${'ab'.repeat(32)}` })),
  about('evidence', ({ evidence }) => ({ evidence: evidence.replace(/^./, 'x') })),
  about('plan', ({ plan }) => ({ plan: plan.toUpperCase() })),
  about('verdict', ({ gates }) => ({ gates: { ...gates, test: 'warned' } })),
  about('set of absences', () => ({ accepts: [] })),
  about('asker', () => ({ requested_by: 'somebody' })),
  about('nonce', () => ({ nonce: '0' })),
  about('expiry', () => ({ expires_at: '2027-01-01T00:00:00.000Z' })),
  about('field beside them', () => ({ admin: true })),
  without('artifact'),
  without('environment'),
  without('accepts'),
  without('nonce'),
  otherBytes(
    'its fields in another order',
    (document) => `${JSON.stringify(Object.fromEntries(Object.entries(document).reverse()))}\n`,
  ),
  otherBytes('more blanks', (document) => `${JSON.stringify(document, null, 1)}\n`),
  otherBytes('no line end', (document) => canonicalJson(document)),
  {
    name: 'a true signature beside an altered document',
    why: /^it is about something else: version/,
    forge: ({ document, text }) => {
      const made = signed(text);
      const altered = signedText({ ...document, version: '6.6.6' });
      return { ...made, body: { ...made.body, document: altered } };
    },
  },
  {
    name: 'a signature of something else beside the true document',
    why: EXACTLY,
    forge: ({ document, text }) => {
      const made = signed(signedText({ ...document, version: '6.6.6' }));
      return { ...made, body: { ...made.body, document: text } };
    },
  },
  badSignature('no signature', /^it holds no signature/, () => ''),
  badSignature('a signature cut short', /^it (holds no|is not a) signature|allowed/, (text) =>
    text.replace(/\n[^\n]+\n(?=-----END)/, '\n'),
  ),
  badSignature('a signature with one letter changed', EXACTLY, (text) => {
    const lines = text.split('\n');
    const last = lines.length - 3;
    lines[last] = (lines[last] ?? '').replace(/[A-Z]/, (letter) => (letter === 'A' ? 'B' : 'A'));
    return lines.join('\n');
  }),
  badSignature('two signatures in one', /^it holds no signature/, (text) => text + text),
  badSignature('HTML for a signature', /^it holds no signature/, () => '<html>approved</html>'),
  byKey('signed by a key nobody allows', 'mallory', /not among the allowed signers/),
  byKey(
    'signed by a key whose time is over',
    'old',
    /not among the allowed signers|not at that time/,
  ),
  byKey('signed by a key whose time has not come', 'young', /not at that time/),
  byKey('signed by a key allowed for other purposes', 'gitonly', EXACTLY),
  byKey('signed by a key allowed for everybody', 'wild', /name no one person/),
  byKey('signed for git, not for this', 'bob', EXACTLY, 'git'),
  byKey('signed for another service', 'bob', EXACTLY, 'nemesis-approval@mail'),
  byKey('signed by an author', 'kim', AUTHOR),
  byKey('signed by who asks', 'robin', ASKER),
  {
    name: 'unsigned where a signature is asked for',
    why: /asks for more/,
    forge: () => ({ by: 'bob', body: { proof: 'unsigned' } }),
  },
  {
    name: 'said to come from GitHub',
    why: /takes nothing over from github/,
    forge: () => ({ by: 'bob', body: { proof: 'github', platform: { key: 'k', user: 'bob' } } }),
  },
  {
    name: 'of a time that has not come',
    why: /a time that has not come/,
    forge: ({ text }) => ({ ...signed(text), at: NOW + HOUR }),
  },
  {
    name: 'older than the request',
    why: /older than the request/,
    forge: ({ text }) => ({ ...signed(text), at: NOW - HOUR }),
  },
  {
    name: 'a true one of the request before, replayed',
    why: /^it is about something else: /,
    async forge({ scene, approval }) {
      // Another plan is another request; what was signed for the first does not do for it.
      const other = await scene.ask({ plan: { rollbackMs: 1 } });
      expect(other.approval.id).not.toBe(approval.id);
      return signed(signedText(scene.document(other.approval)));
    },
  },
  {
    name: 'one person twice, under two names of one key',
    why: /^the same person has approved it already$/,
    policy: { required: 2 },
    first: ({ scene, approval, text }) => give(scene, approval, signed(text, 'double')),
    forge: ({ text }) => ({ ...signed(text, 'double'), by: 'dee' }),
  },
  {
    name: 'a name twice, written otherwise',
    why: /^the same person has approved it already$/,
    policy: { required: 2, proof: 'unsigned' },
    first: ({ scene, approval }) =>
      give(scene, approval, { by: 'bob', body: { proof: 'unsigned' } }),
    forge: () => ({ by: 'ＢＯＢ', body: { proof: 'unsigned' } }),
  },
  unsignedBy('kim', AUTHOR),
  unsignedBy('KIM', AUTHOR),
  unsignedBy('ｋｉｍ', AUTHOR),
  unsignedBy('k\u200bim', AUTHOR),
  unsignedBy('Somebody <kim@example.org>', AUTHOR),
  unsignedBy('Lee', AUTHOR),
  unsignedBy('maxhub', AUTHOR),
  unsignedBy('robin', ASKER),
];

function give(scene: Scene, approval: Approval, { by = 'bob', at, body }: Forged) {
  const whole = { approval: approval.id, proof: 'unsigned' as const, note: '', ...body };
  return scene.write({ type: 'approval_given', body: whole }, by, at);
}

describe.skipIf(!KEYGEN)('no forged approval counts', () => {
  beforeAll(() => {
    keys = makeKeys(NAMES);
    const line = (who: string, key: string, options = '') =>
      [who, options, keys.public(key)].filter(Boolean).join(' ');
    repository = makeRepository(
      `${[
        line('bob@example.com', 'bob'),
        line('ann@example.com', 'ann', 'namespaces="nemesis-approval@pay"'),
        line('kim@example.org', 'kim'),
        line('robin', 'robin'),
        line('old@example.com', 'old', 'valid-before="20260101"'),
        line('young@example.com', 'young', 'valid-after="20270101"'),
        line('gitonly@example.com', 'gitonly', 'namespaces="git"'),
        line('*@example.com', 'wild'),
        line('dee@example.com', 'double'),
        line('otto@example.com', 'double'),
      ].join('\n')}\n`,
    );
    // Neither the work tree nor a tag of the same name has a say in who may sign.
    const forged = `${line('bob@example.com', 'bob')}\n${line('mallory@example.com', 'mallory')}\n`;
    writeFileSync(path.join(repository.root, '.nemesis-signers'), forged);
    repository.git('add', '-A');
    repository.git('stash', 'push', '-q');
    repository.git('tag', 'origin/main', 'stash@{0}');
    repository.git('stash', 'pop', '-q');
  });
  afterAll(() => {
    repository.remove();
    removed(keys.folder);
  });

  test('there are forty and more', () => expect(ROWS.length).toBeGreaterThanOrEqual(40));

  describe.each(['staging', 'production', 'eu-west.production'])('%s', (environment) => {
    test.each(ROWS)('$name', async ({ why, policy, forge, first }) => {
      const scene = makeScene(repository, environment, { proof: 'signed', ...policy });
      const approval = await scene.waiting();
      const document = scene.document(approval);
      const given = { scene, approval, document, text: signedText(document) };
      await first?.(given);
      await give(scene, approval, await forge(given));
      const asked = await scene.ask();
      expect(asked.kind).toBe('waits');
      expect(asked.approval.id).toBe(approval.id);
      expect((await scene.refusals()).map((one) => one.why)).toContainEqual(
        expect.stringMatching(why),
      );
      // Asked again, it is refused again, and not recorded again.
      const recorded = (await scene.refusals()).length;
      expect((await scene.ask()).kind).toBe('waits');
      expect(await scene.refusals()).toHaveLength(recorded);
    });

    test('what is used, expired or altered afterwards does not come back', async () => {
      const scene = makeScene(repository, environment, { proof: 'signed' });
      const approval = await scene.waiting();
      const text = signedText(scene.document(approval));
      await give(scene, approval, signed(text));
      expect((await scene.ask()).kind).toBe('approved');
      await scene.write({ type: 'approval_used', body: { approval: approval.id } }, 'ci');
      // Asked for once more under its old id, it stays used.
      const { id, release, evidence, expiresAt } = approval;
      const again = { approval: id, release, evidence, expires_at: expiresAt + HOUR };
      await scene.write({ type: 'approval_requested', body: again }, 'ci');
      await give(scene, approval, signed(text));
      const next = await scene.ask();
      expect([next.kind, next.approval.id === id]).toEqual(['waits', false]);
      await give(scene, next.approval, signed(text));
      expect((await scene.ask()).kind).toBe('waits');
      const whys = (await scene.refusals()).map((one) => one.why);
      expect(whys).toContain('it has been used');
      expect(whys).toContainEqual(expect.stringMatching(/^it is about something else: approval/));
    });

    test.each([-1000, 0, 1000])('said %d ms from its end', async (offset) => {
      const scene = makeScene(repository, environment, { proof: 'signed' });
      const approval = await scene.waiting();
      scene.at(approval.expiresAt + offset);
      await give(scene, approval, signed(signedText(scene.document(approval))));
      const asked = await scene.ask();
      expect(asked.kind).toBe(offset < 0 ? 'approved' : 'waits');
      const whys = (await scene.refusals()).map((one) => one.why);
      expect(whys).toEqual(offset < 0 ? [] : ['it has expired']);
    });

    test.each([
      ['long ago, without an end', -25 * HOUR, /it has expired/],
      ['for a time to come', 25 * HOUR, /not come/],
    ] as const)('a request written by somebody %s', async (_name, offset, why) => {
      const scene = makeScene(repository, environment, { proof: 'signed' });
      const { release, evidence, plan, gates, accepts } = await scene.waiting();
      const body = { approval: 'forged01', release, evidence, plan, gates, accepts, nonce: 'n' };
      const forged = { ...body, expires_at: NOW + 100_000 * HOUR };
      await scene.write({ type: 'approval_requested', body: forged }, 'x', NOW + offset);
      const approval = await scene.waiting();
      expect(approval.id).toBe('forged01');
      await give(scene, approval, signed(signedText(scene.document(approval))));
      expect((await scene.ask()).kind).toBe('waits');
      expect(await scene.refusals()).toMatchObject([
        { why: expect.stringMatching(why) as unknown },
      ]);
    });

    test('another artifact, commit, plan or verdict asks anew', async () => {
      const scene = makeScene(repository, environment, { proof: 'signed' });
      const approval = await scene.waiting();
      await give(scene, approval, signed(signedText(scene.document(approval))));
      for (const more of [
        { release: { artifact: `sha256:${'00'.repeat(32)}` } },
        { release: { commit: repository.stable } },
        { plan: { instances: 9 } },
        { plan: { withoutTraffic: 'accept' as const } },
      ])
        expect((await scene.ask(more)).kind).toBe('waits');
      expect((await scene.ask()).kind).toBe('approved');
    });

    test('true ones count: of one, and of two people', async () => {
      const scene = makeScene(repository, environment, { proof: 'signed', required: 2 });
      const approval = await scene.waiting();
      const text = signedText(scene.document(approval));
      await give(scene, approval, signed(text, 'mallory'));
      await give(scene, approval, signed(text));
      expect(await scene.ask()).toMatchObject({ kind: 'waits', have: 1 });
      await give(scene, approval, signed(text, 'ann'));
      expect((await scene.ask()).kind).toBe('approved');
    });
  });

  test('without ssh-keygen, or without the protected branch, nothing is accepted', async () => {
    const scene = makeScene(repository, 'production', { proof: 'signed' });
    const approval = await scene.waiting();
    await give(scene, approval, signed(signedText(scene.document(approval))));
    await expect(scene.ask({ env: { PATH: keys.folder } })).rejects.toThrow(
      'ssh-keygen was not found',
    );
    await expect(scene.ask({ policy: { ref: 'origin/gone' } })).rejects.toThrow(
      'no branch origin/gone',
    );
    await expect(scene.ask({ policy: { signers: 'nobody' } })).rejects.toThrow(
      'has no file nobody',
    );
    expect((await scene.ask()).kind).toBe('approved');
  });

  test('where git cannot tell the authors, a name passes and a proof does not', async () => {
    const scene = makeScene(repository, 'production');
    const approval = await scene.waiting();
    await give(scene, approval, { by: 'kim' });
    expect((await scene.ask({ root: keys.folder })).kind).toBe('approved');
    const strict = makeScene(repository, 'production', { proof: 'signed' });
    const other = await strict.waiting();
    await give(strict, other, signed(signedText(strict.document(other))));
    const stable = { ...strict.plan.stable!, commit: null };
    const unknown = await strict.ask({ plan: { stable } });
    expect(unknown.kind).toBe('waits');
  });
});
