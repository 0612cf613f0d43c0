/** Single cases of judging that the laws do not spell out. */

import { describe, expect, it } from 'vitest';
import type { Agent, Sentence } from '../../src/judge/agent.ts';
import { readinessOf } from '../../src/judge/readiness.ts';
import { scoreOf, type Score } from '../../src/judge/score.ts';
import type { Evidence } from '../../src/judge/standing.ts';
import { judgeGate, type GateVerdict } from '../../src/judge/verdict.ts';
import {
  agent,
  check,
  evidenceOf,
  measured,
  missing,
  notApplicable,
  plan,
  rule,
  tolerated,
  TOLERANCE,
} from './world.ts';

const BANDS = { ready: 0.85, caution: 0.7 };

const judge = (asked: Agent, evidence: Evidence): GateVerdict =>
  judgeGate('code', 'enforce', [asked], evidence);
const reasonsOf = ({ reasons }: GateVerdict): readonly string[] =>
  reasons.map(({ sentence }) => sentence.text);
const standingOf = ({ sentences }: GateVerdict, sentence: Sentence) =>
  sentences.find((judged) => judged.sentence === sentence)!.standing;

describe('first match wins', () => {
  const asked = agent(check('errors == 0'), check('secrets == 0'), check('warnings < 10'));

  it('blocked comes before undecided, and only what is bad is a reason', () => {
    const verdict = judge(asked, evidenceOf({ errors: measured(1), secrets: missing }));
    expect(verdict.kind).toBe('blocked');
    expect(reasonsOf(verdict)).toEqual(['errors == 0']);
  });

  it('undecided comes before warned', () => {
    const readings = { errors: measured(0), secrets: missing, warnings: tolerated };
    const verdict = judge(asked, evidenceOf(readings));
    expect(verdict.kind).toBe('undecided');
    expect(reasonsOf(verdict)).toEqual(['secrets == 0']);
  });

  it('an accepted absence warns', () => {
    const readings = { errors: measured(0), secrets: tolerated, warnings: measured(3) };
    const verdict = judge(asked, evidenceOf(readings));
    expect(verdict.kind).toBe('warned');
    expect(reasonsOf(verdict)).toEqual(['secrets == 0']);
  });

  it('what does not apply is no warning', () => {
    const readings = { errors: measured(0), secrets: notApplicable, warnings: notApplicable };
    expect(judge(asked, evidenceOf(readings)).kind).toBe('passed');
  });

  it('a metric nobody has read is missing, not passed', () => {
    const verdict = judge(asked, evidenceOf({ errors: measured(0), warnings: measured(0) }));
    expect(verdict.kind).toBe('undecided');
    expect(verdict.reasons[0]!.standing).toEqual({
      kind: 'untold',
      why: 'nothing measured secrets',
      tolerated: [],
    });
  });
});

describe('a gate in which no blocking sentence was measured', () => {
  it('is undecided also where every absence is accepted', () => {
    const verdict = judge(agent(check('errors == 0')), evidenceOf({ errors: tolerated }));
    expect(verdict.kind).toBe('undecided');
    expect(verdict.reasons).toEqual([]);
  });

  it('is undecided although its warnings were measured', () => {
    const asked = agent(check('errors == 0'), check('warnings < 10', { level: 'warn' }));
    const readings = { errors: notApplicable, warnings: measured(0) };
    expect(judge(asked, evidenceOf(readings)).kind).toBe('undecided');
  });

  it('is measured through a section of which one check was, unless that one is softened', () => {
    const safe = check('safe', { level: 'warn', sections: ['security'] });
    const secrets = check('secrets == 0', { level: 'warn', sections: ['security'] });
    const readings = evidenceOf({ safe: tolerated, secrets: measured(0) });
    const asked = (one: Sentence) => agent(safe, one, rule('any(security)'));
    expect(judge(asked(secrets), readings).kind).toBe('warned');
    expect(judge(asked({ ...secrets, softened: true }), readings).kind).toBe('undecided');
    expect(judge(asked({ ...secrets, sections: ['npm'] }), readings).kind).toBe('undecided');
  });

  it('is not measured by a section in a sentence that does not apply', () => {
    const safe = check('safe', { level: 'warn', sections: ['npm'] });
    const asked = agent(safe, rule('any(npm) or errors > 0'));
    const readings = evidenceOf({ safe: measured(true), errors: notApplicable });
    expect(judge(asked, readings).kind).toBe('undecided');
  });

  it('is not measured by the section of that name in another agent', () => {
    const asked = agent(check('safe', { level: 'warn', sections: ['npm'] }), rule('any(npm)'));
    const secrets = { ...check('secrets == 0', { level: 'warn', sections: ['npm'] }), agent: 'B' };
    const readings = evidenceOf({ safe: tolerated, secrets: measured(0) });
    const other = { ...agent(secrets), id: 'B' };
    expect(judgeGate('code', 'enforce', [asked, other], readings).kind).toBe('undecided');
    const idle = evidenceOf({ safe: notApplicable, secrets: measured(0) });
    expect(judgeGate('code', 'enforce', [asked, other], idle).kind).toBe('undecided');
  });

  it('is undecided without any sentence, and without any agent', () => {
    expect(judge(agent(), evidenceOf({})).kind).toBe('undecided');
    expect(judgeGate('code', 'enforce', [], evidenceOf({})).kind).toBe('undecided');
  });
});

