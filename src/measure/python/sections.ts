/**
 * Configuration files with sections, as far as facts about a project need them: TOML (https://toml.io) and the INI
 * dialect of Python's tools. Values stay text; nothing is evaluated, and what cannot be understood is passed over.
 */

export interface Section {
  /** Without brackets and quotes: `tool.mypy`, `mypy-tests.*`; one of an array of tables like any other. */
  readonly name: string;
  /** Key to raw text: `true`, `"3.11"`, `["a", "b"]`; for INI without quotes, continued lines after a newline. */
  readonly entries: ReadonlyMap<string, string>;
}

/** In the order written. What stands before the first section has the name ''. */
export function sectionsOf(text: string, syntax: 'toml' | 'ini'): readonly Section[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return syntax === 'toml' ? tomlSections(lines) : iniSections(lines);
}

interface Table extends Section {
  readonly entries: Map<string, string>;
}

function tomlSections(lines: readonly string[]): Section[] {
  let entries = new Map<string, string>();
  const sections = [{ name: '', entries }];
  const implied: Table[] = [];
  let header = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!.trim();
    const name = headerIn(line);
    if (name !== undefined) {
      entries = new Map();
      header = name;
      sections.push({ name, entries });
      continue;
    }
    const pair = line.startsWith('#') ? null : TOML_PAIR.exec(line);
    if (pair === null) continue;
    let value = pair[2]!;
    while (isOpen(value) && index + 1 < lines.length) value += `\n${lines[++index]!}`;
    const key = unquoted(pair[1]!);
    const written = withoutComments(value).trim();
    entries.set(key, written);
    implied.push(...impliedSections(header, key, written));
  }
  return [...sections, ...joined(implied)];
}

/** Those of one name hold what was said of it line by line; each of an array stands for itself. */
function joined(implied: readonly Table[]): Table[] {
  const found: Table[] = [];
  for (const table of implied) {
    const known = found.findLast(({ name }) => name === table.name);
    const isAnother = [...table.entries.keys()].some((key) => known?.entries.has(key) === true);
    if (known === undefined || isAnother) found.push(table);
    else for (const [key, value] of table.entries) known.entries.set(key, value);
  }
  return found;
}

/** Tables without a header: `mypy = { strict = true }` below `[tool]` is `[tool.mypy]`, and so is `mypy.strict = true`. */
function impliedSections(name: string, key: string, value: string): Table[] {
  const within = name === '' ? key : `${name}.${key}`;
  const dot = within.lastIndexOf('.');
  const above = { name: within.slice(0, dot), entries: new Map([[within.slice(dot + 1), value]]) };
  return [...(key.includes('.') ? [above] : []), ...inlineSections(within, value)];
}

function inlineSections(name: string, value: string): Table[] {
  const inner = value.slice(1, -1);
  if (/^\[.*\{/s.test(value)) {
    return partsOf(inner).flatMap((part) => inlineSections(name, part.trim()));
  }
  if (!value.startsWith('{')) return [];
  const pairs = partsOf(inner).flatMap((part) => {
    const pair = TOML_PAIR.exec(part.trim());
    return pair === null ? [] : [[unquoted(pair[1]!), pair[2]!.trim()] as const];
  });
  const nested = pairs.flatMap(([key, one]) => impliedSections(name, key, one));
  return [{ name, entries: new Map(pairs) }, ...nested];
}

/** At the commas that stand in no text and no bracket. */
function partsOf(inner: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const [token] of inner.matchAll(PIECES)) {
    if (/^[[{]$/.test(token)) depth += 1;
    if (/^[\]}]$/.test(token)) depth -= 1;
    if (token === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts;
}

function iniSections(lines: readonly string[]): Section[] {
  let entries = new Map<string, string>();
  let key: string | undefined;
  const sections = [{ name: '', entries }];
  for (const line of lines.filter((one) => !/^\s*([#;]|$)/.test(one))) {
    const name = /^\s/.test(line) ? undefined : headerIn(line);
    if (name !== undefined) {
      entries = new Map();
      key = undefined;
      sections.push({ name, entries });
    } else if (/^\s/.test(line) && key !== undefined) {
      entries.set(key, `${entries.get(key) ?? ''}\n${line.trim()}`);
    } else {
      const pair = INI_PAIR.exec(line.trim());
      if (pair === null) continue;
      key = pair[1]!.trim();
      entries.set(key, pair[2]!.trim());
    }
  }
  return sections;
}

/** `[tool.mypy]`, `[[tool.mypy.overrides]]`. */
function headerIn(line: string): string | undefined {
  const name = /^\[{1,2}\s*([^[\]]+?)\s*\]{1,2}\s*(?:[#;].*)?$/.exec(line)?.[1];
  return name === undefined ? undefined : unquoted(name);
}

const unquoted = (text: string): string => text.replace(/["']/g, '').trim();

const TOML_PAIR = /^((?:[\w.-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=\s*(.*)$/s;
const INI_PAIR = /^([^=:]+?)\s*[=:]\s*(.*)$/s;

/** Strings first, so that a `#` or a bracket in one counts for nothing. */
const TOKENS =
  /'''[\s\S]*?'''|"{3}[\s\S]*?"{3}|'''|"{3}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[[\]{}]/g;

/** A text, or a single character outside of one. */
const PIECES = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\s\S]/g;

/** A bracket, or a text over several lines, that the value has not closed yet. */
function isOpen(value: string): boolean {
  let depth = 0;
  for (const [token] of value.matchAll(TOKENS)) {
    if (token === '"""' || token === "'''") return true;
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
  }
  return depth > 0;
}

function withoutComments(value: string): string {
  return value.replace(TOKENS, (token) => (token.startsWith('#') ? '' : token));
}

/** Every quoted text in a raw TOML value, in order. */
export function textsIn(value: string): string[] {
  return [...value.matchAll(/"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'/g)].map(
    ([, double, single]) => double ?? single ?? '',
  );
}
