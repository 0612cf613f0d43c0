/**
 * One process of a release, from its start to its end. It lives on when the daemon dies: the next daemon takes it over by
 * its pid and the token of its start.
 *
 *   starting ─▶ healthy ⇄ unhealthy
 *      │           │          │
 *      └───────────┴──────────┴─▶ draining ─▶ ended       (ended also by itself, from everywhere)
 */

import path from 'node:path';
import type { ReleaseRecord } from '../../../history/records.ts';
import { launchDetached } from '../../../measure/process/launch-detached.ts';
import {
  emptyGroup,
  killProcessesWith,
  signalGroup,
} from '../../../measure/process/process-group.ts';
import { isRunning } from '../../../measure/process/process-table.ts';
import { resolveBinary } from '../../../measure/process/resolve-binary.ts';
import { probe } from './health.ts';
import { lastLine, sizeOf } from './log-files.ts';
import { freePort } from './free-port.ts';
import type { Kept } from './releases.ts';
import { Upstream } from './splitter/upstream.ts';

/** From TERM to KILL. */
const TERM_GRACE_MS = 5000;
/** Between two looks at a process that is not our child. */
const LOOK_MS = 200;
/** While nothing listens yet it is asked again this soon. */
const EAGER_MS = 50;

export interface InstanceProcess {
  readonly pid: number;
  readonly startToken: string | null;
}

/** What is written down of an instance. */
export interface InstanceRecord {
  readonly id: string;
  readonly release: ReleaseRecord;
  readonly number: number;
  readonly process: InstanceProcess | null;
  readonly port: number;
  readonly isHealthy: boolean;
}

export interface InstanceOptions {
  readonly id: string;
  readonly number: number;
  readonly kept: Kept;
  /** The folder it runs in, and the file it writes to. */
  readonly content: string;
  readonly log: string;
  /** Something that is written down, or that routing goes by, has changed. */
  readonly onChange: () => void;
  /** It is gone, with everything it started. `how`: `exited with 1: port in use`; undefined where it was stopped. */
  readonly onEnded: (how: string | undefined) => void;
}

/** Carried by an instance and all that it starts. */
export const markerOf = (id: string): string => `NEMESIS_INSTANCE=${id}`;

