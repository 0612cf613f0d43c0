/** Reads folders of gate files: one agent a file, in a folder named after its stage. */

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../language/index.ts';
import { GATES, type Stage } from '../judge/agent.ts';
import type { Diagnostic } from '../failure.ts';
import { at, diagnoseIssues } from './diagnose.ts';
import { GateFile } from './gate-schema.ts';
import { knownKeys } from './known-keys.ts';
import { openYaml, type Document } from './yaml.ts';

const STAGES: readonly Stage[] = [...GATES, 'monitor'];

export interface OpenedGate {
  readonly stage: Stage;
  readonly document: Document;
  readonly data: GateFile;
}

/** Every gate file of a folder, in stage order and by name; what is wrong goes to `diagnostics`. */
export function openGates(
  folder: string,
  shownAs: (file: string) => string,
  diagnostics: Diagnostic[],
): readonly OpenedGate[] {
  const files = gateFilesIn(folder, shownAs, diagnostics);
  return files.flatMap(({ stage, file }) => {
    const gate = openGate(stage, file, shownAs(file), diagnostics);
    return gate === undefined ? [] : [gate];
  });
}

/** The files themselves, without reading them. */
export function gateFilesIn(
  folder: string,
  shownAs: (file: string) => string,
  diagnostics: Diagnostic[],
): readonly { stage: Stage; file: string }[] {
  const found: { stage: Stage; file: string }[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const stage = STAGES.find((name) => name === entry.name);
    const inner = path.join(folder, entry.name);
    if (stage !== undefined && entry.isDirectory()) {
      for (const name of readdirSync(inner).sort()) {
        if (/\.ya?ml$/.test(name)) found.push({ stage, file: path.join(inner, name) });
      }
    } else if (entry.isDirectory() || /\.ya?ml$/.test(entry.name)) {
      const near = nearest(entry.name, STAGES);
      diagnostics.push({
        place: { file: shownAs(inner), line: 1, column: 1 },
        message: entry.isDirectory()
          ? `\`${entry.name}\` is no gate`
          : 'a gate file lies in the folder of its gate',
        help: [near === undefined ? `the folders are: ${STAGES.join(', ')}` : `call it ${near}`],
      });
    }
  }
  return found.sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage));
}

function openGate(
  stage: Stage,
  file: string,
  shown: string,
  diagnostics: Diagnostic[],
): OpenedGate | undefined {
  const opened = openYaml(shown, readFileSync(file));
  if (!opened.ok) {
    diagnostics.push(...opened.diagnostics);
    return undefined;
  }
  const { document } = opened;
  const parsed = GateFile.safeParse(document.value);
  if (parsed.success) return { stage, document, data: parsed.data };
  if (document.value === '') {
    diagnostics.push(at(document.spot([]), 'the file is empty; it needs an agent'));
  } else {
    const keys = (steps: readonly (string | number)[]) => knownKeys(GateFile, steps);
    diagnostics.push(...diagnoseIssues(document, parsed.error.issues, keys));
  }
  return undefined;
}
