/** Globs of the configuration: `src/payments/**`, `*.{ts,tsx}`; a folder's name stands for all in it. Pure. */

/** Whether a path, relative to the root with `/` between its parts, is what one of the globs means. */
export function matcherOf(globs: readonly string[]): (file: string) => boolean {
  const patterns = globs.map(patternOf);
  return (file) => patterns.some((pattern) => pattern.test(file));
}

function patternOf(glob: string): RegExp {
  const written = glob.replace(/^\.\//, '').replace(/\/+$/, '');
  let source = '';
  let open = 0;
  for (const [part] of written.matchAll(/\*\*\/|\*\*|\*|\?|[{},]|[^*?{},]+/g)) {
    if (part === '**/') source += '(?:[^/]+/)*';
    else if (part === '**') source += '.*';
    else if (part === '*') source += '[^/]*';
    else if (part === '?') source += '[^/]';
    else if (part === '{') {
      open += 1;
      source += '(?:';
    } else if (part === '}' && open > 0) {
      open -= 1;
      source += ')';
    } else if (part === ',' && open > 0) source += '|';
    else source += part.replace(/[.+^$()|[\]\\{}]/g, String.raw`\$&`);
  }
  return new RegExp(`^${source}${')'.repeat(open)}(?:/.*)?$`, 's');
}
