/** Somebody who looks around: a page, the agents, the prompts, and time to read between them. */

import { check, sleep } from 'k6';
import http from 'k6/http';

const PATHS = ['/dashboard', '/agents', '/prompts', '/endpoints'];

export default function () {
  // Before the first request too: people do not all come in the same moment.
  sleep(Math.random() * 2);
  const reply = http.get(`${__ENV.TARGET_URL}${PATHS[__ITER % PATHS.length]}`);
  check(reply, { 'answers 200': ({ status }) => status === 200 });
}
