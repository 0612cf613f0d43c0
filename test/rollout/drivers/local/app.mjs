// A service for the tests to release. What it does wrong stands in its VERSION: `slow-start`, `crash`, `hang`, …
import { spawn } from 'node:child_process';
import http from 'node:http';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const { PORT, HOST, VERSION = '', INSTANCE, GREETING = '' } = process.env;
const control = (name) => existsSync(name) && readFileSync(name, 'utf8').trim();
let probes = 0;
let child;

if (VERSION.startsWith('crash')) {
  console.error('port in use, or so it says');
  process.exit(3);
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/healthz') return health(response);
  if (url.pathname === '/slow') {
    writeFileSync('began', '');
    setTimeout(() => say(response), Number(url.searchParams.get('ms')));
    return;
  }
  if (url.pathname === '/die') process.exit(7);
  if (url.pathname === '/fail') {
    response.statusCode = 500;
    return say(response);
  }
  const many = Number(url.searchParams.get('many'));
  if (url.pathname === '/download') return pour(response, Buffer.alloc(65_536, 97), many);
  if (url.pathname === '/events') return pour(response, Buffer.from('data: tick\n\n'), many);
  if (url.pathname === '/upload') return measure(request, response);
  if (url.pathname === '/child') return response.end(String(child));
  if (url.pathname === '/env') return response.end(JSON.stringify(process.env));
  say(response);
});

function say(response) {
  response.setHeader('X-Pid', process.pid);
  response.end(`${VERSION} ${INSTANCE}${GREETING}`);
}

async function pour(response, piece, many) {
  for (let sent = 0; sent < many; sent += 1) {
    if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.end();
}

async function measure(request, response) {
  let bytes = 0;
  for await (const piece of request) bytes += piece.length;
  response.end(String(bytes));
}

function health(response) {
  probes += 1;
  if (VERSION.startsWith('hang')) return;
  if (VERSION.startsWith('flap') && probes % 2 === 0) response.statusCode = 503;
  if (VERSION.startsWith('die') && probes > 3) process.exit(9);
  if (control('sick') === INSTANCE) response.statusCode = 500;
  response.end('fine');
}

if (VERSION.startsWith('forks')) {
  child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).pid;
}
if (VERSION.startsWith('stubborn')) process.on('SIGTERM', () => undefined);
server.listen(Number(PORT), HOST);
