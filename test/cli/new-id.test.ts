import { expect, test } from 'vitest';
import { newId } from '../../src/cli/new-id.ts';

test('a new id is a random UUID, each another one', () => {
  const ids = Array.from({ length: 500 }, newId);
  const version4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(ids.filter((id) => !version4.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});