describe('a check and a rule on the same metric', () => {
  const soft = check('errors == 0', { level: 'warn' });

  it('are each judged by their own level', () => {
    const verdict = judge(agent(soft, rule('errors > 0')), evidenceOf({ errors: measured(1) }));
    expect(verdict.kind).toBe('blocked');
    expect(reasonsOf(verdict)).toEqual(['errors > 0']);
    expect(standingOf(verdict, soft)).toEqual({ kind: 'bad' });
  });

  it('leave the gate undecided when the blocking one cannot be told', () => {
    const verdict = judge(agent(soft, rule('errors > 0')), evidenceOf({ errors: missing }));
    expect(verdict.kind).toBe('undecided');
    expect(reasonsOf(verdict)).toEqual(['errors > 0']);
  });
});

describe('sentences with several readings', () => {
  it('are told by one side where that decides', () => {
    const asked = agent(rule('errors > 0 or secrets > 0'));
    expect(judge(asked, evidenceOf({ errors: measured(1), secrets: missing })).kind).toBe(
      'blocked',
    );
    expect(judge(asked, evidenceOf({ errors: measured(0), secrets: missing })).kind).toBe(
      'undecided',
    );
  });

  it('are accepted only when every absence in them is', () => {
    const asked = agent(check('errors + warnings < 10'), check('safe'));
    const readings = { safe: measured(true), errors: tolerated };
    const both = judge(asked, evidenceOf({ ...readings, warnings: tolerated }));
    const one = judge(asked, evidenceOf({ ...readings, warnings: missing }));
    expect([both.kind, one.kind]).toEqual(['warned', 'undecided']);
    expect(both.reasons[0]!.standing).toMatchObject({ tolerated: [TOLERANCE] });
  });

  it('do not accept a missing baseline along with the metric', () => {
    const asked = agent(check('error_rate <= baseline + 1%'), check('safe'));
    const readings = { safe: measured(true), error_rate: tolerated };
    expect(judge(asked, evidenceOf(readings)).kind).toBe('undecided');
    const known = { error_rate: { kind: 'value', value: 0.01 } } as const;
    expect(judge(asked, evidenceOf(readings, known)).kind).toBe('warned');
  });

  it('do not accept what the arithmetic makes of measured numbers', () => {
    const asked = agent(check('errors / tests < 1'), check('safe'));
    const readings = { safe: measured(true), errors: measured(1), tests: measured(0) };
    expect(judge(asked, evidenceOf(readings)).kind).toBe('undecided');
  });
});

