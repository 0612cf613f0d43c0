import { accessSync, constants } from 'node:fs';
import { defineConfig } from '@playwright/test';
import path from 'node:path';
import { randomBytes } from 'node:crypto';

const PORT = 18083;

/** Workers inherit it, so that tests sign in with what the service was started with. */
process.env['E2E_PASSWORD'] ??= randomBytes(12).toString('hex');

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  use: { baseURL: `http://127.0.0.1:${PORT}` },
  projects: [{ name: 'chromium', use: { browserName: 'chromium', launchOptions: chromium() } }],
  webServer: {
    command: 'node src/main.ts',
    url: `http://127.0.0.1:${PORT}/healthz`,
    env: {
      PORT: String(PORT),
      DATA_DIR: ':memory:',
      LOG_LEVEL: 'warn',
      SEED_PASSWORD: process.env['E2E_PASSWORD'],
    },
  },
});

/** The Chromium on the PATH, where there is one; else the one Playwright has installed. */
function chromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const files = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const executablePath = files.find(isExecutable);
  // A container has no user namespaces for the sandbox, and the only page is our own.
  return executablePath === undefined ? {} : { executablePath, args: ['--no-sandbox'] };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
