/** The digest of an artifact: the same for the same content, another one for everything that makes a difference. */

import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { artifactDigest, isUnchanged, readArtifact } from '../../src/rollout/artifact.ts';

let root = '';
let folder = '';
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'nemesis-artifact-'));
  folder = path.join(root, 'build');
  mkdirSync(path.join(folder, 'lib'), { recursive: true });
  writeFileSync(path.join(folder, 'server.js'), 'listen()\n');
  writeFileSync(path.join(folder, 'lib', 'b.js'), 'b');
  writeFileSync(path.join(folder, 'lib.js'), 'l');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const digest = async (place: string): Promise<string> => {
  const read = await artifactDigest(place);
  return read.ok ? read.value : read.failure.message;
};

test('it does not depend on where the artifact lies, nor on its times and empty folders', async () => {
  const other = path.join(root, 'elsewhere');
  cpSync(folder, other, { recursive: true });
  mkdirSync(path.join(other, 'empty'));
  expect(await digest(other)).toBe(await digest(folder));
  expect(await digest(folder)).toMatch(/^sha256:[\da-f]{64}$/);
});

test('the paths are sorted by their bytes', async () => {
  const read = await readArtifact(folder);
  const names = read.ok ? read.value.entries.map((entry) => entry.path) : [];
  expect(names).toEqual(['lib.js', 'lib/b.js', 'server.js']);
});

describe('it changes', () => {
  const changes: Readonly<Record<string, () => void>> = {
    'with a byte': () => writeFileSync(path.join(folder, 'lib.js'), 'm'),
    'with a file more': () => writeFileSync(path.join(folder, 'more.js'), ''),
    'with a name': () => cpSync(path.join(folder, 'lib.js'), path.join(folder, 'lib2.js')),
    'with an executable bit': () => chmodSync(path.join(folder, 'server.js'), 0o755),
    'with a link': () => symlinkSync('server.js', path.join(folder, 'start')),
  };
  test.each(Object.entries(changes))('%s', async (_, change) => {
    const before = await digest(folder);
    change();
    expect(await digest(folder)).not.toBe(before);
  });
});

test('a file counts as a folder that holds it alone', async () => {
  const alone = path.join(root, 'alone');
  mkdirSync(alone);
  writeFileSync(path.join(alone, 'server.js'), 'listen()\n');
  expect(await digest(path.join(folder, 'server.js'))).toBe(await digest(alone));
});

describe('links', () => {
  test.each(['../server.js', 'b.js', './nothing/here'])('inside are taken: %s', async (target) => {
    symlinkSync(target, path.join(folder, 'lib', 'link'));
    expect(await digest(folder)).toMatch(/^sha256:/);
  });

  test.each(['/etc/passwd', '../../outside', '../..', 'way/out/../../../..'])(
    'that lead out are refused: %s',
    async (target) => {
      symlinkSync(target, path.join(folder, 'lib', 'link'));
      expect(await digest(folder)).toBe(
        `the link lib/link leads out of the artifact, to ${target}`,
      );
    },
  );

  test('that lead out by way of another link are refused', async () => {
    symlinkSync('.', path.join(folder, 'lib', 'here'));
    symlinkSync('here/../../..', path.join(folder, 'lib', 'there'));
    expect(await digest(folder)).toContain('leads out of the artifact');
  });
});

test('what is no file is refused', async () => {
  const server = net.createServer().listen(path.join(folder, 'socket'));
  await new Promise((resolve) => server.on('listening', resolve));
  expect(await digest(folder)).toBe('socket is neither a file nor a folder');
  await new Promise((resolve) => server.close(resolve));
});

test('what is not there says so', async () => {
  const missing = path.join(root, 'missing');
  expect(await digest(missing)).toBe(`the artifact cannot be read: ENOENT at ${missing}`);
});

test('a copy that was touched after it was read is looked at again', async () => {
  const read = await readArtifact(folder);
  if (!read.ok) throw new Error(read.failure.message);
  const readAt = Date.now();
  const entry = read.value.entries.find((one) => one.path === 'lib.js')!;
  expect(await isUnchanged(folder, entry, readAt)).toBe(true);
  writeFileSync(path.join(folder, 'lib.js'), 'l');
  expect(await isUnchanged(folder, entry, readAt)).toBe(true);
  writeFileSync(path.join(folder, 'lib.js'), 'x');
  expect(await isUnchanged(folder, entry, readAt)).toBe(false);
  rmSync(path.join(folder, 'lib.js'));
  expect(await isUnchanged(folder, entry, readAt)).toBe(false);
});
