/** A probe: how one path of a service is tried, as the configuration describes it. Plain data, no secret in it. */

import type { Place } from '../failure.ts';

/** Text as written, a variable of the environment, or what an earlier answer was asked to keep. */
export type ProbeValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'env'; readonly env: string }
  | { readonly kind: 'saved'; readonly saved: string };

/** The body of a request: JSON with values in it. */
export type ProbeBody =
  | { readonly kind: 'literal'; readonly json: string | number | boolean | null }
  | Exclude<ProbeValue, { kind: 'text' }>
  | { readonly kind: 'list'; readonly items: readonly ProbeBody[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, ProbeBody])[] };

/** What an answer has to be. Without a status, any of 200 to 299. */
export interface HttpExpected {
  readonly status?: number;
  /** Text the body has to hold. */
  readonly text?: string;
  /** Path in a JSON body to what stands there; `present` asks only that something does. */
  readonly json: readonly (readonly [path: string, value: ProbeValue | 'present'])[];
  /** A slower answer is none, ms. */
  readonly withinMs?: number;
}

/** One request. */
export interface HttpAsk {
  readonly method: string;
  /** Below the address of the environment; `{name}` stands for a kept value. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: ProbeValue])[];
  readonly bearer?: ProbeValue;
  readonly body?: ProbeBody;
  readonly expect: HttpExpected;
  /** Name to path in the JSON body: kept for later requests, and secret. */
  readonly save: readonly (readonly [name: string, path: string])[];
  readonly followsRedirects: boolean;
}

/** What is done on a page, in order. */
export type PageAct =
  | { readonly kind: 'click'; readonly selector: string }
  | { readonly kind: 'fill'; readonly selector: string; readonly with: ProbeValue }
  /** Waits until it is seen, with that text in it. */
  | { readonly kind: 'expect'; readonly selector: string; readonly text?: string };

export type Probe = {
  /** The longest it may take, ms. */
  readonly timeoutMs: number;
  /** Probes that have to hold first; where one does not, this one is not tried. */
  readonly needs: readonly string[];
  readonly place: Place;
} & (
  | { readonly kind: 'http'; readonly asks: readonly HttpAsk[] }
  | { readonly kind: 'run'; readonly argv: readonly string[] }
  | {
      readonly kind: 'page';
      readonly path: string;
      readonly status?: number;
      readonly acts: readonly PageAct[];
      readonly followsRedirects: boolean;
      /** Asked instead where there is no browser. */
      readonly or?: readonly HttpAsk[];
    }
  /** This service has no such path, and says so. */
  | { readonly kind: 'not_applicable'; readonly why: string }
);

/** A probe by the name the gates have for it. */
export interface NamedProbe {
  readonly name: string;
  /** `core_workflows`; null where it is only needed by another. */
  readonly section: string | null;
  readonly probe: Probe;
}

export type Probes = Readonly<Record<string, Probe>>;

/** `{name}` in the path of a request. */
export const PLACEHOLDER = /\{([A-Za-z][\w.-]{0,63})\}/g;
