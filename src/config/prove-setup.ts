/** The steps before and after a suite: their names are the gate's, what they do is the project's. */

import { nearest } from '../language/index.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import { commandOf } from './prove-command.ts';
import type { WrittenSetup, WrittenTeardown } from './suite-schema.ts';
import type { Readiness, SetupStep, TeardownStep } from './suite.ts';
import type { Document, Step } from './yaml.ts';

const STEP_MS = 300_000;
const READY_MS = 60_000;
const TEARDOWN_MS = 60_000;

/**
 * In the order of the gate. A project may declare none of the steps, and its suite runs without; half of them would
 * be a suite on a database without its data.
 *
 * @param named by the gate
 */
export function setupOf(
  document: Document,
  path: readonly Step[],
  written: Readonly<Record<string, WrittenSetup>> | undefined,
  named: readonly string[],
  diagnostics: Diagnostic[],
): readonly SetupStep[] | undefined {
  if (written === undefined) return undefined;
  const declared = Object.keys(written);
  for (const name of declared) {
    if (named.includes(name)) continue;
    const near = nearest(name, named);
    const known = named.length === 0 ? 'it names none' : `it names: ${named.join(', ')}`;
    diagnostics.push(
      at(document.keySpot([...path, 'setup', name]), `the gate names no setup step \`${name}\``, [
        near === undefined ? known : `write ${near}`,
      ]),
    );
  }
  const left = named.filter((name) => !declared.includes(name));
  if (left.length > 0) {
    const message = `the gate names ${left.join(', ')} too, and nothing says what it does here`;
    const help = ['declare all of its setup steps, or none'];
    diagnostics.push(at(document.keySpot([...path, 'setup']), message, help));
  }
  return named.flatMap((name) => {
    const one = Object.hasOwn(written, name) ? written[name] : undefined;
    if (one === undefined) return [];
    return stepOf(document, [...path, 'setup', name], name, one, diagnostics) ?? [];
  });
}

export function stepOf(
  document: Document,
  path: readonly Step[],
  name: string,
  written: WrittenSetup,
  diagnostics: Diagnostic[],
): SetupStep | undefined {
  if (typeof written === 'string' || Array.isArray(written)) {
    const argv = commandOf(document, path, written, diagnostics);
    return argv && { name, argv, timeoutMs: STEP_MS };
  }
  const { run, timeout, background = false, ready, ready_within: within } = written;
  const argv = commandOf(document, [...path, 'run'], run, diagnostics);
  const complain = (key: string, message: string, help: string) => {
    diagnostics.push(at(document.keySpot([...path, key]), message, [help]));
  };
  const strange = background ? { timeout } : { ready, ready_within: within };
  for (const [key] of Object.entries(strange).filter(([, value]) => value !== undefined)) {
    complain(
      key,
      background
        ? 'a step in the background has no end to wait for'
        : 'a step that returns is ready then',
      background ? 'say ready_within, or take it out' : 'say background: true, or take it out',
    );
  }
  if (argv === undefined) return undefined;
  if (!background) return { name, argv, timeoutMs: timeout ?? STEP_MS };
  if (ready === undefined) {
    complain('background', 'nothing says when this step is ready', 'add ready: { port: 5432 }');
    return undefined;
  }
  const readiness = readinessOf(document, [...path, 'ready'], ready, diagnostics);
  return (
    readiness && {
      name,
      argv,
      timeoutMs: STEP_MS,
      background: { ready: readiness, withinMs: within ?? READY_MS },
    }
  );
}

type WrittenReady = NonNullable<Exclude<WrittenSetup, string | string[]>['ready']>;

function readinessOf(
  document: Document,
  path: readonly Step[],
  { port, url, run }: WrittenReady,
  diagnostics: Diagnostic[],
): Readiness | undefined {
  const given = [port, url, run].filter((one) => one !== undefined);
  if (given.length !== 1) {
    const message = 'expected one of port, url and run';
    diagnostics.push(at(document.keySpot(path), message, ['write ready: { port: 5432 }']));
    return undefined;
  }
  if (port !== undefined) return { kind: 'port', port };
  if (url !== undefined) return { kind: 'url', url };
  const argv = commandOf(document, [...path, 'run'], run!, diagnostics);
  return argv && { kind: 'run', argv };
}

export function teardownOf(
  document: Document,
  path: readonly Step[],
  written: WrittenTeardown | undefined,
  diagnostics: Diagnostic[],
): readonly TeardownStep[] | undefined {
  if (written === undefined) return undefined;
  return Object.entries(written).flatMap(([key, one]) => {
    const isListed = Array.isArray(written);
    const name = isListed ? `teardown ${Number(key) + 1}` : key;
    const place = [...path, 'teardown', isListed ? Number(key) : key];
    const isPlain = typeof one === 'string' || Array.isArray(one);
    const { run, timeout } = isPlain ? { run: one, timeout: undefined } : one;
    const argv = commandOf(document, isPlain ? place : [...place, 'run'], run, diagnostics);
    return argv === undefined ? [] : [{ name, argv, timeoutMs: timeout ?? TEARDOWN_MS }];
  });
}
