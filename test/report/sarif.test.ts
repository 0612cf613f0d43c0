/** SARIF against the schema of 2.1.0, whatever names and words a result holds, and within the limits of its readers. */

import { gunzipSync, gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GITHUB_TAKES, sarifText } from '../../src/report/sarif.ts';
import type { CheckResult } from '../../src/pipeline/result.ts';
import { agent, play, runner } from '../pipeline/scripted.ts';
import { RUNS } from '../golden/runs.ts';
import { ATTACKS, commandsIn, manyFindings, oddResults, resultOf, UNSEEN } from './odd-results.ts';

const HERE = { version: '1.2.3', prefix: '' };

const FILE = path.join(import.meta.dirname, '../fixtures/sarif/sarif-2.1.0-rtm.5.json');
const {
  id: _id,
  $schema: _schema,
  ...schema
} = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>;
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const isSarif = ajv.compile(schema);

interface Log {
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly rules: readonly { readonly id: string }[];
      };
    };
    readonly invocations: readonly {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly {
        readonly level: string;
        readonly message: { readonly text: string };
      }[];
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
          readonly region: { readonly startLine: number };
        };
      }[];
    }[];
  }[];
}

function read(text: string): Log {
  const log = JSON.parse(text) as Log;
  isSarif(log);
  expect(isSarif.errors ?? []).toEqual([]);
  return log;
}

const uris = ({ runs }: Log) =>
  runs.flatMap(({ results }) =>
    results.flatMap(({ locations }) =>
      locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri),
    ),
  );

test('the schema refuses what is no SARIF', () => {
  expect(isSarif({ version: '2.1.0' })).toBe(false);
  expect(isSarif({ version: '2.1.0', runs: [{ tool: { driver: {} } }] })).toBe(false);
});

test.each(Object.keys(RUNS))('a run that ends %s fits the schema', async (kind) => {
  const { result } = await RUNS[kind]!();
  const { runs } = read(sarifText(result, HERE));
  expect(runs[0]!.tool.driver.name).toBe('nemesis');
});

test('whatever a result holds fits the schema, shows nothing unseen and commands nobody', async () => {
  await fc.assert(
    fc.asyncProperty(oddResults, async (make) => {
      const text = sarifText(await make(), HERE);
      const log = read(text);
      expect(UNSEEN.exec(text)).toBeNull();
      expect(commandsIn(text)).toEqual([]);
      for (const { tool, results } of log.runs)
        for (const { ruleId, ruleIndex, message } of results) {
          expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
          expect(message.text).not.toContain('](');
        }
      // Relative, inside the repository, and read back by any reader of addresses.
      for (const uri of uris(log)) {
        expect(new URL(uri, 'https://top.example/repository/').href).toMatch(
          /^https:\/\/top\.example\/repository\/./,
        );
        expect(() => decodeURIComponent(uri)).not.toThrow();
      }
    }),
    { numRuns: 150 },
  );
});

describe('places', () => {
  async function uriOf(file: string, prefix = ''): Promise<string> {
    const says = {
      state: 'findings' as const,
      metrics: { eslint_errors: 0, eslint_warnings: 1 },
      findings: [{ tool: 'eslint', rule: 'r', severity: 'warning' as const, message: 'm', file }],
    };
    const { runs } = read(sarifText(await resultOf(says), { version: '1', prefix }));
    const tool = runs.find(({ tool }) => tool.driver.name === 'eslint')!;
    return tool.results[0]!.locations[0]!.physicalLocation.artifactLocation.uri;
  }

  test.each([
    ['src/a b.ts', '', 'src/a%20b.ts'],
    ['a:b.ts', '', 'a%3Ab.ts'],
    ['größe#1?.ts', '', 'gr%C3%B6%C3%9Fe%231%3F.ts'],
    ['line\nbreak.ts', '', 'line%0Abreak.ts'],
    ['./src//cart.ts', 'services/shop/', 'services/shop/src/cart.ts'],
    ['src/../cart.ts', '', 'cart.ts'],
    // Out of the repository leads nowhere: the sentence that asked stands in.
    ['../secret.ts', '', 'gates/code.yaml'],
    ['/etc/passwd', '', 'gates/code.yaml'],
    ['C:\\x.ts', '', 'gates/code.yaml'],
  ])('%j below %j is %s', async (file, prefix, uri) => {
    expect(await uriOf(file, prefix)).toBe(uri);
  });
});

