/** Each reporter over each run, as files that are reviewed like code. `UPDATE_GOLDEN=1` writes them anew. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { createProgram } from '../../src/cli/program.ts';
import { stillness } from '../../src/report/live.ts';
import { STYLE } from '../../src/report/html-style.ts';
import { OUTPUTS } from '../../src/report/outputs.ts';
import { prettyReporter } from '../../src/report/pretty.ts';
import type { Reporter } from '../../src/report/reporter.ts';
import { styleFor } from '../../src/report/text.ts';
import { RUNS } from './runs.ts';

const FILES = path.join(import.meta.dirname, 'files');

function matchesGolden(name: string, text: string): void {
  const file = path.join(FILES, name);
  if (process.env['UPDATE_GOLDEN']) {
    mkdirSync(FILES, { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}

/** The words as they come onto a terminal of 80 columns: progress and result one after the other. */
function pretty(say: (text: string) => void, quiet = false): Reporter {
  const style = styleFor({ env: {}, isTerminal: false, columns: 80 });
  return prettyReporter(
    { out: say, err: say, style },
    { version: '1.2.3', quiet, hasConfig: false, live: stillness },
  );
}

const FILE_NAMES: Readonly<Record<string, string>> = {
  ...{ sarif: 'sarif.json', junit: 'junit.xml', markdown: 'md', gitlab: 'gitlab.json' },
  ...{ github: 'github.txt', pretty: 'plain.txt' },
};

const REPORTERS: Readonly<Record<string, (say: (text: string) => void) => Reporter>> = {
  'pretty.txt': pretty,
  'quiet.txt': (say) => pretty(say, true),
};

describe.each(Object.keys(RUNS))('a run that ends %s', (run) => {
  test.each(Object.keys(REPORTERS))('as %s', async (name) => {
    let text = '';
    const reporter = REPORTERS[name]!((more) => (text += more));
    const { events, result } = await RUNS[run]!();
    for (const event of events) reporter.on(event);
    reporter.close();
    expect(result.readiness.kind).toBe(run);
    matchesGolden(`${run}.${name}`, text);
    if (name !== 'pretty.txt') return;
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

/** As files: in a service of a larger repository, so that paths show what they are relative to. */
describe.each(Object.keys(RUNS))('the outputs of a run that ends %s', (run) => {
  test.each(OUTPUTS.map(({ name }) => name))('as %s', async (name) => {
    const render = await OUTPUTS.find((kind) => kind.name === name)!.load();
    const { result } = await RUNS[run]!();
    const prefix = name === 'json' ? '' : 'services/shop/';
    const text = render(result, { version: '1.2.3', prefix });
    expect(render(result, { version: '1.2.3', prefix })).toBe(text);
    // The style is one text of its own, and would drown the report in its file.
    matchesGolden(`${run}.${FILE_NAMES[name] ?? name}`, text.replace(STYLE, ' … '));
  });
});

test('the help', () => {
  let text = '';
  const program = createProgram(commands, '1.2.3', () => undefined);
  program.configureOutput({ writeOut: (more) => (text += more) });
  program.outputHelp();
  matchesGolden('help.txt', text);
});
