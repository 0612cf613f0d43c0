/**
 * A reporter of node:test: the tests that were waiting for their turn, or under way, when their file had ended. Node takes
 * a file that says `process.exit(0)` for one that ended well, and says nothing of the rest of its tests.
 *
 * One JSON array of `{ file, line, name }`; https://nodejs.org/api/test.html#class-testsstream
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Enough to name; the file is what counts as failed. */
const MOST = 10_000;

export default async function* unfinishedTests(events) {
  const waiting = new Map();
  for await (const { type, data } of events) {
    if (type === 'test:enqueue') {
      const open = waiting.get(keyOf(data)) ?? { data, count: 0 };
      waiting.set(keyOf(data), { data, count: open.count + 1 });
    }
    if (type === 'test:pass' || type === 'test:fail') {
      const open = waiting.get(keyOf(data));
      if (open !== undefined && (open.count -= 1) <= 0) waiting.delete(keyOf(data));
    }
  }
  const unfinished = [...waiting.values()].map(({ data }) => data).filter(isTest);
  yield JSON.stringify(
    unfinished
      .slice(0, MOST)
      .map(({ file, line, name }) => ({ file: plainPath(file), line, name })),
  );
}

const keyOf = ({ file, line, column, nesting, name }) =>
  JSON.stringify([file, line, column, nesting, name]);

/** Each file is queued as a test of its own name, and passes unmentioned. */
function isTest({ file, name }) {
  return typeof file === 'string' && path.resolve(name) !== plainPath(file);
}

/** Node 18 says where a module lies, not a file. */
function plainPath(file) {
  return file.startsWith('file:') ? fileURLToPath(file) : file;
}