describe('rules about sections', () => {
  const secrets = check('secrets == 0', { level: 'warn', sections: ['security'] });
  const safe = check('safe', { level: 'warn', sections: ['security', 'npm'] });
  const anySecurity = rule('any(security)');

  it('fire when one check fails, also where another cannot be told', () => {
    const readings = { secrets: measured(1), safe: missing };
    const verdict = judge(agent(secrets, safe, anySecurity), evidenceOf(readings));
    expect(verdict.kind).toBe('blocked');
    expect(reasonsOf(verdict)).toEqual(['any(security)']);
  });

  it('cannot be told when one check cannot and none fails', () => {
    const readings = { secrets: measured(0), safe: missing };
    const asked = agent(secrets, safe, anySecurity);
    expect(judge(asked, evidenceOf(readings)).kind).toBe('undecided');
    expect(judge(asked, evidenceOf({ ...readings, safe: tolerated })).kind).toBe('warned');
    expect(judge(asked, evidenceOf({ ...readings, safe: notApplicable })).kind).toBe('passed');
  });

  it('reach checks in sections inside theirs, and no others', () => {
    const readings = { secrets: measured(1), safe: measured(true) };
    const asked = agent(secrets, safe, rule('any(npm)'));
    expect(judge(asked, evidenceOf(readings)).kind).toBe('warned');
  });

  it('pass over a softened check when they block, and see it when they warn', () => {
    const softened = { ...safe, softened: true };
    const warning = rule('any(security)', 'warn');
    const verdict = judge(
      agent(secrets, softened, anySecurity, warning),
      evidenceOf({ secrets: measured(0), safe: measured(false) }),
    );
    expect(verdict.kind).toBe('warned');
    expect(standingOf(verdict, anySecurity)).toEqual({ kind: 'good' });
    expect(standingOf(verdict, warning)).toEqual({ kind: 'bad' });
  });

  it('do not apply where every check of the section is softened', () => {
    const softened = { ...safe, softened: true };
    const verdict = judge(agent(softened, anySecurity), evidenceOf({ safe: missing }));
    expect(standingOf(verdict, anySecurity).kind).toBe('not_applicable');
    expect(verdict.kind).toBe('undecided');
  });

  it('see no softened check through another check either', () => {
    const softened = { ...safe, sections: ['npm'], softened: true };
    const survey = check('not any(npm)', { level: 'warn', sections: ['security'] });
    const verdict = judge(
      agent(secrets, softened, survey, anySecurity),
      evidenceOf({ secrets: measured(0), safe: measured(false) }),
    );
    expect(standingOf(verdict, anySecurity)).toEqual({ kind: 'good' });
  });
});

describe('checks about sections', () => {
  const survey = check('not any(security)', { sections: ['summary'] });
  const secrets = check('secrets == 0', { level: 'warn', sections: ['security'] });

  it('may stand before the section they ask about', () => {
    const leaked = evidenceOf({ secrets: measured(1) });
    expect(standingOf(judge(agent(survey, secrets), leaked), survey)).toEqual({ kind: 'bad' });
    expect(standingOf(judge(agent(secrets, survey), leaked), survey)).toEqual({ kind: 'bad' });
  });

  it('cannot be told when they ask about themselves', () => {
    const circle = [
      check('not any(summary)', { sections: ['security'] }),
      check('not any(security)', { sections: ['summary'] }),
    ];
    for (const sentences of [circle, circle.toReversed()]) {
      const verdict = judge(agent(...sentences), evidenceOf({}));
      expect(verdict.kind).toBe('undecided');
      expect(verdict.reasons).toHaveLength(2);
      expect(verdict.reasons[0]!.standing).toMatchObject({
        why: 'asks about a section whose answer depends on this sentence',
        tolerated: [],
      });
    }
  });

  it('hide no failure by asking about themselves', () => {
    const circle = check('not any(security)', { sections: ['security'] });
    const asked = agent(circle, secrets, rule('any(security)'));
    const verdict = judge(asked, evidenceOf({ secrets: measured(1) }));
    expect(verdict.kind).toBe('blocked');
    expect(reasonsOf(verdict)).toEqual(['any(security)']);
  });
});

