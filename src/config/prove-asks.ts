/** Requests of a probe, proved: what each sends, what has to come back, what is kept of it. */

import type { Diagnostic } from '../failure.ts';
import { at } from './diagnose.ts';
import type { HttpAsk, HttpExpected, ProbeBody, ProbeValue } from './probe.ts';
import type { WrittenAsk, WrittenBody, WrittenValue } from './probe-schema.ts';
import type { Document, Step } from './yaml.ts';

/** Where a part of a probe stands, and who is told what is wrong there. */
export interface Here {
  readonly document: Document;
  readonly path: readonly Step[];
  readonly diagnostics: Diagnostic[];
}

export const inside = (here: Here, ...steps: readonly Step[]): Here => {
  return { ...here, path: [...here.path, ...steps] };
};

export function complain(here: Here, message: string, ...help: readonly string[]): void {
  here.diagnostics.push(at(here.document.spot(here.path), message, help));
}

/** About a key of what stands here. */
export function complainOf(here: Here, key: Step, message: string, ...help: readonly string[]) {
  here.diagnostics.push(at(here.document.keySpot([...here.path, key]), message, help));
}

export function valueOf(written: WrittenValue): ProbeValue {
  if (typeof written === 'string') return { kind: 'text', text: written };
  return 'env' in written ? { kind: 'env', ...written } : { kind: 'saved', ...written };
}

const BODILESS = ['GET', 'HEAD'];
const HEADER = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/;

/** Undefined where it asks nothing. */
export function askOf(here: Here, written: WrittenAsk): HttpAsk | undefined {
  for (const key of ['click', 'fill', 'with'] as const)
    if (written[key] !== undefined)
      complainOf(here, key, `\`${key}\` is done on a page`, 'give the probe a `page`');
  if (written.http === undefined) {
    complain(here, 'nothing is asked here', 'write http: GET /healthz');
    return undefined;
  }
  const { http, headers = {}, bearer, body, save = {}, redirects } = written;
  const [method = '', path = ''] = http.split(' ');
  if (body !== undefined && BODILESS.includes(method))
    complainOf(here, 'body', `a ${method} request has no body`, 'take it out, or POST it');
  checkHeaders(here, written);
  for (const [name, where] of Object.entries(save)) checkPath(inside(here, 'save', name), where);
  return {
    ...{ method, path, followsRedirects: redirects === 'follow' },
    headers: Object.entries(headers).map(([name, value]) => [name, valueOf(value)] as const),
    ...(bearer !== undefined && { bearer: valueOf(bearer) }),
    ...(body !== undefined && { body: bodyOf(body) }),
    expect: expectedOf(inside(here, 'expect'), written.expect),
    save: Object.entries(save),
  };
}

function checkHeaders(here: Here, { headers = {}, bearer }: WrittenAsk): void {
  const there = inside(here, 'headers');
  for (const name of Object.keys(headers)) {
    if (!HEADER.test(name)) complainOf(there, name, `\`${name}\` is no name of a header`);
    if (bearer !== undefined && name.toLowerCase() === 'authorization')
      complainOf(there, name, '`bearer` says who asks already', 'keep one of them');
  }
}

function expectedOf(here: Here, written: WrittenAsk['expect'] = {}): HttpExpected {
  const { status, text, json = {}, within, selector } = written;
  if (selector !== undefined)
    complainOf(here, 'selector', '`selector` belongs to a page', 'give the probe a `page`');
  for (const where of Object.keys(json)) checkPath(inside(here, 'json', where), where);
  return {
    ...(status !== undefined && { status }),
    ...(text !== undefined && { text }),
    ...(within !== undefined && { withinMs: within }),
    json: Object.entries(json).map(
      ([where, value]) => [where, value === 'present' ? value : valueOf(value)] as const,
    ),
  };
}

const JSON_PATH = /^(?:\$(?=[.[]))?(?:\.?[A-Za-z_@$][\w@$-]*|\[\d{1,9}\]|\["(?:[^"\\]|\\.)*"\])+$/;

function checkPath(here: Here, path: string): void {
  if (path.length <= 300 && JSON_PATH.test(path)) return;
  complain(here, `\`${path.slice(0, 60)}\` is no path`, 'write it as agents[0].name');
}

/** `true`, `null` and numbers are what they are; `{ text: "12" }` stays text. */
function bodyOf(written: WrittenBody): ProbeBody {
  if (typeof written === 'string') return { kind: 'literal', json: scalarOf(written) };
  if (Array.isArray(written)) return { kind: 'list', items: written.map(bodyOf) };
  const entries = Object.entries(written);
  const [key, value] = entries.length === 1 ? entries[0]! : [];
  if (typeof value === 'string') {
    if (key === 'env') return { kind: 'env', env: value };
    if (key === 'saved') return { kind: 'saved', saved: value };
    if (key === 'text') return { kind: 'literal', json: value };
  }
  return { kind: 'map', entries: entries.map(([name, inner]) => [name, bodyOf(inner)] as const) };
}

function scalarOf(text: string): string | number | boolean | null {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
}
