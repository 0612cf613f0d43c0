/** What the composition root hands to the commands that roll out: drivers by kind, and running declared commands. */

import type { EnvironmentConfig } from '../config/environment.ts';
import type { ReleaseRecord } from '../history/records.ts';
import type { Driver } from './driver.ts';
import type { ProbeResult } from '../measure/probes/result.ts';
import type { WalkPorts } from './ports.ts';
import type { PathsAsked, TellResult } from './scripts/try-paths.ts';
import type { AskSources } from './sources/ask-all.ts';

/** Where a service's environments are acted on from. */
export interface RolloutPlace {
  readonly service: string;
  /** Absolute: the project. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** This user's own state folder. */
  readonly stateFolder: string;
  /** Where the copy of an artifact lies; undefined where this machine has none. */
  readonly artifactPath: (release: ReleaseRecord) => string | undefined;
}

export type Alerts =
  | { readonly kind: 'none' }
  | { readonly kind: 'firing'; readonly lines: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string };

export interface RolloutParts {
  driver(environment: EnvironmentConfig, place: RolloutPlace): Driver;
  /** Runs a declared command; it is told where the environment's releases answer, where one is given. */
  runCommand(
    environment: EnvironmentConfig | undefined,
    place: RolloutPlace,
  ): WalkPorts['runCommand'];
  /** Asks the declared sources of metrics. */
  sources(environment: EnvironmentConfig, place: RolloutPlace): AskSources;
  /** Tries paths of the service, each result told as it comes. */
  tryPaths(
    environment: EnvironmentConfig,
    place: RolloutPlace,
    asked: PathsAsked,
    tell: TellResult,
    signal: AbortSignal,
  ): Promise<readonly ProbeResult[]>;
  /** Where an environment takes requests; undefined where nobody says. */
  address(environment: EnvironmentConfig): string | undefined;
  /** Asks the declared alerts command. */
  alerts(
    environment: EnvironmentConfig,
    place: RolloutPlace,
    about: { readonly deployment: string; readonly version: string },
  ): Promise<Alerts>;
  /** Ends a local environment and all its instances; what is left running, in words. */
  down(environment: EnvironmentConfig, place: RolloutPlace): Promise<readonly string[]>;
  close(): Promise<void>;
}
