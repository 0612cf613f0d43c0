/**
 * The audits a gate file asks for as the specification writes them, and the sentences they stand for:
 *
 *   npm: { command: npm audit, severity_threshold: high }      npm_vulnerabilities_critical == 0, …_high == 0
 *   vulnerability_response: { critical: [block_deployment] }   vulnerabilities_critical > 0 blocks
 */

import { nearest } from '../language/index.ts';
import type { Level } from '../judge/agent.ts';
import type { Diagnostic } from '../failure.ts';
import { SEVERITIES, type Severity } from '../judge/vulnerability.ts';
import { at } from './diagnose.ts';
import type { GateFile } from './gate-schema.ts';
import type { Document, Step } from './yaml.ts';

interface AuditTool {
  readonly runner: string;
  /** What the metrics of this runner alone begin with. */
  readonly source: string;
  /** What the metrics begin with that responses are about: packages count together, an image apart. */
  readonly together: '' | 'image_';
}

const TOOLS: Readonly<Record<string, AuditTool>> = {
  'npm audit': { runner: 'npm-audit', source: 'npm', together: '' },
  'pip-audit': { runner: 'pip-audit', source: 'pip', together: '' },
  'trivy fs': { runner: 'trivy-fs', source: 'fs', together: '' },
  'trivy image': { runner: 'trivy-image', source: 'image', together: 'image_' },
};

/** An audit's section, as the schema has it. */
export interface AuditSection {
  readonly command: string;
  readonly severity_threshold: Severity;
  readonly auto_fix?: 'patch_only' | undefined;
}

export function isAudit(part: unknown): part is AuditSection {
  return typeof (part as { command?: unknown } | null)?.command === 'string';
}

/** A sentence, and where it comes from. */
export interface AuditSentence {
  readonly text: string;
  readonly path: readonly Step[];
  readonly level: Level;
}

/** What must hold of one source: nothing at or above its threshold. */
export function thresholdSentences(audit: AuditSection): readonly string[] {
  const { source } = TOOLS[audit.command] ?? {};
  if (source === undefined) return [];
  return SEVERITIES.slice(0, SEVERITIES.indexOf(audit.severity_threshold) + 1).map(
    (severity) => `${source}_vulnerabilities_${severity} == 0`,
  );
}

export interface Audits {
  /** That the audits of this file run with, beside those it lists. */
  readonly runners: readonly string[];
  /** Runners whose findings may be mended by `audit:fix`, in patch versions. */
  readonly autoFix: readonly string[];
}

/** Every audit in the file; a command nobody knows is told where it stands. */
export function auditsOf(document: Document, file: GateFile, diagnostics: Diagnostic[]): Audits {
  const runners: string[] = [];
  const autoFix: string[] = [];
  const walk = (path: readonly Step[], part: unknown): void => {
    if (isAudit(part)) {
      const { runner } = TOOLS[part.command] ?? {};
      if (runner === undefined) {
        const known = Object.keys(TOOLS);
        const near = nearest(part.command, known);
        const help = near === undefined ? `known: ${known.join(', ')}` : `write ${near}`;
        const spot = document.spot([...path, 'command']);
        diagnostics.push(at(spot, `no audit is called \`${part.command}\``, [help]));
        return;
      }
      runners.push(runner);
      if (part.auto_fix === undefined) return;
      if (runner === 'npm-audit') autoFix.push(runner);
      else {
        const spot = document.keySpot([...path, 'auto_fix']);
        const help = ['take it out; patch versions of npm packages are changed by audit:fix'];
        diagnostics.push(at(spot, `what ${part.command} finds is not mended by itself`, help));
      }
    } else if (typeof part === 'object' && part !== null && !Array.isArray(part)) {
      for (const [name, inner] of Object.entries(part)) walk([...path, name], inner);
    }
  };
  walk(['checks'], file.checks ?? {});
  return { runners: [...new Set(runners)], autoFix };
}

/** The rules of `vulnerability_response`: what blocks and what warns. The other responses are records. */
export function responseSentences(
  document: Document,
  file: GateFile,
  runners: readonly string[],
  diagnostics: Diagnostic[],
): readonly AuditSentence[] {
  const responses = file.vulnerability_response;
  if (responses === undefined) return [];
  const tools = Object.values(TOOLS).filter(({ runner }) => runners.includes(runner));
  const about = [...new Set(tools.map(({ together }) => together))];
  if (about.length === 0) {
    const spot = document.keySpot(['vulnerability_response']);
    const help = ['add an audit to `checks`, such as npm: { command: npm audit, … }'];
    diagnostics.push(at(spot, 'nothing is audited here, so there is nothing to respond to', help));
  }
  return SEVERITIES.flatMap((severity) =>
    (responses[severity] ?? []).flatMap((response, index) => {
      const level = LEVELS[response];
      if (level === undefined) return [];
      const path = ['vulnerability_response', severity, index];
      return about.map((whose) => ({
        ...{ text: `${whose}vulnerabilities_${severity} > 0`, path, level },
      }));
    }),
  );
}

const LEVELS: Readonly<Record<string, Level>> = {
  block_deployment: 'block',
  warn_in_report: 'warn',
};
