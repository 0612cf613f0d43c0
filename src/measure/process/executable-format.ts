/**
 * Can the kernel run this file? Asked before spawning, because `execvp` answers ENOEXEC by handing the
 * file to `/bin/sh`: a binary for another machine would then run as a shell script and "exit 2".
 */
import { closeSync, constants, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

const HEADER_BYTES = 256;
/** The kernel follows at most this many `#!` lines. */
const MAX_INTERPRETERS = 5;
/** ELF machines that also run an older one: x86-64 runs i386, AArch64 runs ARM. */
const ALSO_RUNS: Readonly<Record<number, number>> = { 62: 3, 183: 40 };
const MACH_O = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe, 0xbebafeca]);

/** Why the kernel would answer ENOEXEC, or undefined when it would not or we cannot read the file. */
export function notExecutableFormat(file: string): string | undefined {
  let candidate = file;
  for (let depth = 0; depth < MAX_INTERPRETERS; depth++) {
    const header = readHeader(candidate);
    if (header === undefined) return undefined;
    if (header.toString('latin1', 0, 2) !== '#!') {
      const problem = whyNotBinary(candidate, header);
      return problem !== undefined && hasHandler(candidate, header) ? undefined : problem;
    }
    const interpreter = interpreterOf(header);
    if (interpreter === '') return `${candidate} names no interpreter after #!`;
    candidate = interpreter;
  }
  return undefined;
}

function whyNotBinary(file: string, header: Buffer): string | undefined {
  if (header.length >= 4 && MACH_O.has(header.readUInt32BE(0))) {
    return process.platform === 'darwin' ? undefined : `${file} is a program for macOS`;
  }
  const machine = elfMachine(header);
  if (machine === undefined) return `${file} is neither a program nor a script with a #! line`;
  const own = elfMachine(readHeader(process.execPath) ?? Buffer.alloc(0));
  if (own === undefined && process.platform === 'linux') return undefined;
  if (own !== undefined && (machine === own || machine === ALSO_RUNS[own])) return undefined;
  return `${file} is a program for another kind of machine (ELF machine ${machine})`;
}

/** `e_machine` of an ELF header (elf(5)), undefined when the file is no ELF file. */
function elfMachine(header: Buffer): number | undefined {
  if (header.length < 20 || header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  return header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18);
}

function interpreterOf(header: Buffer): string {
  const line = header.toString('latin1', 2).split('\n', 1)[0] ?? '';
  const name = line.trim().split(/[ \t]/, 1)[0] ?? '';
  return Buffer.from(name, 'latin1').toString('utf8');
}

/** Linux can be taught further formats: https://docs.kernel.org/admin-guide/binfmt-misc.html */
function hasHandler(file: string, header: Buffer): boolean {
  const dir = '/proc/sys/fs/binfmt_misc';
  try {
    return readdirSync(dir)
      .filter((name) => name !== 'register' && name !== 'status')
      .some((name) => handles(readFileSync(`${dir}/${name}`, 'latin1'), file, header));
  } catch {
    return false;
  }
}

function handles(entry: string, file: string, header: Buffer): boolean {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name} (.*)$`, 'm').exec(entry)?.[1];
  if (!entry.startsWith('enabled')) return false;
  const extension = field('extension');
  if (extension !== undefined) return file.endsWith(extension);
  const magic = Buffer.from(field('magic') ?? '', 'hex');
  const mask = Buffer.from(field('mask') ?? '', 'hex');
  const offset = Number(field('offset') ?? 0);
  if (magic.length === 0) return false;
  return magic.every((byte, at) => {
    const bits = mask[at] ?? 0xff;
    return ((header[offset + at] ?? -1) & bits) === (byte & bits);
  });
}

function readHeader(file: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK); // a FIFO must not block us
  } catch {
    return undefined;
  }
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(fd, header, 0, HEADER_BYTES, 0));
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
