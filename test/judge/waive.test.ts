/** Waived findings leave the numbers they are in, and no others. */

import { describe, expect, test } from 'vitest';
import type { MetricDeclaration } from '../../src/judge/catalogue.ts';
import type { Finding } from '../../src/judge/finding.ts';
import { waive, type Countable } from '../../src/judge/waive.ts';
import type { FindingPattern, Waiver } from '../../src/judge/waiver.ts';

const TODAY = '2026-06-01';

function waiver(what: Partial<FindingPattern>, until = '2026-12-01'): Waiver {
  const place = { file: 'nemesis.waivers.yaml', line: 2, column: 5 };
  return { what: { kind: 'finding', tool: 'lint', ...what }, why: 'w', who: 'Ada', until, place };
}

function finding(rule: string, more: Partial<Finding> = {}): Finding {
  return { tool: 'lint', rule, severity: 'error', message: `${rule} here`, file: 'a.ts', ...more };
}

const count: MetricDeclaration = { dimension: 'count', better: 'lower', about: '' };
const claim: MetricDeclaration = { dimension: 'boolean', better: 'higher', about: '' };
const metricsAfter = (
  measured: Countable,
  declarations: Readonly<Record<string, MetricDeclaration>>,
  ...waivers: Waiver[]
) => waive(measured, 'lint', declarations, waivers, TODAY)?.metrics;

describe('a count', () => {
  const two = { findings: [finding('r', { metric: 'n' }), finding('s', { metric: 'n' })] };

  test.each([
    ['whole', 2, 1],
    ['longer than the list, which was cut', 7, 6],
    ['shorter than the list: it counts something else', 1, 1],
  ])('%s', (_, before, after) => {
    const measured = { ...two, metrics: { n: before } };
    expect(metricsAfter(measured, { n: count }, waiver({ rule: 'r' }))).toEqual({ n: after });
  });

  test('that is no count of findings, such as the worst complexity, stays', () => {
    const worst: MetricDeclaration = { dimension: 'number', better: 'lower', about: '' };
    const measured = { ...two, metrics: { n: 18 } };
    expect(metricsAfter(measured, { n: worst }, waiver({ rule: 'r' }))).toEqual({ n: 18 });
  });

  test('an expired waiver takes nothing out', () => {
    const measured = { ...two, metrics: { n: 2 } };
    expect(
      metricsAfter(measured, { n: count }, waiver({ rule: 'r' }, '2026-05-31')),
    ).toBeUndefined();
  });

  test('of packages: one leaves it when all of its advisories are waived', () => {
    const measured = {
      findings: [finding('GHSA-1'), finding('GHSA-2')],
      metrics: { critical: 2 },
      counts: { critical: [[0], [0, 1]] },
    };
    const declarations = { critical: count };
    expect(metricsAfter(measured, declarations, waiver({ id: 'ghsa-1' }))).toEqual({ critical: 1 });
    const both = [waiver({ id: 'GHSA-1' }), waiver({ id: 'GHSA-2' })];
    expect(metricsAfter(measured, declarations, ...both)).toEqual({ critical: 0 });
    expect(metricsAfter(measured, declarations, waiver({ id: 'GHSA-2' }))).toEqual({ critical: 2 });
  });
});

describe('a claim', () => {
  const refuting = [finding('r', { metric: 'tidy' }), finding('s', { metric: 'tidy' })];

  test('holds again when everything that refutes it is waived, and not before', () => {
    const measured = { findings: refuting, metrics: { tidy: false } };
    expect(metricsAfter(measured, { tidy: claim }, waiver({ rule: 'r' }))).toEqual({ tidy: false });
    const all = waiver({ file: '*.ts' });
    expect(metricsAfter(measured, { tidy: claim }, all)).toEqual({ tidy: true });
    const cut = { ...measured, findingsCut: true };
    expect(metricsAfter(cut, { tidy: claim }, all)).toEqual({ tidy: false });
  });

  test('of a count holds when the count comes to 0 by the waivers', () => {
    const declarations = { n: count, none: { ...claim, holdsWithout: ['n'] } };
    const findings = [finding('r', { metric: 'n' })];
    const after = (n: number) =>
      metricsAfter({ findings, metrics: { n, none: false } }, declarations, waiver({ rule: 'r' }));
    expect(after(1)).toEqual({ n: 0, none: true });
    expect(after(2)).toEqual({ n: 1, none: false });
  });

  test('refuted by something else than its count stays refuted', () => {
    const declarations = { n: count, none: { ...claim, holdsWithout: ['n'] } };
    const measured = { findings: [finding('other')], metrics: { n: 0, none: false } };
    expect(metricsAfter(measured, declarations, waiver({ rule: 'other' }))).toEqual({
      n: 0,
      none: false,
    });
  });
});

test.each<[Partial<FindingPattern>, boolean]>([
  [{ rule: 'CVE-2026-1' }, true],
  [{ id: 'cve-2026-1' }, true],
  [{ id: 'CVE-2026-11' }, false],
  [{ id: 'GHSA-abcd' }, true],
  [{ id: 'GHSA-abc' }, false],
  [{ file: 'src/**' }, true],
  [{ file: 'lib/**' }, false],
  [{ file: 'src/**', line: 4 }, true],
  [{ file: 'src/**', line: 5 }, false],
  [{ message: 'prints the card' }, true],
  [{ tool: 'other', file: 'src/**' }, false],
])('%j covers the finding: %s', (what, covers) => {
  const about = 'prints the card (https://advisories/GHSA-abcd)';
  const one = finding('CVE-2026-1', { file: 'src/a b/ü.ts', line: 4, message: about });
  const after = waive({ findings: [one], metrics: {} }, 'lint', {}, [waiver(what)], TODAY);
  expect(after !== undefined).toBe(covers);
});
