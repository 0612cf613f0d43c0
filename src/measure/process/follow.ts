/** Tells what processes say while they say it: reads the files they write to, a whole line at a time. */

import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { ProcessEngine } from './contract.ts';
import { outputPath } from './output-files.ts';

const LOOK_MS = 100;
/** A line that never ends is told in parts of this length. */
const LONGEST_LINE = 4096;

/** The same engine; `tell` gets whole lines, each with its line break. */
export function followed(engine: ProcessEngine, tell: (text: string) => void): ProcessEngine {
  return {
    ...engine,
    async run(request, signal) {
      if (request.aside === true) return await engine.run(request, signal);
      const streams = (['stdout', 'stderr'] as const).map((name) =>
        follow(outputPath(request.outputDir, name), tell),
      );
      const look = () => streams.forEach((stream) => stream.look());
      const { beforeTold } = request;
      const timer = beforeTold === undefined ? setInterval(look, LOOK_MS) : undefined;
      // Files of an earlier run in the same folder are no news.
      const onStarted = (pid: number) => {
        streams.forEach((stream) => stream.begin());
        request.onStarted?.(pid);
      };
      try {
        return await engine.run({ ...request, onStarted }, signal);
      } finally {
        clearInterval(timer);
        beforeTold?.();
        streams.forEach((stream) => stream.end());
      }
    },
  };
}

interface Followed {
  begin(): void;
  look(): void;
  end(): void;
}

function follow(file: string, tell: (text: string) => void): Followed {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(64 * 1024);
  let descriptor: number | undefined;
  let rest = '';
  const look = (): void => {
    if (descriptor === undefined) return;
    for (;;) {
      const count = readSync(descriptor, buffer, 0, buffer.length, null);
      if (count === 0) return;
      rest += decoder.write(buffer.subarray(0, count));
      const end = rest.lastIndexOf('\n') + 1;
      if (end > 0) tell(rest.slice(0, end));
      rest = rest.slice(end);
      if (rest.length > LONGEST_LINE) {
        tell(`${rest}\n`);
        rest = '';
      }
    }
  };
  return {
    begin() {
      try {
        descriptor = openSync(file, 'r');
      } catch {
        // its output is read when it has ended, as ever
      }
    },
    look,
    end() {
      look();
      if (rest !== '') tell(`${rest}\n`);
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
