/** The two files a process writes to. It writes straight to the descriptors; we only look at sizes. */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

export type StreamName = 'stdout' | 'stderr';

export interface OutputFiles {
  readonly stdout: number;
  readonly stderr: number;
  /** The first stream that holds more than `capBytes`, if one does. */
  overCap(capBytes: number): StreamName | undefined;
  /** Cuts both files to `capBytes`. */
  cut(capBytes: number): void;
  close(): void;
}

// O_APPEND: a program that reopens /dev/stdout must not write over what it wrote before.
const CREATE =
  constants.O_WRONLY |
  constants.O_CREAT |
  constants.O_EXCL |
  constants.O_APPEND |
  constants.O_NOFOLLOW;

export const outputPath = (dir: string, stream: StreamName): string => join(dir, stream);

/** Makes fresh files of mode 0600, whatever lay there before. Throws the system's error. */
export function openOutputFiles(dir: string): OutputFiles {
  const stdout = create(outputPath(dir, 'stdout'));
  let stderr: number;
  try {
    stderr = create(outputPath(dir, 'stderr'));
  } catch (error) {
    closeSync(stdout);
    throw error;
  }
  const size = (fd: number): number => fstatSync(fd).size;
  return {
    stdout,
    stderr,
    overCap(capBytes) {
      if (size(stdout) > capBytes) return 'stdout';
      return size(stderr) > capBytes ? 'stderr' : undefined;
    },
    cut(capBytes) {
      for (const fd of [stdout, stderr]) if (size(fd) > capBytes) ftruncateSync(fd, capBytes);
    },
    close() {
      closeSync(stdout);
      closeSync(stderr);
    },
  };
}

function create(file: string): number {
  try {
    unlinkSync(file); // a symbolic link goes, not what it points at
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return openSync(file, CREATE, 0o600);
}
