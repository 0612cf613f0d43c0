/** Runs what a step of a rollout asks for: a command of the project, or paths of the service. */

import type { WalkPorts } from '../ports.ts';
import { runDeclared, type DeclaredOptions } from './run-declared.ts';
import { pathsAsStep } from './try-paths.ts';

export function runStep(options: DeclaredOptions): WalkPorts['runCommand'] {
  const declared = runDeclared(options);
  return (command, context, signal) => {
    const { probes } = command;
    if (probes === undefined) return declared(command, context, signal);
    return pathsAsStep({ ...command, probes }, context, options.url(context), options, signal);
  };
}
