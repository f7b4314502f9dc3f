// `npm start`: everything from an empty checkout to a running product. `--dev` runs Next's development server.
import { fileURLToPath } from 'node:url'
import { enter } from './start/bootstrap.mjs'

await enter(fileURLToPath(import.meta.url), 'scripts/start/main.ts')
