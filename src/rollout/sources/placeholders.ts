/** Puts names into queries and addresses, each encoded for where it stands: a version from git is data. Pure. */

export interface Named {
  readonly release: string;
  readonly environment: string;
  readonly service: string;
}

const PLACEHOLDER = /\{\{\s*([a-z_]+)\s*\}\}/g;

/** Into a quoted string of PromQL, as Go's strings are written: nothing in it can end the string. */
export function intoQuery(query: string, named: Named): string {
  return replaced(query, named, (value) =>
    value.replace(/[\\"'`]|\p{Cc}/gu, (char) =>
      /[\\"']/.test(char) ? `\\${char}` : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}

/** Into the path or the query of an address. */
export function intoAddress(address: string, named: Named): string {
  return replaced(address, named, (value) =>
    encodeURIComponent(value).replace(/[!'()*.]/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  );
}

function replaced(text: string, named: Named, encode: (value: string) => string): string {
  return text.replace(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(named, name) ? encode(named[name as keyof Named]) : whole,
  );
}
