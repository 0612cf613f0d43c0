/** The other outputs, whatever a result holds: readable by their readers, within their limits, and saying only what is meant. */

import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../../src/pipeline/result.ts';
import { githubText } from '../../src/report/github.ts';
import { gitlabText, MOST_REMARKS } from '../../src/report/gitlab.ts';
import { htmlText } from '../../src/report/html.ts';
import { checkText } from '../../src/report/json.ts';
import { junitText } from '../../src/report/junit.ts';
import { COMMENT_TAKES, markdownText } from '../../src/report/markdown.ts';
import { OUTPUTS } from '../../src/report/outputs.ts';
import { RUNS } from '../golden/runs.ts';
import { commandsIn, manyFindings, oddResults, resultOf, UNSEEN } from './odd-results.ts';

const HERE = { version: '1.2.3', prefix: '' };
const RUNS_OF_EACH = { numRuns: 150 };

function always(property: (result: CheckResult) => void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(oddResults, async (make) => property(await make())),
    RUNS_OF_EACH,
  );
}

const lintFinds = (findings: ReturnType<typeof manyFindings>) =>
  resultOf({
    ...{ state: 'findings', metrics: { eslint_errors: 9, eslint_warnings: 9 }, findings },
    evidence: { tool: 'eslint', version: '10.15.0', exitCode: 1 },
  });

describe('every output', () => {
  test('shows nothing that moves a terminal or hides, and commands no CI system', async () => {
    const renders = await Promise.all(
      OUTPUTS.map(async ({ name, load }) => [name, await load()] as const),
    );
    await always((result) => {
      for (const [name, render] of renders) {
        const text = render(result, HERE);
        expect([name, UNSEEN.exec(text)]).toEqual([name, null]);
        expect(text.isWellFormed()).toBe(true);
        if (name !== 'github') expect([name, commandsIn(text)]).toEqual([name, []]);
        expect(render(result, HERE)).toBe(text);
      }
    });
  });

  test('is without the secrets that a tool repeats', async () => {
    const token = ['ghp', 'x7Kd92mQpL0vRt5WzYb3NcHf8JsAe1UgTq4M'].join('_');
    const own = ['hunter', '2-and-more'].join('');
    const leak = `uses ${token} and ${own}`;
    const env = { DEPLOY_TOKEN: own };
    const results = [
      await resultOf(
        {
          ...{ state: 'findings', metrics: { eslint_errors: 1, eslint_warnings: 0 } },
          ...{ summary: leak, evidence: { tool: 'eslint', argv: ['eslint', leak], tail: leak } },
          findings: [
            {
              tool: 'eslint',
              rule: leak,
              severity: 'error',
              message: leak,
              file: `src/${token}.ts`,
            },
          ],
        },
        {},
        env,
      ),
      await resultOf(
        { state: 'crashed', why: leak, help: leak, evidence: { tool: 'eslint', tail: leak } },
        {},
        env,
      ),
    ];
    for (const { name, load } of OUTPUTS) {
      const render = await load();
      const text = results.map((result) => render(result, HERE)).join('\n');
      expect([name, text.includes(token), text.includes(own)]).toEqual([name, false, false]);
      expect([name, text.includes('redacted')]).toEqual([name, true]);
    }
  });

  test('of fifty thousand findings is of a size that can be opened', async () => {
    const result = await lintFinds(manyFindings(50_000));
    const sizes = await Promise.all(
      OUTPUTS.map(async ({ name, load }) => [name, (await load())(result, HERE).length] as const),
    );
    const {
      html = 0,
      markdown = 0,
      github = 0,
      gitlab = 0,
      pretty = 0,
    } = Object.fromEntries(sizes);
    expect(html).toBeLessThan(3_000_000);
    expect(markdown).toBeLessThan(COMMENT_TAKES);
    expect(github).toBeLessThan(20_000);
    expect(gitlab).toBeLessThan(5_000_000);
    expect(pretty).toBeLessThan(20_000);
  });
});

