/** Source maps of emitted scripts: whether there is one, and which lines of which source it leads to. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** https://tc39.es/ecma426/ */
const SourceMap = z.object({
  version: z.literal(3),
  sourceRoot: z.string().nullish(),
  sources: z.array(z.string().nullable()),
  sourcesContent: z.array(z.string().nullable()).optional(),
  mappings: z.string(),
});
export type SourceMap = z.infer<typeof SourceMap>;

const LARGEST_BYTES = 64 * 1024 * 1024;
const COMMENT = /\/\/[#@] ?sourceMappingURL=(\S+)\s*$/;
const INLINE = /^data:application\/json;(?:charset[=:][^;,]+;)?base64,(.+)$/;

/** The text of a script's map: inline, named by its comment, or lying beside it. */
export function mapTextOf(script: string): string | undefined {
  const text = readFileSync(script, 'utf8').slice(-LARGEST_BYTES);
  const named = COMMENT.exec(text)?.[1];
  const inline = named === undefined ? null : INLINE.exec(named);
  if (inline !== null) return Buffer.from(inline[1]!, 'base64').toString('utf8');
  const beside = `${script}.map`;
  const file =
    named === undefined || existsSync(beside) || /^[a-z]+:/i.test(named)
      ? beside
      : path.resolve(path.dirname(script), decoded(named));
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > LARGEST_BYTES) return undefined;
  return readFileSync(file, 'utf8');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

export function parseMap(text: string): SourceMap | undefined {
  try {
    const parsed = SourceMap.safeParse(JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** For each source, by index, the lines (from 1) that some emitted code came from. */
export function mappedLines({ mappings, sources }: SourceMap): readonly ReadonlySet<number>[] {
  const lines = sources.map(() => new Set<number>());
  let source = 0;
  let line = 0;
  for (const segment of mappings.split(/[;,]/)) {
    const [, sourceStep, lineStep] = decodeVlq(segment);
    if (sourceStep === undefined || lineStep === undefined) continue;
    source += sourceStep;
    line += lineStep;
    lines[source]?.add(line + 1);
  }
  return lines;
}

const DIGITS = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((c, i) => [c, i]),
);

/** Base64 digits of six bits: five of value, one that says that more follow; the last value bit is the sign. */
function decodeVlq(segment: string): number[] {
  const values: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of segment) {
    const digit = DIGITS.get(character);
    if (digit === undefined) return [];
    value += (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    values.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return values;
}
