/** A file that was read when nemesis was built is the same document as one that is read now. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  layoutIn,
  openSeen,
  openYaml,
  type Kept,
  type Plain,
  type Step,
} from '../../src/config/yaml.ts';
import { GATES } from './corpus.ts';
import { packageRoot } from './project.ts';

function keptOf(name: string, text: string): Kept {
  const read = layoutIn(name, text);
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return JSON.parse(JSON.stringify({ text, layout: read.layout })) as Kept;
}

const pathsOf = (value: Plain, above: readonly Step[] = []): (readonly Step[])[] => [
  above,
  ...(typeof value === 'string'
    ? []
    : Object.entries(value).flatMap(([step, inner]) =>
        pathsOf(inner, [...above, Array.isArray(value) ? Number(step) : step]),
      )),
];

const recommended = 'config/recommended.yaml';
const files = [
  ...Object.entries(GATES),
  [recommended, readFileSync(path.join(packageRoot, recommended), 'utf8')] as const,
];

test.each(files)('%s', (name, text) => {
  const bytes = Buffer.from(text);
  const anew = openYaml(name, bytes);
  const kept = openSeen(name, { kind: 'file', bytes }, keptOf(name, text));
  if (!anew.ok || !kept.ok) throw new Error('it cannot be read');
  expect(kept.document.value).toEqual(anew.document.value);
  for (const steps of pathsOf(anew.document.value)) {
    expect(kept.document.spot(steps)).toEqual(anew.document.spot(steps));
    expect(kept.document.keySpot(steps)).toEqual(anew.document.keySpot(steps));
  }
});

test('a file that holds something else now is read anew', () => {
  const kept = keptOf('a.yaml', 'a: old\n');
  const opened = openSeen('a.yaml', { kind: 'file', bytes: Buffer.from('a: new\n') }, kept);
  expect(opened).toMatchObject({ ok: true, document: { value: { a: 'new' } } });
});
