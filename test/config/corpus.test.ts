/** Hundreds of wrong files: each ends in located complaints, quickly, and never in a defect. */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/failure.ts';
import { corpus, CONFIG, CONFIG_FILE, GATES, type Case } from './corpus.ts';
import { load, loadAt, OWN_GATES, packageRoot, withProject, type Files } from './project.ts';

const cases = corpus();

const textOf = (content: string | Uint8Array | undefined) =>
  new TextDecoder().decode(typeof content === 'string' ? Buffer.from(content) : content);

/** What a complaint lacks; nothing when a person can go to its place. */
function flawOf({ place, message, help }: Diagnostic, files: Files): string | undefined {
  const { file, line, column } = place;
  const lines = textOf(files[file]).split('\n');
  const isInside = line >= 1 && column >= 1 && line <= lines.length;
  if (!(file in files)) return `no such file: ${file}`;
  if (!isInside || column > (lines[line - 1] ?? '').length + 1) return `outside: ${line}:${column}`;
  const said = [message, ...(help ?? [])].join('\n');
  if (/undefined|\[object|Invalid |NaN|expected (?:string|object|record|array)/.test(said)) {
    return `not in our words: ${said}`;
  }
  return message.trim() === '' || /\.$/.test(message) ? `odd message: ${message}` : undefined;
}

test('what the corpus is made from is right', () => {
  expect(load({ ...GATES, [CONFIG_FILE]: OWN_GATES })).toMatchObject({ ok: true });
  expect(load({ [CONFIG_FILE]: CONFIG })).toMatchObject({ ok: true });
});

test('there are hundreds of them', () => {
  expect(cases.length).toBeGreaterThan(300);
});

describe('in this process', () => {
  const times: number[] = [];
  test.each(cases)('$name', ({ files }: Case) => {
    withProject(files, (root) => {
      const start = performance.now();
      const result = loadAt(root);
      times.push(performance.now() - start);
      expect(result.ok, 'it was taken for right').toBe(false);
      if (result.ok) return;
      expect(result.diagnostics.length).toBeGreaterThan(0);
      expect(result.diagnostics.map((one) => flawOf(one, files)).filter(Boolean)).toEqual([]);
    });
  });

  test('none takes long', ({ annotate }) => {
    const longest = Math.max(...times);
    void annotate(`${times.length} files, the longest took ${longest.toFixed(0)} ms`);
    expect(longest).toBeLessThan(2000); // the promise is 500 ms; this machine may be busy
  });
});

describe('through the program', () => {
  const few = cases.filter((_, index) => index % Math.floor(cases.length / 40) === 0);
  test.each(few)('$name', ({ files }: Case) => {
    withProject(files, (root) => {
      const argv = [path.join(packageRoot, 'bin/nemesis.js'), 'gates:list', '--cwd', root];
      const env = { ...process.env, NEMESIS_HOME: path.join(root, '.home') };
      const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
        env,
        encoding: 'utf8',
      });
      expect(stderr).toMatch(/^[^\n]+:\d+:\d+ error: /);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    });
  });
});

describe('whatever a file holds, there is an answer', () => {
  const files = { ...GATES, [CONFIG_FILE]: OWN_GATES };
  const gate = 'gates/code/quality.yaml';
  const words = fc.constantFrom(
    ...[
      'agent_id: ',
      'name: ',
      'checks:\n',
      '  a:\n',
      '    - ',
      'eslint_errors',
      ' == 0\n',
      '\n',
      '\t',
    ],
    ...[
      ': ',
      '- ',
      '? ',
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a ',
      '!t ',
      '|\n',
      '>\n',
      '"',
      "'",
      '#',
      '%',
      '---\n',
    ],
  );
  const contents = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.array(words, { maxLength: 60 }).map((parts) => parts.join('')),
    fc.uint8Array({ maxLength: 400 }),
    fc
      .tuple(fc.nat(GATES[gate]!.length), fc.nat(40), fc.string({ maxLength: 20 }))
      .map(
        ([at, cut, insert]) => GATES[gate]!.slice(0, at) + insert + GATES[gate]!.slice(at + cut),
      ),
  );

  test('as a gate and as a configuration', () => {
    withProject(files, (root) => {
      fc.assert(
        fc.property(contents, (content) => {
          writeFileSync(path.join(root, gate), content);
          const result = loadAt(root);
          if (result.ok) return;
          expect(
            result.diagnostics
              .map((one) => flawOf(one, { ...files, [gate]: content }))
              .filter(Boolean),
          ).toEqual([]);
        }),
        { numRuns: 250 },
      );
    });
    withProject({ [CONFIG_FILE]: '' }, (root) => {
      fc.assert(
        fc.property(contents, (content) => {
          writeFileSync(path.join(root, CONFIG_FILE), content);
          const result = loadAt(root);
          if (result.ok) return;
          expect(
            result.diagnostics
              .map((one) => flawOf(one, { [CONFIG_FILE]: content }))
              .filter(Boolean),
          ).toEqual([]);
        }),
        { numRuns: 250 },
      );
    });
  });
});
