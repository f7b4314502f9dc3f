import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // On two cores vitest would take one, and most of what is tested waits for a database or a process.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: { name: 'unit', include: ['tests/unit/**/*.test.{ts,tsx}'], setupFiles: ['tests/support/environment.ts'] },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: ['tests/support/template.ts'],
          // The order matters: the database's address must stand before anything of ours is loaded.
          setupFiles: ['tests/support/environment.ts', 'tests/support/database.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'recovery',
          include: ['tests/recovery/**/*.test.ts'],
          globalSetup: ['tests/recovery/product.ts'],
          testTimeout: 150_000,
          // The first start may have to install the trainer.
          hookTimeout: 1_200_000,
        },
      },
    ],
  },
})