test('a tool that did not measure has no run, which would close its alerts, but is told', async () => {
  const { result } = await RUNS['undecided']!();
  const { runs } = read(sarifText(result, HERE));
  expect(runs.map(({ tool }) => tool.driver.name)).toEqual(['nemesis', 'eslint', 'lockfile']);
  const [own] = runs[0]!.invocations;
  expect(own!.executionSuccessful).toBe(false);
  const told = own!.toolExecutionNotifications.map(({ message }) => message.text);
  expect(told).toContainEqual(expect.stringMatching(/^npm-audit: npm audit got no answer/));
  expect(told).toContainEqual(expect.stringMatching(/^unit: vitest was ended after 600 s/));
});

test('a clean tool has a run without results, which closes its alerts', async () => {
  const { result } = await RUNS['ready']!();
  const { runs } = read(sarifText(result, HERE));
  const lock = runs.find(({ tool }) => tool.driver.name === 'lockfile')!;
  expect(lock.results).toEqual([]);
  expect(lock.invocations[0]!.executionSuccessful).toBe(true);
});

test('a sentence that fails is a result at its line in the gate file', async () => {
  const { result } = await RUNS['blocked']!();
  const [own] = read(sarifText(result, HERE)).runs;
  expect(own!.results[0]).toMatchObject({
    ruleId: 'CODE_001: eslint_errors > 0',
    level: 'error',
    message: { text: 'eslint_errors is 14, it must not be > 0' },
  });
  const { physicalLocation } = own!.results[0]!.locations[0]!;
  expect(physicalLocation.artifactLocation.uri).toBe('gates/code.yaml');
  expect(physicalLocation.region.startLine).toBe(11);
});

describe('limits', () => {
  const found = (findings: ReturnType<typeof manyFindings>) =>
    resultOf({
      ...{ state: 'findings', metrics: { eslint_errors: 1, eslint_warnings: 1 }, findings },
      evidence: { tool: 'eslint', version: '10.15.0', exitCode: 1 },
    });

  test('of a run: the gravest stay, and it says how many do not', async () => {
    const result = await found(manyFindings(30_000));
    const tool = read(sarifText(result, HERE)).runs[1]!;
    expect(tool.results).toHaveLength(GITHUB_TAKES.results);
    const levels = tool.results.map(({ level }) => level);
    expect(levels.slice(0, 10_000).every((level) => level === 'error')).toBe(true);
    expect(tool.invocations[0]!.toolExecutionNotifications.at(-1)!.message.text).toMatch(
      /^5000 results left out, the least grave/,
    );
    const prints = tool.results.map((one) => one.partialFingerprints['nemesis/v1']);
    expect(new Set(prints).size).toBe(prints.length);
  });

  test('of the file, compressed', async () => {
    const result = await found(manyFindings(3_000));
    const text = sarifText(result, HERE, { ...GITHUB_TAKES, gzippedBytes: 20_000 });
    expect(gzipSync(text).length).toBeLessThan(20_000);
    const tool = read(text).runs[1]!;
    expect(tool.results.length).toBeGreaterThan(100);
    expect(tool.invocations[0]!.toolExecutionNotifications).toHaveLength(1);
    expect(gunzipSync(gzipSync(text)).toString()).toBe(text);
  });

  test('of runs in a file: nothing of any tool is lost', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `tool-${n}`);
    const runners = ids.map((id) =>
      runner({
        ...{ id, metrics: [] },
        says: {
          state: 'findings',
          findings: [{ tool: id, rule: 'r', severity: 'error', message: `of ${id}` }],
        },
      }),
    );
    const gate = agent({ gate: 'code', runners: ids.map((id) => [id]) });
    const { result } = await play({ runners, agents: [gate] });
    const { runs } = read(sarifText(result, HERE));
    expect(runs).toHaveLength(20);
    const messages = runs.flatMap(({ results }) => results.map(({ message }) => message.text));
    for (const id of ids) expect(messages).toContain(`of ${id}`);
  });
});

test('the same finding is known again when the lines above it move', async () => {
  const at = (line: number): Promise<CheckResult> =>
    resultOf({
      ...{ state: 'findings', metrics: { eslint_errors: 0, eslint_warnings: 1 } },
      findings: [
        ...ATTACKS.map((message) => ({
          ...{
            tool: 'eslint',
            rule: 'r',
            severity: 'warning' as const,
            file: 'a.ts',
            line,
            message,
          },
        })),
      ],
    });
  const prints = async (line: number) =>
    read(sarifText(await at(line), HERE)).runs[1]!.results.map(
      ({ partialFingerprints }) => partialFingerprints,
    );
  expect(await prints(3)).toEqual(await prints(300));
});
