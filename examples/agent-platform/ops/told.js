/** What nemesis tells every step by environment variables; the same stands as JSON on standard input. */

const { env } = process;

export const told = {
  service: env.NEMESIS_SERVICE ?? 'agent-platform',
  environment: env.NEMESIS_ENVIRONMENT ?? 'nowhere',
  deployment: env.NEMESIS_DEPLOYMENT ?? 'none',
  step: env.NEMESIS_STEP ?? 'by hand',
  version: env.NEMESIS_VERSION,
  previousVersion: env.NEMESIS_PREVIOUS_VERSION,
  /** Where the release answers: one instance of it before it gets traffic, all of the service afterwards. */
  url: env.NEMESIS_URL,
};

/** Ends the step, and with it the deployment. */
export function fail(why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

export function neededUrl() {
  return told.url ?? fail('NEMESIS_URL is not set: there is nothing to ask');
}
