/** Asks the project's command whether a critical alert fires. What it cannot tell is never taken for "none". */

import { redactor } from '../../measure/redact.ts';
import { callScript, type Surroundings } from './call.ts';
import { endText, lastLines } from './said.ts';

export type AlertsAnswer =
  | { readonly kind: 'none' }
  /** A line each; at least one. */
  | { readonly kind: 'firing'; readonly lines: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string };

export interface AlertsOptions extends Surroundings {
  readonly service: string;
  readonly environment: string;
  readonly command: { readonly argv: readonly string[]; readonly timeoutMs: number };
}

export interface AlertsQuestion {
  readonly deployment: string;
  readonly version: string;
}

const CAP_BYTES = 1024 * 1024;
const MOST_LINES = 20;

/** Exit code 0: none; 1: firing, with standard output, else standard error, as its words; everything else is not known. */
export function alertsCommand(options: AlertsOptions) {
  const { service, environment, command } = options;
  const redact = redactor(options.env, options.secrets);
  return async (
    { deployment, version }: AlertsQuestion,
    signal?: AbortSignal,
  ): Promise<AlertsAnswer> => {
    const call = {
      ...{ ...command, capBytes: CAP_BYTES },
      document: { schema: 'nemesis.alerts/1', service, environment, deployment, version },
      values: {
        NEMESIS_SERVICE: service,
        NEMESIS_ENVIRONMENT: environment,
        NEMESIS_DEPLOYMENT: deployment,
        NEMESIS_VERSION: version,
      },
    };
    const { end, stdout, stderr } = await callScript(options, call, signal);
    if (end.kind !== 'exited') return { kind: 'unknown', why: `the command ${endText(end)}` };
    if (end.code === 0) return { kind: 'none' };
    if (end.code !== 1) {
      const [last = 'nothing on standard error'] = lastLines(stderr, 1, redact);
      return { kind: 'unknown', why: `exit code ${end.code}: ${last}` };
    }
    const words = [stdout, stderr].map((said) => lastLines(said, MOST_LINES, redact));
    const lines = words.find(({ length }) => length > 0) ?? ['an alert without words'];
    return { kind: 'firing', lines };
  };
}
