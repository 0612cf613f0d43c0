/**
 * JUnit XML as node:test, pytest, vitest and most others write it: suites may nest, cases carry
 * `<failure>`, `<error>` or `<skipped>`. Counts are made from the cases; the stated ones must not contradict them.
 */

import { parseCount } from './numbers.ts';
import { parsed, type Parsed } from './parsed.ts';
import { readXml, XmlProblem, type XmlTag } from './xml.ts';

export interface JUnitCase {
  readonly name: string;
  readonly className: string | undefined;
  /** Names of the suites it lies in, outermost first. */
  readonly suites: readonly string[];
  /** As the report spells it. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  /** The `type` of `<skipped>`, also of a case that failed besides. */
  readonly skippedAs?: string;
  /** The `message` of the failure, else the first line of its text. */
  readonly message: string | undefined;
  /** Text of the failure, with the stack. */
  readonly details: string;
}

export interface JUnitCounts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

const OUTCOMES = { failure: 'failed', error: 'error', skipped: 'skipped' } as const;
/** Text kept of one failure; more is of no use in a finding. */
const LONGEST_DETAILS = 20_000;

interface OpenSuite {
  readonly name: string;
  readonly file: string | undefined;
  readonly stated: number;
  broken: number;
}

interface OpenCase {
  readonly tag: XmlTag;
  readonly outcome?: Exclude<JUnitCase['outcome'], 'passed'>;
  readonly message?: string;
  readonly skippedAs?: string;
}

export function parseJUnit(text: string): Parsed<readonly JUnitCase[]> {
  const cases: JUnitCase[] = [];
  const suites: OpenSuite[] = [];
  let current: OpenCase | undefined;
  let details: string[] | undefined;
  let seenRoot = false;

  const read = readXml(text, {
    open(tag) {
      if (!seenRoot && tag.name !== 'testsuites' && tag.name !== 'testsuite') {
        throw new XmlProblem(`is no JUnit report: its root is <${tag.name}>`);
      }
      seenRoot = true;
      if (tag.name === 'testsuite' || tag.name === 'testsuites') suites.push(openSuite(tag));
      if (tag.name === 'testcase') {
        if (current !== undefined) throw new XmlProblem('has a test case inside a test case');
        current = { tag };
        details = [];
      }
      if (current !== undefined && isOutcome(tag.name)) {
        current = withOutcome(current, OUTCOMES[tag.name], tag);
      }
    },
    text(piece) {
      if (current?.outcome !== undefined && details !== undefined) details.push(piece);
    },
    close(name) {
      if (name === 'testcase' && current !== undefined) {
        const found = toCase(current, (details ?? []).join('').slice(0, LONGEST_DETAILS), suites);
        cases.push(found);
        if (found.outcome === 'failed' || found.outcome === 'error') {
          for (const suite of suites) suite.broken += 1;
        }
        current = undefined;
      }
      if (name === 'testsuite' || name === 'testsuites') {
        const suite = suites.pop();
        if (suite !== undefined && suite.stated > suite.broken) {
          throw new XmlProblem(
            `states ${suite.stated} failures and errors in a suite and lists ${suite.broken}`,
          );
        }
      }
    },
  });
  return read.ok ? parsed(cases) : read;
}

export function countCases(cases: readonly JUnitCase[]): JUnitCounts {
  const count = (outcome: JUnitCase['outcome']): number =>
    cases.filter((one) => one.outcome === outcome).length;
  return {
    tests: cases.length,
    failures: count('failed'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

/** A failure and a teardown error in one case are one broken case. */
function withOutcome(open: OpenCase, outcome: OpenCase['outcome'] & string, tag: XmlTag): OpenCase {
  const type = outcome === 'skipped' ? tag.attributes['type'] : undefined;
  const marked = type === undefined ? open : { ...open, skippedAs: type };
  if (open.outcome !== undefined && open.outcome !== 'skipped') return marked;
  return { ...marked, outcome, message: tag.attributes['message'] ?? '' };
}

function isOutcome(name: string): name is keyof typeof OUTCOMES {
  return Object.hasOwn(OUTCOMES, name);
}

function openSuite({ attributes }: XmlTag): OpenSuite {
  const counts = ['tests', 'failures', 'errors', 'skipped'].map((name) => {
    const text = attributes[name];
    const value = text === undefined ? 0 : parseCount(text);
    if (value === undefined) throw new XmlProblem(`has ${name}="${String(text).slice(0, 20)}"`);
    return value;
  });
  const [, failures = 0, errors = 0] = counts;
  return {
    name: attributes['name'] ?? '',
    file: attributes['file'],
    stated: failures + errors,
    broken: 0,
  };
}

function toCase(
  { tag, outcome, message, skippedAs }: OpenCase,
  details: string,
  suites: readonly OpenSuite[],
): JUnitCase {
  const { attributes } = tag;
  if (attributes['name'] === undefined) throw new XmlProblem('has a test case without a name');
  const line = parseCount(attributes['line'] ?? '');
  return {
    name: attributes['name'],
    className: attributes['classname'],
    suites: suites.map((suite) => suite.name).filter((name) => name !== ''),
    file: attributes['file'] ?? suites.findLast((suite) => suite.file !== undefined)?.file,
    line: line === 0 ? undefined : line,
    outcome: outcome ?? 'passed',
    ...(skippedAs === undefined ? {} : { skippedAs }),
    message: message || details.trim().split('\n', 1)[0] || undefined,
    details,
  };
}
