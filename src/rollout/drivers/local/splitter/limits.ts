/** The bounds of the splitter, in ms and bytes. */

export interface SplitterLimits {
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  readonly headerBytes: number;
  /** A client's connection between two requests. */
  readonly keepAliveMs: number;
  /** To reach an instance. */
  readonly connectMs: number;
  /** From the end of a request to the head of its answer. An answer that has begun may take as long as it likes. */
  readonly answerMs: number;
  /** Between two pieces of a request's body. */
  readonly bodyIdleMs: number;
  /** How long a client may refuse to take a piece of its answer. */
  readonly stalledMs: number;
  /** How long a client that asked whether to send its body waits for the instance's word. */
  readonly continueMs: number;
  /** A client that leaves sooner, before its answer, says nothing about the release. */
  readonly patienceMs: number;
  readonly connections: number;
  /** Between two looks at what takes too long. */
  readonly sweepMs: number;
}

export const LIMITS: SplitterLimits = {
  headersMs: 15_000,
  headerBytes: 32 * 1024,
  keepAliveMs: 75_000,
  connectMs: 5_000,
  answerMs: 60_000,
  bodyIdleMs: 60_000,
  stalledMs: 300_000,
  continueMs: 1_000,
  patienceMs: 1_000,
  connections: 10_000,
  sweepMs: 500,
};
