import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asJson, canonicalJson } from '../../../src/history/canonical.ts';
import { EMPTY_HEAD, hashOf, seal, verifyRun } from '../../../src/history/chain.ts';
import type { JournalEvent } from '../../../src/history/journal.ts';
import { sha256, sha256ByHand } from '../../../src/history/sha256.ts';
import { draft, PAYMENTS } from '../../contracts/store.ts';

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ 10: 1, 9: 2, '': 3 }, '{"":3,"10":1,"9":2}'],
    [{ ﬀ: 1, '😀': 2, é: 3 }, '{"é":3,"😀":2,"ﬀ":1}'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [[-0, 1e21, 0.1], '[0,1e+21,0.1]'],
    ['\ud800 \u0000 "', '"\\ud800 \\u0000 \\""'],
    [undefined, 'null'],
  ])('of %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('is one text for one value, and reads back as that value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        const back: unknown = JSON.parse(text);
        expect(canonicalJson(back)).toBe(text);
        expect(back).toEqual(asJson([value])[0]);
      }),
    );
  });
});

describe('SHA-256', () => {
  it('by hand is the one of Node', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      // around the ends of blocks
      fc.integer({ min: 0, max: 200 }).map((length) => 'x'.repeat(length)),
    );
    fc.assert(fc.property(texts, (text) => sha256ByHand(text) === sha256(text)));
  });
});

describe('a chain', () => {
  const events = seal(PAYMENTS, [draft('a'), draft('b'), draft('c')], undefined, 7);
  const verify = (given: readonly JournalEvent[]) => verifyRun(PAYMENTS, EMPTY_HEAD, given);

  it('leads to its head', () => {
    expect(verify(events)).toEqual({ ok: true, head: { seq: 3, hash: events[2]?.hash } });
  });

  it('is hashed over the canonical JSON of all other columns', () => {
    for (const { hash, ...columns } of events)
      expect(createHash('sha256').update(canonicalJson(columns)).digest('hex')).toBe(hash);
  });

  it('is bound in every column', () => {
    const other: Required<{ [Column in keyof JournalEvent]: unknown }> = {
      service: 'search',
      environment: 'staging',
      seq: 9,
      id: 'z',
      type: 'other',
      at: 1,
      actor: 'mallory',
      host: 'elsewhere',
      fence: 8,
      body: { deployment: 'd-2' },
      prev: 'f'.repeat(64),
      hash: 'e'.repeat(64),
    };
    for (const column of Object.keys(events[1]!) as (keyof JournalEvent)[]) {
      const edited = { ...events[1]!, [column]: other[column] };
      const found = verify([events[0]!, edited, events[2]!]);
      expect(found, column).toMatchObject({ ok: false, head: { seq: 1 }, problem: { seq: 2 } });
      if (column !== 'hash') expect(hashOf(edited), column).not.toBe(events[1]!.hash);
    }
  });

  it.each([
    ['one is missing', [0, 2], 'sequence'],
    ['two have changed places', [0, 2, 1], 'sequence'],
    ['one stands there twice', [0, 0, 1], 'sequence'],
    ['its beginning is missing', [1, 2], 'sequence'],
  ])('is broken where %s', (_, order, differs) => {
    const found = verify(order.map((n) => events[n] as JournalEvent));
    expect(found).toMatchObject({ ok: false, problem: { differs } });
  });

  it('does not take events of another stream', () => {
    const other = seal({ ...PAYMENTS, environment: 'staging' }, [draft('a')], undefined, 0);
    expect(verify(other)).toMatchObject({ ok: false, problem: { differs: 'stream' } });
  });

  it('is not given names that a store would change', () => {
    expect(() => seal(PAYMENTS, [draft('half \ud800')], undefined, 0)).toThrow(TypeError);
    expect(() => seal({ ...PAYMENTS, service: '\0' }, [draft('a')], undefined, 0)).toThrow();
  });
});
