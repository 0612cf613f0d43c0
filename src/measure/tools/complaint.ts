/** The one line of a tool's stderr that says what went wrong. */

const NOISE = [
  /^AggregationError: /,
  /^Oops! Something went wrong/,
  /^ESLint: \d/,
  /^\(node:\d+\)/,
  /^\(Use `node --trace/,
  /^Node\.js v\d/,
  /^npm (warn|notice)/i,
  /^at /,
  /^\^+$/,
];

const COLOUR = /\u001B\[[\d;]*m/g;

/** What prettier and gitleaks put before every line. */
const PREFIX = /^(\[error\] |\d+:\d+[AP]M )/;

/** A line that names an error comes first, else the first that is no banner; short, in one line, without `root`. */
export function complaintIn(stderr: string, root: string): string {
  const lines = stderr
    .replace(COLOUR, '')
    .split('\n')
    .map((line) => line.replace(PREFIX, '').trim())
    .filter((line) => line !== '' && !NOISE.some((noise) => noise.test(line)));
  const line = lines.find((text) => /\bFTL |\w*error\b.*\S/i.test(text)) ?? lines[0] ?? '';
  const short = line
    .replace(/^FTL /, '')
    .replaceAll(`file://${root}/`, '')
    .replaceAll(`${root}/`, '');
  return short.length > 240 ? `${short.slice(0, 239)}…` : short;
}

/** How a tool names files, as findings do: relative to the root, `/` separated. */
export function relativeTo(root: string, file: string): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file.replace(/^\.\//, '');
}
