/** HTML made of elements: words are always escaped, only elements go in as they are. */

import { fit } from './wording.ts';
import { attributes, escaped } from './xml-text.ts';

/** Markup of our own. */
export interface Html {
  readonly html: string;
}

export const NOTHING: Html = { html: '' };

/** One word of any length would make a page that nobody can open. */
const LONGEST = 10_000;

const EMPTY = new Set(['input']);

export function element(
  name: string,
  values: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly (string | Html)[]
): Html {
  const inner = children.map((child) =>
    typeof child === 'string' ? escaped(fit(child, LONGEST)) : child.html,
  );
  const close = EMPTY.has(name) ? '' : `</${name}>`;
  return { html: `<${name}${attributes(values)}>${inner.join('')}${close}` };
}