describe('junit', () => {
  interface Read {
    readonly name: string;
    readonly attributes: Readonly<Record<string, string>>;
  }

  /** Elements as an XML parser sees them; throws what it does not accept. */
  function read(text: string): readonly Read[] {
    const found: Read[] = [];
    const parser = new SaxesParser();
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('opentag', ({ name, attributes }) => found.push({ name, attributes }));
    parser.write(text).close();
    return found;
  }

  test('is XML whatever it tells, its counts are those of its cases, and no two have one name', async () => {
    await always((result) => {
      const elements = read(junitText(result));
      const names = new Set(elements.map(({ name }) => name));
      const known = [
        'testsuites',
        'testsuite',
        'testcase',
        'failure',
        'error',
        'skipped',
        'system-out',
      ];
      expect([...names].filter((name) => !known.includes(name))).toEqual([]);
      const count = (name: string) => elements.filter((one) => one.name === name).length;
      expect(elements[0]!.attributes).toMatchObject({
        tests: String(count('testcase')),
        failures: String(count('failure')),
        errors: String(count('error')),
        skipped: String(count('skipped')),
      });
      const cases = elements
        .filter(({ name }) => name === 'testcase')
        .map(({ attributes }) => `${attributes['classname']} ${attributes['name']}`);
      expect(new Set(cases).size).toBe(cases.length);
    });
  });

  test('a sentence that blocks is a failure, one that cannot be told an error, a warning is skipped', async () => {
    const kinds = async (run: string) =>
      read(junitText((await RUNS[run]!()).result)).map(({ name }) => name);
    expect(await kinds('blocked')).toContain('failure');
    expect(await kinds('blocked')).not.toContain('error');
    expect(await kinds('undecided')).toContain('error');
    const caution = await kinds('caution');
    expect(caution).toContain('skipped');
    expect(caution).not.toContain('failure');
    expect(caution).not.toContain('error');
    expect(new Set(await kinds('ready'))).toEqual(new Set(['testsuites', 'testsuite', 'testcase']));
  });

  test('a gate that is only observed fails nothing', async () => {
    const says = { state: 'findings', metrics: { eslint_errors: 3, eslint_warnings: 0 } } as const;
    const text = junitText(await resultOf(says, { mode: { code: 'observe' } }));
    expect(read(text)[0]!.attributes).toMatchObject({ failures: '0', errors: '0' });
    expect(junitText(await resultOf(says))).toContain('<failure');
  });

  test('failed tests stand in a suite of their runner', async () => {
    const text = junitText((await RUNS['blocked']!()).result);
    expect(text).toContain('<testsuite name="unit (vitest)" tests="1" failures="1"');
    expect(text).toMatch(
      /<testcase classname="test\/cart\.test\.ts" name="cart sums what two carts/,
    );
  });
});

