/** What a project's own jscpd configuration says about how to compare; what it says about reports and limits is not ours. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Project } from '../project.ts';

/** https://github.com/kucherenko/jscpd/tree/v4/apps/jscpd#options */
const Config = z.object({
  minLines: z.int().positive().optional(),
  minTokens: z.int().positive().optional(),
  maxLines: z.int().positive().optional(),
  maxSize: z.string().optional(),
  mode: z.enum(['strict', 'mild', 'weak']).optional(),
  skipComments: z.boolean().optional(),
  skipLocal: z.boolean().optional(),
  ignoreCase: z.boolean().optional(),
  ignore: z.array(z.string()).optional(),
  ignorePattern: z.array(z.string()).optional(),
  path: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  format: z.array(z.string()).optional(),
  formatsExts: z.record(z.string(), z.array(z.string())).optional(),
  formatsNames: z.record(z.string(), z.array(z.string())).optional(),
});
export type OwnConfig = z.infer<typeof Config>;

const FILE = '.jscpd.json';

/** Where the project configures jscpd; undefined when it does not. */
export function isDeclared(project: Project): string | undefined {
  if (project.find([FILE]) !== undefined) return FILE;
  return project.manifest?.['jscpd'] === undefined ? undefined : 'package.json jscpd';
}

/** The file before package.json, key by key, as jscpd itself puts them together. */
export function readOwnConfig(project: Project): { config: OwnConfig } | { why: string } {
  const where = isDeclared(project);
  if (where === undefined) return { config: {} };
  const file = where === FILE ? contentOf(path.join(project.root, FILE)) : {};
  const given = [project.manifest?.['jscpd'] ?? {}, file];
  if (!given.every(isObject)) return { why: `${where} is no JSON object` };
  const parsed = Config.safeParse(Object.assign({}, ...given));
  if (parsed.success) return { config: parsed.data };
  const issue = parsed.error.issues[0];
  return { why: `${where}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}` };
}

function contentOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
