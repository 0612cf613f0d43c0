/** What a run changes in the baseline. */

import { describe, expect, test } from 'vitest';
import { identify, type Baseline, type Identified } from '../../src/judge/baseline.ts';
import type { Finding } from '../../src/judge/finding.ts';
import { ratchet, type Loosening, type Measured } from '../../src/judge/ratchet.ts';
import { baselineText, parseBaseline } from '../../src/config/baseline-file.ts';

const hash = (text: string) => String(text.length);

function found(file: string, message: string, more: Partial<Finding> = {}): Identified {
  const finding: Finding = { tool: 'lint', rule: 'r', severity: 'error', message, file, ...more };
  return { finding, identity: identify(finding.tool, finding, hash) };
}

function measured(findings: readonly Identified[], metrics: Measured['metrics'] = new Map()) {
  const tools = new Map([['lint', '1.0.0']]);
  return { found: findings, metrics, tools, isGone: (file: string) => file.startsWith('gone') };
}

const better = (metric: string) =>
  ({ better: metric === 'coverage' ? 'higher' : 'lower' }) as const;
const all: Loosening = { names: 'all', note: '2026-06-01: why' };
const make = (run: Measured, before?: Baseline, loosening?: Loosening) =>
  ratchet(before, run, better, loosening);
const values = (baseline: Baseline) =>
  Object.fromEntries([...baseline.metrics].map(([name, { value }]) => [name, value]));

describe('numbers', () => {
  const metrics = (coverage: number, errors: number, by?: string): Measured['metrics'] =>
    new Map([
      ['coverage', by === undefined ? { value: coverage } : { value: coverage, by }],
      ['errors', { value: errors }],
    ]);
  const before = make(measured([], metrics(0.7, 5))).next;

  test('better ones are taken, worse ones are not', () => {
    const { next, tightened, kept } = make(measured([], metrics(0.8, 6)), before);
    expect(values(next)).toEqual({ coverage: 0.8, errors: 5 });
    expect(tightened.map(({ metric }) => metric)).toEqual(['coverage']);
    expect(kept.map(({ metric }) => metric)).toEqual(['errors']);
  });

  test('what was not measured keeps its old value', () => {
    const { next } = make(measured([], new Map([['errors', { value: 4 }]])), before);
    expect(values(next)).toEqual({ coverage: 0.7, errors: 4 });
  });

  test('worse ones are taken by name, and the reason stays until it gets better', () => {
    const loosening = { ...all, names: ['errors'] };
    const { next } = make(measured([], metrics(0.6, 9)), before, loosening);
    expect(values(next)).toEqual({ coverage: 0.7, errors: 9 });
    expect(next.loosened.get('errors')).toBe('2026-06-01: why');
    expect(make(measured([], metrics(0.7, 8)), next).next.loosened.size).toBe(0);
  });

  test('another tool comes to another number: only a person takes it over', () => {
    const old = make(measured([], metrics(0.7, 5, 'c8 10'))).next;
    const now = measured([], metrics(0.9, 5, 'nyc 17'));
    expect(values(make(now, old).next)['coverage']).toBe(0.7);
    expect(values(make(now, old, all).next)['coverage']).toBe(0.9);
  });
});

describe('findings', () => {
  const before = make(measured([found('a.ts', 'x is 1'), found('a.ts', 'x is 2')])).next;

  test('equal ones are counted', () => {
    expect([...before.findings.values()]).toEqual([2]);
    const three = [1, 2, 3].map((n) => found('a.ts', `x is ${n}`, { line: n * 10 }));
    const { fresh, next } = make(measured(three), before);
    expect(fresh).toBe(1);
    expect([...next.findings.values()]).toEqual([2]);
    expect([...make(measured(three), before, all).next.findings.values()]).toEqual([3]);
  });

  test('gone ones leave, also in part', () => {
    const { fixed, next } = make(measured([found('a.ts', 'x is 3')]), before);
    expect(fixed).toBe(1);
    expect([...next.findings.values()]).toEqual([1]);
  });

  test('move with their file when the old one is gone, and not while it is there', () => {
    const old = make(measured([found('gone.ts', 'x'), found('here.ts', 'x')])).next;
    const moved = make(measured([found('new.ts', 'x'), found('here.ts', 'x')]), old);
    expect(moved).toMatchObject({ fresh: 0, fixed: 0 });
    const copied = make(measured([found('new.ts', 'x'), found('here.ts', 'x')]), before);
    expect(copied.fresh).toBe(2);
  });

  test('of a tool that did not measure they stay; of a new tool they are taken in', () => {
    const other: Measured = {
      ...measured([found('b.py', 'y', { tool: 'ruff' })]),
      tools: new Map([['ruff', '1']]),
    };
    const { next, adopted } = make(other, before);
    expect(adopted).toEqual(['ruff']);
    expect(next.findings.size).toBe(2);
  });

  test('notes are not kept', () => {
    expect(make(measured([found('a.ts', 'x', { severity: 'info' })])).next.findings.size).toBe(0);
  });
});

describe('the file', () => {
  const odd = ['a b.ts', 'ü/€.ts', '-x.ts', 'line\nbreak.ts', 'constructor', ''];
  const { next } = make(
    measured(
      odd.map((file) => found(file, 'm')),
      new Map([['coverage', { value: 0.713, by: 'vitest 4' }]]),
    ),
  );

  test('comes back as it was, whatever the files are called', () => {
    const read = parseBaseline(baselineText(next));
    if (!read.ok) throw new Error(JSON.stringify(read.failure));
    expect(baselineText(read.value)).toBe(baselineText(next));
    expect(read.value.findings).toEqual(new Map([...next.findings].sort()));
  });

  test('is the same text in whatever order things were found', () => {
    const turned = make(
      measured(
        [...odd].reverse().map((file) => found(file, 'm')),
        next.metrics,
      ),
    );
    expect(baselineText(turned.next)).toBe(baselineText(next));
  });
});