export class Instance {
  readonly id: string;
  readonly number: number;
  readonly startedAt = Date.now();
  isHealthy = false;
  isDraining = false;
  /** Why it is not healthy, where its health check says. */
  problem: string | undefined;
  upstream: Upstream | undefined;
  readonly #options: InstanceOptions;
  #process: InstanceProcess | undefined;
  #fine = 0;
  #bad = 0;
  #timer: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  #logStart = 0;
  #starting: Promise<void> | undefined;
  #isStopping = false;
  #isEnded = false;
  #stopped: Promise<void> | undefined;
  #endDrain: (() => void) | undefined;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.id = options.id;
    this.number = options.number;
  }

  get record(): InstanceRecord {
    const { spec } = this.#options.kept;
    return {
      id: this.id,
      release: spec.release,
      number: this.number,
      process: this.#process ?? null,
      port: this.upstream?.port ?? 1,
      isHealthy: this.isHealthy,
    };
  }

  start(): Promise<void> {
    this.#starting = this.#launch();
    return this.#starting;
  }

  async #launch(): Promise<void> {
    const { kept, content, log } = this.#options;
    const { start, env, release } = kept.spec;
    const file = programOf(start[0]!, content, env['PATH'] ?? '');
    if (file === undefined) return this.#end(`cannot start: no program ${start[0]} is found`);
    const port = await freePort();
    if (this.#isStopping) return;
    this.#logStart = sizeOf(log);
    const launch = await launchDetached(
      {
        file,
        argv: start.slice(1),
        cwd: content,
        env: {
          ...env,
          PORT: String(port),
          HOST: '127.0.0.1',
          VERSION: release.version,
          INSTANCE: String(this.number),
          NEMESIS_INSTANCE: this.id,
        },
        logFile: log,
      },
      Date.now,
      (code, signal) => void this.#onGone(code, signal),
    );
    if (launch.kind === 'not_started') return this.#end(`cannot start: ${launch.message}`);
    this.#process = { pid: launch.pid, startToken: launch.startToken ?? null };
    this.upstream = new Upstream(port);
    this.#options.onChange();
    if (!this.#isStopping) this.#check();
  }

  /** Takes over what an earlier daemon has started; false where it does not run any more. */
  adopt({ process, port, isHealthy }: InstanceRecord): boolean {
    if (process === null || !isRunning(process.pid, process.startToken ?? undefined)) return false;
    this.#process = process;
    this.upstream = new Upstream(port);
    this.isHealthy = isHealthy;
    this.#logStart = sizeOf(this.#options.log);
    this.#look = setInterval(() => {
      if (!isRunning(process.pid, process.startToken ?? undefined)) void this.#onGone(null, null);
    }, LOOK_MS);
    this.#check();
    return true;
  }

  /** Gives it no more requests, lets the open ones end, then ends it. Can be called again, with a shorter time. */
  async stop(drainMs: number): Promise<void> {
    this.isDraining = true;
    this.upstream?.retire();
    this.#endDrain?.();
    if (!(await this.#drained(drainMs))) return;
    this.#stopped ??= this.#stopNow();
    await this.#stopped;
  }

  /** It shall go on after all; false where it is too late for that. */
  revive(): boolean {
    if (this.#isStopping || this.#isEnded) return false;
    this.isDraining = false;
    this.upstream?.revive();
    this.#endDrain?.();
    return true;
  }

  /** Looks no more at it, and lets it run. */
  abandon(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#look);
    this.#isEnded = true;
    this.upstream?.retire();
  }

  /** False where it was called off. */
  async #drained(drainMs: number): Promise<boolean> {
    let isOff = false;
    const deadline = performance.now() + drainMs;
    const off = new Promise<void>((resolve) => {
      this.#endDrain = () => {
        isOff = true;
        resolve();
      };
    });
    while (!isOff && (this.upstream?.open ?? 0) > 0 && performance.now() < deadline)
      await Promise.race([off, pause(20)]);
    return !isOff;
  }

  async #stopNow(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#starting;
    if (this.#process !== undefined && !this.#isEnded) {
      signalGroup(this.#process.pid, 'SIGTERM');
      await emptyGroup(this.#process.pid, TERM_GRACE_MS);
      await killProcessesWith(markerOf(this.id));
    }
    this.#end(undefined);
  }

  /** Its first process is gone; what it started must not outlive it, or it would hold on to files and ports. */
  async #onGone(code: number | null, signal: string | null): Promise<void> {
    clearTimeout(this.#timer);
    clearInterval(this.#look);
    if (this.#isStopping || this.#isEnded) return;
    this.#isStopping = true;
    this.isHealthy = false;
    this.upstream?.retire();
    this.#options.onChange();
    await emptyGroup(this.#process!.pid, 0);
    await killProcessesWith(markerOf(this.id));
    const line = lastLine(this.#options.log, this.#logStart);
    const how =
      signal === null ? `exited with ${code ?? 'a code nobody saw'}` : `ended by ${signal}`;
    this.#end(line === undefined ? how : `${how}: ${line}`);
  }

  #end(how: string | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.isHealthy = false;
    clearTimeout(this.#timer);
    clearInterval(this.#look);
    this.upstream?.retire();
    this.#options.onEnded(how);
  }

  #check(): void {
    const { health } = this.#options.kept.spec;
    void probe(this.upstream!.port, health).then((probed) => {
      if (this.#isStopping || this.#isEnded) return;
      const isWaiting = probed.kind === 'refused' && !this.isHealthy;
      if (probed.kind === 'fine') this.#noteFine(health.healthyAfter);
      else this.#noteBad(probed.kind === 'bad' ? probed.why : 'does not listen on its port');
      const pauseMs = isWaiting ? Math.min(EAGER_MS, health.intervalMs) : health.intervalMs;
      this.#timer = setTimeout(() => this.#check(), pauseMs);
    });
  }

  #noteFine(healthyAfter: number): void {
    this.#bad = 0;
    this.#fine += 1;
    if (this.isHealthy || this.#fine < healthyAfter) return;
    this.isHealthy = true;
    this.problem = undefined;
    this.#options.onChange();
  }

  #noteBad(why: string): void {
    this.#fine = 0;
    this.#bad += 1;
    this.problem = why;
    if (!this.isHealthy || this.#bad < this.#options.kept.spec.health.unhealthyAfter) return;
    this.isHealthy = false;
    this.#options.onChange();
  }
}

/** A name is looked for on the PATH, `./server` in the artifact. */
export function programOf(name: string, content: string, searchPath: string): string | undefined {
  const isRelative = name.includes('/') && !path.isAbsolute(name);
  const resolved = resolveBinary(isRelative ? path.join(content, name) : name, searchPath);
  return resolved.ok ? resolved.file : undefined;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
