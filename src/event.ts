/** Everything that can happen in a run. The engine emits these; reporters and the history listen. */

import type { GateName } from './judge/agent.ts';
import type { GateVerdict } from './judge/verdict.ts';
import type { Measurement } from './measure/runner.ts';
import type { CheckResult } from './pipeline/result.ts';

export type Event =
  | {
      readonly kind: 'run_started';
      readonly service: string;
      readonly root: string;
      /** `nemesis.config.yaml`, or what stands in for it. */
      readonly configuration: string;
      readonly gates: readonly GateName[];
    }
  | { readonly kind: 'gate_started'; readonly gate: GateName }
  | { readonly kind: 'runner_started'; readonly gate: GateName; readonly runner: string }
  /** What it does now, in a few words. */
  | {
      readonly kind: 'runner_progress';
      readonly gate: GateName;
      readonly runner: string;
      readonly text: string;
    }
  /** Whole lines of what its tool says, as it says them; only where somebody wants to see them. */
  | {
      readonly kind: 'runner_said';
      readonly gate: GateName;
      readonly runner: string;
      readonly text: string;
    }
  | {
      readonly kind: 'runner_ended';
      readonly gate: GateName;
      readonly runner: string;
      readonly measurement: Measurement;
      readonly durationMs: number;
    }
  | { readonly kind: 'gate_judged'; readonly verdict: GateVerdict }
  | { readonly kind: 'run_ended'; readonly result: CheckResult };

export type Emit = (event: Event) => void;
