/** A project on disk for as long as one question about its configuration takes. */

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCatalogue } from '../../src/judge/catalogue.ts';
import { runners } from '../../src/measure/runners.ts';
import { loadConfig, type Load, type Loaded } from '../../src/config/load.ts';
import { diagnosticLines } from '../../src/report/diagnostics.ts';
import { styleFor } from '../../src/report/text.ts';
import type { Diagnostic } from '../../src/failure.ts';

/** Content by path below the project. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export const packageRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Judges nothing but the gates that lie in the project. */
export const OWN_GATES = 'service: shop\nextends: []\ngates: gates\n';

/** A sentence for the gates of a project that are not what a test is about. */
export const GOOD_GATE = [
  'agent_id: DEPLOY_CODE_001',
  'name: Code_Quality_Guardian',
  'type: ephemeral',
  'trigger: on_push',
  'runners: [eslint]',
  'checks:',
  '  static_analysis:',
  '    - eslint_errors == 0',
  '    - eslint_warnings < 10',
  '',
].join('\n');

export function withProject<T>(files: Files, ask: (root: string) => T): T {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-config-')));
  try {
    writeFiles(root, files);
    return ask(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export function writeFiles(root: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

export function loadAt(root: string, repositoryTop?: string): Load {
  return loadConfig({
    root,
    repositoryTop,
    packageRoot,
    catalogue: createCatalogue(runners),
    runnerIds: runners.map(({ id }) => id),
    now: Date.UTC(2026, 5, 1),
  });
}

export const load = (files: Files): Load => withProject(files, (root) => loadAt(root));

/** The configuration of a project that is expected to have a good one. */
export function loaded(files: Files): Loaded {
  const result = load(files);
  if (!result.ok) throw new Error(told(result.diagnostics));
  return result.value;
}

/** What a person is told about a project; nothing when it is right. */
export function complaints(files: Files): string {
  const result = load(files);
  return result.ok ? '' : told(result.diagnostics);
}

export function told(diagnostics: readonly Diagnostic[]): string {
  const style = styleFor({ env: { LANG: 'C.UTF-8' }, isTerminal: false, columns: 100 });
  return `${diagnosticLines(diagnostics, style).join('\n')}\n`;
}
