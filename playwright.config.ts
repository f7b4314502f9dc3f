// Browser tests against the whole product, which Playwright starts in a home of its own.
import { defineConfig } from '@playwright/test'
import { findChromium, INSTALL_CHROMIUM } from './tests/support/chromium.ts'

const executablePath = findChromium()
if (!executablePath) throw new Error(`Chromium was not found. Install it with: ${INSTALL_CHROMIUM}`)

const port = Number(process.env.EXEMPLAR_E2E_PORT ?? 3900)
const address = `http://127.0.0.1:${port}`

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  // One product, one database, two cores: tests beside each other would only wait for each other.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: address,
    locale: 'en-GB',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath,
      // A browser that reports home or updates itself makes tests slow and dependent on a network.
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        // For tests/e2e/instance.ts.
        '--host-resolver-rules=MAP exemplar.lan 127.0.0.1',
      ],
    },
  },
  webServer: {
    command: 'node scripts/start.mjs',
    url: `${address}/api/ready`,
    timeout: 300_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    stdout: 'pipe',
    env: {
      EXEMPLAR_HOME: process.env.EXEMPLAR_E2E_HOME ?? '.exemplar/e2e',
      EXEMPLAR_PORT: String(port),
      EXEMPLAR_PORT_TAKEN: 'fail',
      EXEMPLAR_ADDRESS: address,
      EXEMPLAR_DEMO: 'on',
      // The pipe from data to model is proven on the tiny model; the real one takes minutes to prepare.
      EXEMPLAR_TRAINER: 'tiny',
      ...(process.env.DATABASE_URL ? { DATABASE_URL: process.env.DATABASE_URL } : {}),
    },
  },
})
