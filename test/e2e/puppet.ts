/** A tool that does what the test says: a small program in node_modules/.bin that reads its part from a JSON file. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a puppet does when it is started, in this order. */
export interface Part {
  /** Plays this part only when the arguments hold this word. */
  readonly when?: string;
  /** Goes on although it is asked to stop. */
  readonly ignoreTerm?: boolean;
  /** Starts a process of its own session that ignores every polite signal. */
  readonly grandchild?: boolean;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Bytes without a newline, to stdout. */
  readonly flood?: number;
  /** Written where the arguments ask for the report. */
  readonly report?: string;
  /** A named pipe in the report's place. */
  readonly fifo?: boolean;
  /** Files by path relative to the working folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Taken away, relative to the working folder. */
  readonly remove?: string;
  /** Kills itself. */
  readonly signal?: 'SIGSEGV' | 'SIGKILL' | 'SIGABRT';
  /** Never ends. */
  readonly hang?: boolean;
  /** 0 unless said. */
  readonly exit?: number;
}

/** The program. It notes that it was started, and with what, in `<name>.calls` beside it. */
const PROGRAM = String.raw`
const fs = require('fs');
const path = require('path');
const argv = process.argv.slice(2);
const self = __filename;
const parts = JSON.parse(fs.readFileSync(self + '.json', 'utf8'));
const part = parts.find(({ when }) => when === undefined || argv.includes(when)) ?? {};
const { spawn, spawnSync } = require('child_process');
if (part.ignoreTerm) for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => {});
if (part.grandchild) {
  const stay = "for (const s of ['SIGTERM','SIGINT','SIGHUP']) process.on(s, () => {}); setInterval(() => {}, 1000)";
  spawn(process.execPath, ['-e', stay, self], { detached: true, stdio: 'ignore' }).unref();
}
fs.appendFileSync(
  self + '.calls',
  JSON.stringify({ pid: process.pid, argv, run: process.env.NEMESIS_RUN }) + '\n',
);
function reportFile() {
  const named = /^--(?:outputFile\.json|reporter-option=output|output-file|report-path|output)=(.+)$/;
  for (const [index, word] of argv.entries()) {
    const value = named.exec(word)?.[1];
    if (value !== undefined) return value;
    if (['--output-file', '--report-path', '--output', '--outputFile'].includes(word)) return argv[index + 1];
  }
  throw new Error('nobody asked for a report: ' + argv.join(' '));
}
for (const [name, text] of Object.entries(part.files ?? {})) {
  fs.mkdirSync(path.dirname(name), { recursive: true });
  fs.writeFileSync(name, text);
}
if (part.report !== undefined) fs.writeFileSync(reportFile(), part.report);
if (part.fifo) spawnSync('mkfifo', [reportFile()], { env: { PATH: '/usr/bin:/bin' } });
if (part.remove) fs.rmSync(part.remove, { recursive: true, force: true });
if (part.stdout) fs.writeSync(1, part.stdout);
if (part.stderr) fs.writeSync(2, part.stderr);
for (let left = part.flood ?? 0; left > 0; left -= 65536) fs.writeSync(1, 'x'.repeat(Math.min(left, 65536)));
if (part.signal) process.kill(process.pid, part.signal);
if (part.hang || part.signal) setInterval(() => {}, 1000);
else process.exitCode = part.exit ?? 0;
`;

export function writePuppet(binDir: string, name: string, parts: readonly Part[]): void {
  mkdirSync(binDir, { recursive: true });
  const file = path.join(binDir, name);
  writeFileSync(file, `#!${process.execPath}\n${PROGRAM}`);
  chmodSync(file, 0o755);
  writeFileSync(`${file}.json`, JSON.stringify(parts));
}
