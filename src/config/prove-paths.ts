/** Critical paths and validation checks of a gate file, proved: named in sections, each once. */

import type { AgentAction, PathName } from '../judge/deployment.ts';
import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { GateFile } from './gate-schema.ts';
import { stepName } from './prove-deployment.ts';
import type { Document, Step } from './yaml.ts';

const SMOKE_MS = 300_000;

/** The step that walks all critical paths itself, where a project declares it; so too for the checks. */
const ALL_PATHS = 'smoke';
const ALL_CHECKS = 'validation';

type Unplaced<T> = Omit<NonNullable<T>, 'environment'>;

/** Paths in sections, each a probe; or a list with the one step that walks them. */
export function smokeOf(
  document: Document,
  file: GateFile,
  diagnostics: Diagnostic[],
): Unplaced<AgentAction['smoke']> | undefined {
  const { critical_paths: written, max_duration: maxMs = SMOKE_MS } = file;
  if (written === undefined) return undefined;
  const path = ['critical_paths'];
  if (!Array.isArray(written)) {
    const paths = namesIn(document, path, written, diagnostics);
    return { step: placed(document, path, ALL_PATHS), paths, maxMs };
  }
  const [step, ...more] = written.map((name, index) =>
    stepName(document, [...path, index], name, diagnostics),
  );
  if (step !== undefined && more.length === 0) return { step, maxMs };
  const message = 'a list names the one step that walks all paths';
  const help =
    'write critical_paths: [smoke], or the paths in sections: authentication: [login_flow]';
  diagnostics.push(at(document.keySpot(path), message, [help]));
  return undefined;
}

export function validationOf(
  document: Document,
  file: GateFile,
  diagnostics: Diagnostic[],
): Unplaced<AgentAction['validation']> | undefined {
  const { monitoring_window: windowMs, validation_suite: suite } = file;
  if (windowMs === undefined) return undefined;
  const path = ['validation_suite'];
  if (suite === undefined) return { windowMs };
  return {
    windowMs,
    step: placed(document, path, ALL_CHECKS),
    checks: namesIn(document, path, suite, diagnostics),
    sensitivity: file.alert_sensitivity ?? 'normal',
    undeclared: file.undeclared ?? 'warn',
  };
}

function namesIn(
  document: Document,
  path: readonly Step[],
  sections: Readonly<Record<string, readonly string[]>>,
  diagnostics: Diagnostic[],
): readonly PathName[] {
  const found = new Map<string, PathName>();
  for (const [section, names] of Object.entries(sections)) {
    for (const [index, name] of names.entries()) {
      const one = { ...stepName(document, [...path, section, index], name, diagnostics), section };
      const twin = found.get(name);
      if (twin === undefined) {
        found.set(name, one);
        continue;
      }
      const spot = document.spot([...path, section, index]);
      const message = `\`${name}\` stands in ${twin.section} too`;
      diagnostics.push(at(spot, message, ['keep one of them']));
    }
  }
  if (found.size === 0)
    diagnostics.push(
      at(document.keySpot(path), 'this names nothing to try', ['name a path, or take it out']),
    );
  return [...found.values()];
}

function placed(document: Document, path: readonly Step[], name: string) {
  const { file, line, column } = document.keySpot(path);
  return { name, place: { file, line, column } };
}
