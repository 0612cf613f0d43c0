/** Says in plain words what YAML's own errors mean, above all when a value starts with `>`. */

import type { YAMLParseError } from 'yaml';

export interface Said {
  readonly message: string;
  readonly help: readonly string[];
  readonly start?: number;
  readonly end?: number;
}

/** `key: > 5`, `- key: >= 85%` and `- > 5`: what leads up to the value, the key, and all from the `>` on. */
const COMPARISON_VALUE =
  /^((?:\s|-\s)*)(?:(["']?)([A-Za-z_][\w.]*)\2:\s+)?(>=?\s*[^\s#](?:\s?\S)*?)\s*(?:\s#.*)?$/;

/** No sentence is longer, and no line that is needs this explanation. */
const LONGEST_LINE = 500;

export function explainYamlError(error: YAMLParseError, text: string): Said {
  return (
    comparisonAt(text, error.pos[0]) ??
    strayLine(error, text) ?? { message: ownWords(error), help: helpFor(error) }
  );
}

/** Where YAML sees a mapping inside a value, the line below is often only indented wrongly. */
function strayLine({ code, pos }: YAMLParseError, text: string): Said | undefined {
  if (code !== 'BLOCK_AS_IMPLICIT_KEY' && code !== 'MULTILINE_IMPLICIT_KEY') return undefined;
  const lineStart = text.lastIndexOf('\n', pos[0] - 1) + 1;
  const isEntry = /^[ \t]*-\s/.test(text.slice(lineStart, lineStart + 500));
  const lineEnd = text.indexOf('\n', pos[0]);
  const rest = text.slice(pos[0], lineEnd < 0 ? text.length : lineEnd).slice(0, 500);
  const isBelow = !isEntry && code === 'BLOCK_AS_IMPLICIT_KEY' && !/:\s/.test(rest);
  if (!isEntry && !isBelow) return undefined;
  const from = isEntry ? lineStart : lineEnd;
  const start = from + (/\S/.exec(text.slice(from))?.index ?? 0);
  return {
    message: 'this line is indented differently from the ones above it',
    help: ['lines that belong together begin in the same column'],
    start,
    end: start + (/^.*/.exec(text.slice(start))?.[0].trimEnd().length ?? 1),
  };
}

/**
 * A plain value that starts with `>` opens a folded block of text in YAML. Also found where YAML sees no error:
 * `eslint_warnings: >5` is an empty block with an indentation of five.
 */
export function comparisonAt(text: string, offset: number): Said | undefined {
  const start = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
  const match = line.length > LONGEST_LINE ? null : COMPARISON_VALUE.exec(line);
  const [, , , key, value] = match ?? [];
  if (value === undefined) return undefined;
  const from = start + line.lastIndexOf(value);
  const spaced = value.replace(/^(>=?)\s*/, '$1 ');
  return {
    message: `a value that starts with \`>\` opens a block of text in YAML, so \`${value}\` is not read as a comparison`,
    help:
      key === undefined
        ? [`write the sentence with its metric: - eslint_errors ${spaced}`]
        : [`quote it: ${key}: "${value}"`, `or write the sentence: - ${key} ${spaced}`],
    start: from,
    end: from + value.length,
  };
}

const OWN_WORDS: Readonly<Partial<Record<YAMLParseError['code'], readonly [string, string?]>>> = {
  MULTIPLE_DOCS: ['a second document starts here; one file holds one', 'make it a file of its own'],
  TAB_AS_INDENT: ['a tab cannot indent YAML', 'use spaces'],
  BAD_ALIAS: ['aliases (`*name`) are not allowed here', 'write the value out'],
  ALIAS_PROPS: ['aliases (`*name`) are not allowed here', 'write the value out'],
  BAD_DIRECTIVE: ['directives (`%`) are not allowed here'],
  BLOCK_AS_IMPLICIT_KEY: [
    'a value cannot hold another `key: value` on its line',
    'quote the value, or begin a new line for the key',
  ],
  MULTILINE_IMPLICIT_KEY: ['expected `key: value`', 'a colon needs a space behind it'],
  TAG_RESOLVE_FAILED: ['tags (`!name`) are not allowed here', 'remove it'],
  BAD_COLLECTION_TYPE: ['tags (`!name`) are not allowed here', 'remove it'],
};

function ownWords(error: YAMLParseError): string {
  const own = OWN_WORDS[error.code]?.[0];
  if (own !== undefined) return own;
  const open = /^Flow (map|sequence)/.exec(error.message)?.[1];
  if (open !== undefined) {
    return open === 'map' ? 'a mapping in { } is not closed' : 'a list in [ ] is not closed';
  }
  if (error.message.startsWith('Missing closing')) return 'a text in quotes does not end';
  return lowerFirst(error.message.split('\n')[0] ?? '').replace(/\.$/, '');
}

function helpFor(error: YAMLParseError): readonly string[] {
  const help = OWN_WORDS[error.code]?.[1];
  if (error.code === 'BAD_SCALAR_START') return ['quote it'];
  return help === undefined ? [] : [help];
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
