// A process with a small heap that imports a large file, made as it is read, and says what it took.
import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { closeDatabase } from '#lib/db.ts'
import { importPrompts } from '#lib/services/import.ts'
import { invoke } from '#lib/services/operation.ts'
import { as, buildProject, join } from './world.ts'

const MB = 1024 * 1024
const PIECE = 64 * 1024
const filler = 'x'.repeat(MB)

/** The rows of each file by number; null ends it. */
const FILES: Record<string, { query: Record<string, string>; row: (index: number) => string | null }> = {
  'heavy-rows': { query: {}, row: (index) => (index < 120 ? `{"prompt": "${index} ${filler}"}\n` : null) },
  'bad-rows': { query: { format: 'prompt' }, row: (index) => (index < 120_000 ? '{"prompt": {"not": "a text"}}\n' : null) },
  'heavy-bad-rows': { query: { format: 'prompt' }, row: (index) => (index < 120 ? `{"prompt": ["${index} ${filler}"]}\n` : null) },
  'dry-run': { query: { dryRun: 'true' }, row: (index) => (index < 60_000 ? `{"prompt": "${randomUUID()}"}\n` : null) },
}

const collect = (globalThis as { gc?: () => void }).gc ?? (() => {})
/** Megabytes of live heap at every tenth of the rows. */
const heaps: number[] = []
const EVERY = 5_000

const { query, row } = FILES[process.argv[2] ?? ''] as (typeof FILES)[string]
const encoder = new TextEncoder()
let index = 0
const body = new ReadableStream<Uint8Array>({
  async pull(controller) {
    // As a network would: between two pieces the process can do other things.
    await setImmediate()
    let piece = ''
    while (piece.length < PIECE) {
      const next = row(index)
      if (next === null) {
        if (piece) controller.enqueue(encoder.encode(piece))
        return controller.close()
      }
      piece += next
      if (++index % EVERY === 0) {
        collect()
        heaps.push(process.memoryUsage().heapUsed / MB)
      }
    }
    controller.enqueue(encoder.encode(piece))
  },
})
const project = await buildProject()
const engineer = await join(project.id, 'engineer')
const { candidates, imported, duplicates, faulty } = await invoke(
  importPrompts,
  { params: { projectId: project.id }, query: query as never },
  as(engineer, { body }),
)
await closeDatabase()
const peak = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ counts: { candidates, imported, duplicates, faulty }, peak, heaps }))
