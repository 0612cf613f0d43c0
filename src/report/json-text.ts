/** A document as JSON text that may also be shown on a terminal or in the log of a CI system: the same document, byte for byte safe. */

/** JSON leaves these as they are; written as escapes they mean the same and do nothing. */
const UNSEEN =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]|\udb40[\udc00-\udc7f]/g;

/** Ends with a line break. Braces and quotes begin every line, so that none is a command of a CI system. */
export function jsonText(document: unknown): string {
  const text = JSON.stringify(document, null, 2)
    .replace(UNSEEN, (unseen) => unseen.replace(/[^]/g, escaped))
    // `##[error]` is one wherever it stands.
    .replace(/#(?=#[A-Za-z]{0,20}\[)/g, String.raw`\u0023`);
  return `${text}\n`;
}

const escaped = (unit: string): string =>
  String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0');
