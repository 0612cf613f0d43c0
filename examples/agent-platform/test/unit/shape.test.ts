import { describe, expect, it } from 'vitest';
import { at, BodyFields } from '../../src/shape.ts';

describe('BodyFields', () => {
  const fields = new BodyFields({ name: 'Ada', wait: true, value: null }, [
    'name',
    'wait',
    'value',
  ]);

  it('takes what has the right shape', () => {
    expect(fields.text('name')).toBe('Ada');
    expect(fields.oneOf('name', ['Ada', 'Grace'])).toBe('Ada');
    expect(fields.flag('wait', false)).toBe(true);
    expect(fields.flag('missing', false)).toBe(false);
    expect(fields.json('value')).toBeNull();
  });

  it.each([
    ['a list', () => new BodyFields([], []), 'the body must be a JSON object'],
    [
      'an unknown field',
      () => new BodyFields({ nmae: 1 }, ['name']),
      'unknown field nmae; known are name',
    ],
    [
      'any field where none is known',
      () => new BodyFields({ a: 1 }, []),
      'unknown field a; known are none',
    ],
    ['a long text', () => fields.text('name', 2), 'name must be a text of 1 to 2 characters'],
    ['another word', () => fields.oneOf('name', ['Grace']), 'name must be one of Grace'],
    ['no flag', () => fields.flag('name', true), 'name must be true or false'],
    ['no value', () => fields.json('gone'), 'gone is missing'],
  ])('refuses %s', (_what, take, message) => {
    expect(take).toThrow(message);
  });
});

describe('at', () => {
  it('follows a path as far as it goes', () => {
    expect(at({ a: [{ b: 1 }] }, 'a', 0, 'b')).toBe(1);
    expect(at({ a: null }, 'a', 0, 'b')).toBeUndefined();
  });
});