describe('markdown', () => {
  /** What is left when spans of code are taken out, as CommonMark reads them. */
  function outsideCode(text: string): string {
    return text
      .split('\n')
      .map((line) => {
        let rest = '';
        let at = 0;
        while (at < line.length) {
          const fence = /^`+/.exec(line.slice(at))?.[0];
          if (fence === undefined) {
            rest += line[at];
            at += 1;
            continue;
          }
          const close = new RegExp(`(?<!\`)\`{${fence.length}}(?!\`)`).exec(
            line.slice(at + fence.length),
          );
          expect([line, close]).not.toEqual([line, null]);
          at += fence.length + close!.index + fence.length;
        }
        return rest;
      })
      .join('\n');
  }

  test('outside of code there are only words of our own', async () => {
    await always((result) => {
      const left = outsideCode(markdownText(result));
      // Our own markup, then our own words.
      const plain = left
        .replace(/<\/?(?:details|details open|summary|sub|br)>/g, '')
        .replace(/^#{3,4} /gm, '');
      expect(/[<>[\]@#$!\\_~]|https?:|www\.|evil|alert|everyone/.exec(plain)).toBeNull();
    });
  });

  test('stays below its limit, and nothing in it is left open', async () => {
    const big = await lintFinds(manyFindings(2_000, 'x`|<b>'.repeat(100)));
    await fc.assert(
      fc.asyncProperty(oddResults, fc.nat(70_000), async (make, limit) => {
        for (const result of [await make(), big]) {
          const text = markdownText(result, limit);
          if (text !== '') expect(Buffer.byteLength(text)).toBeLessThan(limit);
          const count = (pattern: RegExp) => outsideCode(text).match(pattern)?.length ?? 0;
          expect(count(/<details/g)).toBe(count(/<\/details>/g));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('tells the gravest first, and how much it does not tell', async () => {
    const text = markdownText(await lintFinds(manyFindings(2_000)));
    expect(Buffer.byteLength(text)).toBeLessThan(COMMENT_TAKES);
    expect(text).toContain('<summary>Found: 667 errors, 1333 warnings</summary>');
    expect(text).toContain('- … and 1900 more');
    expect(text).toContain('everything is in `.nemesis/reports/');
    expect(text.indexOf('#### What blocks')).toBeLessThan(text.indexOf('Found:'));
  });

  test('with no room there is nothing, not a piece', async () => {
    const { result } = await RUNS['blocked']!();
    for (const limit of [-1, 0, 100]) expect(markdownText(result, limit)).toBe('');
    expect(markdownText(result, 600)).toContain('BLOCKED');
  });
});

describe('html', () => {
  test('has only elements of our own, and nothing in it is loaded or runs', async () => {
    const known = new Set(
      'html head meta title style body main header section footer details summary div span p h1 h2 h3 ul li b code pre label input svg rect'.split(
        ' ',
      ),
    );
    await always((result) => {
      const text = htmlText(result, HERE);
      const open: string[] = [];
      for (const [, close, name = ''] of text
        .replace(/<style>[^]*?<\/style>/, '')
        .replace('<!doctype html>', '')
        .matchAll(/<(\/?)([^\s>]*)(?:\s[^>]*)?>/g)) {
        expect(known.has(name)).toBe(true);
        if (name === 'meta' || name === 'input') continue;
        if (close === '') open.push(name);
        else expect(open.pop()).toBe(name);
      }
      expect(open).toEqual([]);
      const tags = text.match(/<[a-z][^>]*>/g)!.join('\n');
      expect(/\son\w+=|src=|href=|url\(|javascript:/i.exec(tags)).toBeNull();
    });
  });

  test('its policy lets in its own style and nothing else', async () => {
    const text = htmlText((await RUNS['ready']!()).result, HERE);
    const style = /<style>([^]*?)<\/style>/.exec(text)![1]!;
    const digest = process.getBuiltinModule('node:crypto').hash('sha256', style, 'base64');
    expect(text).toContain(`default-src 'none'; style-src 'sha256-${digest}'`);
    expect(style).not.toContain('</');
  });

  test('of long words is cut sooner, to a size that opens', async () => {
    const text = htmlText(await lintFinds(manyFindings(5_000, '<&\u202e>'.repeat(500))), HERE);
    expect(text).toMatch(/the 1\d{3} gravest of 5000/);
    expect(text.length).toBeLessThan(6_000_000);
  });

  test('says what is cut', async () => {
    const text = htmlText(await lintFinds(manyFindings(50_000)), HERE);
    expect(text).toContain('the 4000 gravest of 50000');
    expect(text).toContain('eslint: 4000 of 50000 in');
  });
});

describe('github', () => {
  const COMMAND =
    /^::(error|warning|notice) (?:file=[^\n:,]*,line=\d+,(?:col=\d+,)?)?title=[^\n:,]*::[^\r\n]*$/;

  test('every line is a command of ours or the last word, ten of each kind at the most', async () => {
    await always((result) => {
      const lines = githubText(result, HERE).split('\n').slice(0, -1);
      const commands = lines.filter((line) => COMMAND.test(line));
      const others = lines.filter((line) => !COMMAND.test(line));
      expect(
        others.filter((line) => !/^\d+ more remarks? of nemesis not annotated/.test(line)),
      ).toEqual([]);
      for (const level of ['error', 'warning', 'notice'])
        expect(
          commands.filter((line) => line.startsWith(`::${level} `)).length,
        ).toBeLessThanOrEqual(10);
    });
  });

  test('is read back by the runner as it was meant', async () => {
    const says = {
      ...{ state: 'findings' as const, metrics: { eslint_errors: 1, eslint_warnings: 0 } },
      findings: [
        {
          ...{ tool: 'eslint', rule: 'a:b,c', severity: 'error' as const },
          ...{ file: 'src/a,b:c%.ts', line: 3, message: '100 % :: done, %0A' },
        },
      ],
    };
    const text = githubText(await resultOf(says), HERE);
    expect(text).toContain(
      '::error file=src/a%2Cb%3Ac%25.ts,line=3,title=eslint%3A a%3Ab%2Cc::100 %25 :: done, %250A\n',
    );
  });

  test('many findings of one tool do not hide the one of another', async () => {
    const { result } = await RUNS['blocked']!();
    const text = githubText(result, HERE);
    expect(text.match(/^::error /gm)).toHaveLength(10);
    expect(text).toContain('file=test/cart.test.ts,line=88');
    expect(text).toContain('more remarks of nemesis not annotated');
  });

  test('a yes has nothing to say but what was found', async () => {
    const text = githubText((await RUNS['ready']!()).result, HERE);
    expect(text).not.toContain('::error');
    expect(text).not.toContain('READY');
  });
});

describe('gitlab', () => {
  interface Remark {
    readonly description: string;
    readonly check_name: string;
    readonly fingerprint: string;
    readonly severity: string;
    readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
  }

  test('has what GitLab asks for, each with a fingerprint of its own, and no path out of the repository', async () => {
    await always((result) => {
      const remarks = JSON.parse(gitlabText(result, HERE)) as readonly Remark[];
      const prints = remarks.map(({ fingerprint }) => fingerprint);
      expect(new Set(prints).size).toBe(prints.length);
      for (const { description, check_name, severity, location } of remarks) {
        expect([typeof description, typeof check_name]).toEqual(['string', 'string']);
        expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity);
        expect(location.path).toMatch(/^[^/]/);
        expect(location.path.split('/')).not.toContain('..');
        expect(Number.isInteger(location.lines.begin)).toBe(true);
      }
    });
  });

  test('is cut, the least grave first', async () => {
    const remarks = JSON.parse(
      gitlabText(await lintFinds(manyFindings(20_000)), HERE),
    ) as readonly Remark[];
    expect(remarks).toHaveLength(MOST_REMARKS);
    expect(remarks.filter(({ severity }) => severity === 'major')).toHaveLength(6_667);
  });
});

test('json is the same document, whatever is escaped in it', async () => {
  await always((result) => {
    const text = checkText(result, '1.2.3');
    const { service } = JSON.parse(text) as { service: string };
    expect(service).toBe(result.service);
  });
});
