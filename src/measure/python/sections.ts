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

function tomlSections(lines: readonly string[]): Section[] {
  let entries = new Map<string, string>();
  const sections = [{ name: '', entries }];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!.trim();
    const name = headerIn(line);
    if (name !== undefined) {
      entries = new Map();
      sections.push({ name, entries });
      continue;
    }
    const pair = line.startsWith('#') ? null : TOML_PAIR.exec(line);
    if (pair === null) continue;
    let value = pair[2]!;
    while (isOpen(value) && index + 1 < lines.length) value += `\n${lines[++index]!}`;
    entries.set(unquoted(pair[1]!), withoutComments(value).trim());
  }
  return sections;
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
