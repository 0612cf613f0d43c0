import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as readBody } from 'node:stream/consumers';
import type { ProviderAddress } from '../config.ts';
import { PROVIDER_NAMES, type ProviderName } from '../providers/provider.ts';
import { answerTo, toPieces } from './answers.ts';
import { PROTOCOLS, type ProviderProtocol } from './provider-protocols.ts';

export interface ProviderStandin {
  readonly addresses: Readonly<Record<ProviderName, ProviderAddress>>;
  close(): Promise<void>;
}

/** All four providers on one loopback port, each below its own path and with a key made for this run. */
export async function startProviderStandin(): Promise<ProviderStandin> {
  const apiKey = randomBytes(16).toString('hex');
  const server = createServer((request, response) => {
    serve(request, response, apiKey).catch(() => fail(response, 400));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const address = (name: ProviderName) => ({ baseUrl: origin + PROTOCOLS[name].basePath, apiKey });
  return {
    addresses: {
      openai: address('openai'),
      anthropic: address('anthropic'),
      google: address('google'),
      mistral: address('mistral'),
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  apiKey: string,
): Promise<void> {
  const url = (request.url ?? '').split('?')[0] ?? '';
  const name = PROVIDER_NAMES.find((one) => url.startsWith(`${PROTOCOLS[one].basePath}/`));
  if (name === undefined) return fail(response, 404);
  const protocol = PROTOCOLS[name];
  const path = url.slice(protocol.basePath.length);
  if (protocol.keyOf(request.headers) !== apiKey) return fail(response, 401);
  if (request.method === 'GET' && path === protocol.modelsPath) {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}');
  } else if (request.method === 'POST' && protocol.streamPath.test(path)) {
    stream(response, protocol, await readBody(request));
  } else {
    fail(response, 404);
  }
}

function stream(response: ServerResponse, protocol: ProviderProtocol, body: unknown): void {
  const prompt = protocol.promptOf(body);
  if (typeof prompt !== 'string') return fail(response, 400);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const data of protocol.events(toPieces(answerTo(prompt)))) {
    response.write(`data: ${data}\n\n`);
  }
  response.end();
}

function fail(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":{}}');
}
