/** A service to try it with: answers with its version. One whose version says `sick` is never healthy. */

import http from 'node:http';

const { PORT, VERSION } = process.env;

const server = http.createServer((request, response) => {
  const isSick = request.url === '/healthz' && VERSION.includes('sick');
  response.statusCode = isSick ? 503 : 200;
  response.end(VERSION);
});
server.listen(Number(PORT), '127.0.0.1');

// Open requests are answered first.
process.on('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});
