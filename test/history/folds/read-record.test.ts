import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { readRecord } from '../../../src/history/folds/read-record.ts';
import { deploy, finish, incident, over, stage, traffic } from './journal.ts';

const check = {
  commit: 'c0ffee',
  readiness: 'ready',
  partial: false,
  score: { low: 91, high: 94, evidence: 0.97 },
  gates: { code: 'passed', build: 'warned' },
  duration_ms: 4100,
};
const why = (type: string, body: Record<string, unknown>) => {
  const read = readRecord({ type, body });
  return read.kind === 'bad' ? read.why : read.kind;
};

describe('a record', () => {
  it.each([
    deploy(0, 'd-1'),
    traffic(0, 'd-1'),
    stage(0, 'd-1', 'batch 2 of 4'),
    finish(0, 'd-1', 'rolled_back', 5),
    incident(0, 'i-1'),
    over(0, 'i-1'),
    { type: 'check_recorded', body: check },
  ])('is read as it was written: $type', ({ type, body }) => {
    expect(readRecord({ type, body })).toEqual({ kind: 'record', record: { type, body } });
  });

  it('of an unknown type is nobody’s business, also when it is called like an object’s own', () => {
    expect(readRecord({ type: 'weather', body: {} })).toEqual({ kind: 'unknown' });
    expect(readRecord({ type: 'toString', body: {} })).toEqual({ kind: 'unknown' });
    expect(readRecord({ type: '__proto__', body: {} })).toEqual({ kind: 'unknown' });
  });

  it('may have keys of a later version, and lack those that may be null', () => {
    const { body } = deploy(0, 'd-1');
    const { validation_ms: _, previous: __, ...older } = body;
    const read = readRecord({ type: 'deployment_started', body: { ...older, colour: 'blue' } });
    expect(read).toEqual({ kind: 'record', record: { type: 'deployment_started', body } });
  });

  it.each([
    ['deployment_started', {}, 'deployment: no name'],
    ['deployment_started', { ...deploy(0, '').body }, 'deployment: no name'],
    [
      'deployment_started',
      { ...deploy(0, 'd-1').body, release: { version: '1.0.0', committed_at: 'yesterday' } },
      'release.committed_at: no time in whole milliseconds',
    ],
    ['deployment_started', { ...deploy(0, 'd-1').body, release: null }, 'release: no object'],
    [
      'deployment_started',
      { ...deploy(0, 'd-1').body, kind: 'promote' },
      'kind: none of deploy, rollback',
    ],
    [
      'deployment_received_traffic',
      { deployment: 'd-1', share: 0 },
      'share: not a number above 0 and at most 1',
    ],
    [
      'deployment_received_traffic',
      { deployment: 'd-1', share: '0.1' },
      'share: not a number above 0 and at most 1',
    ],
    [
      'deployment_finished',
      { deployment: 'd-1', status: 'succeeded', failure_detected_at: 8.65e15 },
      'failure_detected_at: no time in whole milliseconds',
    ],
    [
      'check_recorded',
      { ...check, gates: { code: 'green' } },
      'gates.code: none of blocked, undecided, warned, passed',
    ],
    [
      'check_recorded',
      { ...check, score: { low: 91, high: 94, evidence: 97 } },
      'score.evidence: not a number from 0 to 1',
    ],
    ['check_recorded', { ...check, partial: 'no' }, 'partial: neither true nor false'],
    ['incident_closed', { incident: 7 }, 'incident: no name'],
  ])('that cannot be meant says why: %s', (type, body, expected) => {
    expect(why(type, body)).toBe(expected);
  });

  it('never throws, whatever the body', () => {
    const types = ['deployment_started', 'check_recorded', 'deployment_finished'];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.json(), (type, json) => {
        const body = JSON.parse(json) as Record<string, unknown>;
        expect(['record', 'bad']).toContain(readRecord({ type, body }).kind);
      }),
    );
  });

  it('takes a gate by any name, even one that is dangerous to assign', () => {
    const gates = JSON.parse('{"__proto__": "passed"}') as Record<string, unknown>;
    const read = readRecord({ type: 'check_recorded', body: { ...check, gates } });
    expect(read.kind === 'record' && JSON.stringify(read.record.body)).toContain('"__proto__"');
  });
});
