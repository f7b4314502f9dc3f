// `npm run configuration`: prints the settings of lib/env.ts into docs/configuration.md; `-- --check` only compares.
import { fileURLToPath } from 'node:url'
import { enter } from './start/bootstrap.mjs'

await enter(fileURLToPath(import.meta.url), 'scripts/configuration.ts')
