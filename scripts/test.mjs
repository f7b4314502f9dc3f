// `npm test`: all set-up, then every stage; `npm test -- unit e2e` runs the named ones. It keeps to a home of its own.
import { fileURLToPath } from 'node:url'
import { enter } from './start/bootstrap.mjs'

process.env.EXEMPLAR_HOME ||= '.exemplar/test'
await enter(fileURLToPath(import.meta.url), 'scripts/test/main.ts')
