/** Patterns of paths: `*` within a folder, `**` across folders, `?` one character, `{a,b}` either. Pure. */

/** Whether a path (`/` as separator, relative) fits a pattern; a pattern without any of these is the path itself. */
export function fitsGlob(pattern: string, file: string): boolean {
  return new RegExp(`^${sourceOf(pattern)}$`, 'su').test(file);
}

function sourceOf(pattern: string): string {
  let source = '';
  let depth = 0;
  // Neighbouring stars say no more than one pair, and would cost time for each.
  for (const [token] of pattern.matchAll(/(?:\*\*\/)+|\*{2,}|[^]/gu)) {
    if (token.startsWith('**/')) source += '(?:.*/)?';
    else if (token.startsWith('**')) source += '.*';
    else if (token === '*') source += '[^/]*';
    else if (token === '?') source += '[^/]';
    else if (token === '{') {
      source += '(?:';
      depth += 1;
    } else if (token === '}' && depth > 0) {
      source += ')';
      depth -= 1;
    } else if (token === ',' && depth > 0) source += '|';
    else source += token.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
  }
  return source + ')'.repeat(depth);
}
