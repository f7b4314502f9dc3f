// `npm run check`: the static checks alone.
import { fileURLToPath } from 'node:url'
import { enter } from './start/bootstrap.mjs'

process.env.EXEMPLAR_HOME ||= '.exemplar/test'
await enter(fileURLToPath(import.meta.url), 'scripts/test/check-main.ts')