describe('the score', () => {
  const points = (text: string, readings: Parameters<typeof evidenceOf>[0]) =>
    scoreOf(plan({ code_quality: [1, text] }), evidenceOf(readings)).components[0]!.metrics[0];

  it('counts a metric with an accepted and a refused absence as missing', () => {
    const text = '100 - errors - secrets';
    expect(points(text, { errors: tolerated, secrets: missing })).toMatchObject({
      kind: 'missing',
      tolerated: [],
    });
    expect(points(text, { errors: tolerated, secrets: tolerated })).toMatchObject({
      kind: 'missing',
      tolerated: [TOLERANCE],
    });
    expect(points(text, { errors: tolerated, secrets: measured(1) })).toMatchObject({
      tolerated: [TOLERANCE],
    });
  });

  it('takes what cannot be there for none, next to something measured', () => {
    const text = '100 - 10 * errors - 100 * secrets';
    const kindOf = (readings: Parameters<typeof evidenceOf>[0]) => points(text, readings)?.kind;
    expect(points(text, { errors: notApplicable, secrets: measured(0) })).toMatchObject({
      points: 100,
    });
    expect(kindOf({ errors: notApplicable, secrets: notApplicable })).toBe('not_applicable');
    expect(kindOf({ errors: notApplicable, secrets: missing })).toBe('missing');
  });

  it('takes nothing for none where more would be better', () => {
    const readings = { tests: notApplicable, errors: measured(0) };
    expect(points('10 * tests - errors', readings)?.kind).toBe('not_applicable');
    expect(points('100 * errors / tests', readings)?.kind).toBe('not_applicable');
  });

  it('keeps points inside 0 to 100 and calls a division by zero missing', () => {
    expect(points('2 * tests', { tests: measured(1e9) })).toMatchObject({ points: 100 });
    expect(points('0 - errors', { errors: measured(7) })).toMatchObject({ points: 0 });
    const divided = points('100 * errors / tests', { errors: measured(1), tests: measured(0) });
    expect(divided).toMatchObject({ kind: 'missing', tolerated: [] });
  });

  it('lets a component that does not apply leave the whole, and one that is accepted only the points', () => {
    const asked = plan({ code: [0.5, 'errors'], build: [0.3, 'tests'], test: [0.2, 'secrets'] });
    const score = scoreOf(
      asked,
      evidenceOf({ errors: notApplicable, tests: measured(40), secrets: tolerated }),
    );
    expect(score).toMatchObject({ low: 40, high: 40, evidence: 0.6 }); // 0.3 / (0.3 + 0.2)
    expect(score.components.map(({ low }) => low)).toEqual([undefined, 40, undefined]);
  });
});

describe('readiness', () => {
  const score = (low: number, high = low): Score => ({ low, high, evidence: 1, components: [] });

  it.each([
    [100, 100, 'ready', []],
    [85, 85, 'ready', []],
    [84.99999999, 85, 'caution', ['the score is 84.9, ready is 85']],
    [70, 70, 'caution', ['the score is 70, ready is 85']],
    [69.99999999, 70, 'undecided', ['the score may be as low as 69.9, below 70']],
    [0, 100, 'undecided', ['the score may be as low as 0, below 70']],
    [69, 69.99999999, 'blocked', ['the score is at most 69.9, below 70']],
  ] as const)('%f to %f is %s', (low, high, kind, because) => {
    expect(readinessOf([], score(low, high), BANDS)).toEqual({ kind, because });
  });

  it('reads a band as it is written', () => {
    // 0.55 * 100 is 55.00000000000001
    const bands = { ready: 0.55, caution: 0.29 };
    expect(readinessOf([], score(55), bands).kind).toBe('ready');
    expect(readinessOf([], score(29), bands).kind).toBe('caution');
  });

  it('is undecided where nothing was judged', () => {
    expect(readinessOf([], undefined, BANDS)).toEqual({
      kind: 'undecided',
      because: ['no gate was judged'],
    });
  });

  it('goes by the gates alone where there is no score', () => {
    const passed = judge(agent(check('safe')), evidenceOf({ safe: measured(true) }));
    expect(readinessOf([passed], undefined, BANDS).kind).toBe('ready');
    expect(readinessOf([{ ...passed, kind: 'undecided' }], undefined, BANDS)).toEqual({
      kind: 'undecided',
      because: ['the code gate is undecided'],
    });
  });

  it('names every accepted absence once', () => {
    const asked = agent(check('errors == 0'), check('warnings < 10'), check('safe'));
    const readings = { errors: tolerated, warnings: tolerated, safe: measured(true) };
    const evidence = evidenceOf(readings);
    const both = scoreOf(plan({ code: [1, '100 - errors', '100'] }), evidence);
    expect(readinessOf([judge(asked, evidence)], both, BANDS)).toEqual({
      kind: 'caution',
      because: ['tolerated: tool: timed_out'],
    });
  });
});
