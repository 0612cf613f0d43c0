/** notify_team, notify_stakeholders: one line, into NOTIFY_FILE, to NOTIFY_URL, or else onto standard output. */

import { appendFileSync } from 'node:fs';
import { fail, told } from './told.js';

const { NOTIFY_FILE, NOTIFY_URL } = process.env;
const { service, environment, version, previousVersion, deployment, step } = told;

const before = previousVersion === undefined ? 'the first release' : `after ${previousVersion}`;
const text =
  step === 'notify_stakeholders'
    ? `${service} ${version} is about to go to ${environment}, ${before} (${deployment})`
    : `${service} ${version} is in ${environment}, ${before} (${deployment})`;

if (NOTIFY_FILE) appendFileSync(NOTIFY_FILE, `${text}\n`);
if (NOTIFY_URL) await post(NOTIFY_URL);
if (!NOTIFY_FILE && !NOTIFY_URL) process.stdout.write(`${text}\n`);

async function post(url) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) fail(`NOTIFY_URL answered ${response.status}`);
  } catch (error) {
    fail(`NOTIFY_URL cannot be reached: ${error.cause?.code ?? error.message}`);
  }
}
