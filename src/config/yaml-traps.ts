/** Says in plain words what YAML's own errors mean, above all when a value starts with `>`. */

import type { YAMLParseError } from 'yaml';

export interface Said {
  readonly message: string;
  readonly help: readonly string[];
  readonly start?: number;
  readonly end?: number;
}

/** `key: > 5` and `- key: >= 85%`: the key, and all from the `>` on. */
const COMPARISON_VALUE =
  /^(\s*(?:-\s+)*["']?)([A-Za-z_][\w.]*)(["']?:\s+)(>=?\s*[^\s#].*?)\s*(?:#.*)?$/;

export function explainYamlError(error: YAMLParseError, text: string): Said {
  const trap = comparisonAt(text, error.pos[0]);
  if (trap !== undefined) return trap;
  return { message: ownWords(error), help: [] };
}

/**
 * A plain value that starts with `>` opens a folded block of text in YAML. Also found where YAML sees no error:
 * `eslint_warnings: >5` is an empty block with an indentation of five.
 */
export function comparisonAt(text: string, offset: number): Said | undefined {
  const start = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
  const match = COMPARISON_VALUE.exec(line);
  if (match === null) return undefined;
  const [, lead, key, colon, value] = match;
  const from = start + lead!.length + key!.length + colon!.length;
  return {
    message: `a value that starts with \`>\` opens a block of text in YAML, so \`${value}\` is not read as a comparison`,
    help: [`quote it: ${key}: "${value}"`, `or write the sentence: - ${key} ${value}`],
    start: from,
    end: from + value!.length,
  };
}

function ownWords(error: YAMLParseError): string {
  switch (error.code) {
    case 'MULTIPLE_DOCS':
      return 'a second document starts here; one file holds one';
    case 'TAB_AS_INDENT':
      return 'a tab cannot indent YAML; use spaces';
    case 'BAD_ALIAS':
      return 'aliases (`*name`) are not allowed here';
    case 'DUPLICATE_KEY':
      return 'this key stands here twice';
    case 'MISSING_CHAR':
    case 'BAD_INDENT':
    case 'BLOCK_IN_FLOW':
    case 'UNEXPECTED_TOKEN':
    default:
      return lowerFirst(error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''));
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
