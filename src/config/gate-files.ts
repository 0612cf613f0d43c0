/** Reads folders of gate files: one agent a file, in a folder named after its stage. */

import path from 'node:path';
import { nearest } from '../language/index.ts';
import { GATES, type Stage } from '../judge/agent.ts';
import type { Diagnostic } from '../failure.ts';
import { at, diagnoseIssues } from './diagnose.ts';
import { GateFile } from './gate-schema.ts';
import { knownKeys } from './known-keys.ts';
import type { OpenContext } from './open-config.ts';
import { openSeen, type Document, type Step } from './yaml.ts';

const STAGES: readonly Stage[] = [...GATES, 'monitor'];

export interface OpenedGate {
  readonly stage: Stage;
  readonly document: Document;
  readonly data: GateFile;
}

interface GateContext extends OpenContext {
  readonly diagnostics: Diagnostic[];
}

/** Every gate file of a folder, in stage order and by name; what is wrong goes to the diagnostics. */
export function openGates(folder: string, context: GateContext): readonly OpenedGate[] {
  for (const name of namesIn(folder, context)) {
    if (!STAGES.some((stage) => stage === name)) complainOfStray(folder, name, context);
  }
  return STAGES.flatMap((stage) =>
    namesIn(path.join(folder, stage), context).flatMap((name) => {
      const file = path.join(folder, stage, name);
      if (isGateFile(name)) return openGate(stage, file, context) ?? [];
      if (context.look(file).kind === 'folder') {
        const message = 'gate files lie in the folder of their gate, not below it';
        complainOf(file, message, `move them up into ${stage}/`, context);
      }
      return [];
    }),
  );
}

const isGateFile = (name: string) => /\.ya?ml$/i.test(name);

/** Hidden files are nobody's gates. */
function namesIn(folder: string, { look }: GateContext): readonly string[] {
  const sight = look(folder);
  return sight.kind === 'folder' ? sight.names.filter((name) => !name.startsWith('.')) : [];
}

/** A file or folder beside the folders of the gates; other files (a readme) may lie there. */
function complainOfStray(folder: string, name: string, context: GateContext): void {
  const file = path.join(folder, name);
  const isFolder = context.look(file).kind === 'folder';
  if (!isFolder && !isGateFile(name)) return;
  const near = isFolder ? nearest(name, STAGES) : undefined;
  const message = isFolder
    ? `\`${name}\` is no gate`
    : 'a gate file lies in the folder of its gate';
  const help = near === undefined ? `the folders are: ${STAGES.join(', ')}` : `call it ${near}`;
  complainOf(file, message, help, context);
}

function complainOf(file: string, message: string, help: string, context: GateContext): void {
  const place = { file: context.shownAs(file), line: 1, column: 1 };
  context.diagnostics.push({ place, message, help: [help] });
}

function openGate(stage: Stage, file: string, context: GateContext): OpenedGate | undefined {
  const { look, shownAs, kept, diagnostics } = context;
  const opened = openSeen(shownAs(file), look(file), kept.get(file));
  if (!opened.ok) {
    diagnostics.push(...opened.diagnostics);
    return undefined;
  }
  const { document } = opened;
  const parsed = GateFile.safeParse(document.value, { jitless: true });
  if (parsed.success) return { stage, document, data: parsed.data };
  if (document.value === '') {
    diagnostics.push(at(document.spot([]), 'the file is empty; it needs an agent'));
  } else {
    const keys = (steps: readonly Step[]) => knownKeys(GateFile, steps);
    diagnostics.push(...diagnoseIssues(document, parsed.error.issues, keys));
  }
  return undefined;
}
