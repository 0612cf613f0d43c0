/** The script of the load: the one the configuration names, else the one k6 script of the project. */

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project.ts';

export type LoadScript =
  | { readonly kind: 'none'; readonly why: string }
  /** Declared, and not to be run. */
  | {
      readonly kind: 'missing';
      readonly why: string;
      readonly help: string;
      readonly because: string;
    }
  /** Relative to the root. */
  | { readonly kind: 'found'; readonly script: string; readonly because: string };

const CANDIDATE = /(^|\/)k6\/[^/]+\.[cm]?[jt]s$|\.k6\.[cm]?[jt]s$/;
const IMPORTS_K6 =
  /(?:from|import)\s*['"]k6(?:\/[\w/.-]+)?['"]|require\(\s*['"]k6(?:\/[\w/.-]+)?['"]/;
const STARTS = /^\s*export\s+(?:default\b|\{[^}]*\bas\s+default\b)/m;
const LARGEST = 1024 * 1024;

export function findLoadScript(project: Project): LoadScript {
  const declared = project.performance?.script;
  if (declared !== undefined) {
    const because = 'suites.performance in the config';
    if (textOf(project, declared) !== undefined)
      return { kind: 'found', script: declared, because };
    return {
      ...{ kind: 'missing', because },
      why: `suites.performance.script is ${declared}, and there is no such file`,
      help: 'write the path of a k6 script, relative to the project',
    };
  }
  const scripts = project.files.filter(
    (file) => CANDIDATE.test(file) && isScript(textOf(project, file) ?? ''),
  );
  const [script, ...others] = scripts;
  if (script === undefined) return { kind: 'none', why: 'no k6 script is declared here' };
  if (others.length === 0) return { kind: 'found', script, because: script };
  return {
    ...{ kind: 'missing', because: script },
    why: `there are ${scripts.length} k6 scripts: ${scripts.slice(0, 4).join(', ')}`,
    help: 'say which one under suites.performance.script',
  };
}

/** Modules that scripts share import k6 as well; what k6 can run has a default function. */
const isScript = (text: string): boolean => IMPORTS_K6.test(text) && STARTS.test(text);

function textOf({ root }: Project, file: string): string | undefined {
  const full = path.join(root, file);
  try {
    const { size } = statSync(full);
    return size > LARGEST ? undefined : readFileSync(full, 'utf8');
  } catch {
    return undefined;
  }
}
