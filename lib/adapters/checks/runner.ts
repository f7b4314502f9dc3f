// Checks in a thread of their own: a text or a project's expression that takes long stops nobody else, and is cut off.
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Finding } from '#lib/domain/check/finding.ts'
import type { CheckSettings } from '#lib/domain/check/settings.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'

/** Far beyond what a megabyte of text takes. */
const LIMIT_MS = 5_000

export class ChecksTooSlow extends Error {
  override name = 'ChecksTooSlow'
}

let thread: Worker | null = null
let last: Promise<unknown> = Promise.resolve()

/** Web, worker and tests run in the project's root, where Node takes the file as it is. */
function open(): Worker {
  const made = new Worker(path.join(/* turbopackIgnore: true */ process.cwd(), 'lib/adapters/checks/thread.ts'), { execArgv: [] })
  made.unref()
  return made
}

function run(settings: CheckSettings, content: DraftContent): Promise<Finding[]> {
  thread ??= open()
  const worker = thread
  const { promise, resolve, reject } = Promise.withResolvers<Finding[]>()
  const give = (error: Error) => {
    thread = null
    void worker.terminate()
    reject(error)
  }
  const ended = () => give(new Error('the thread that checks texts ended'))
  const timer = setTimeout(() => give(new ChecksTooSlow(`the checks of a text took more than ${LIMIT_MS / 1000} s`)), LIMIT_MS)
  worker.once('message', resolve).once('error', give).once('exit', ended)
  worker.postMessage({ settings, content })
  return promise.finally(() => {
    clearTimeout(timer)
    worker.off('message', resolve).off('error', give).off('exit', ended)
  })
}

/**
 * What the checks find in a text, in order of asking.
 * @throws ChecksTooSlow after five seconds; the next text has a new thread.
 */
export function checkText(settings: CheckSettings, content: DraftContent): Promise<Finding[]> {
  const found = last.then(() => run(settings, content))
  last = found.catch(() => {})
  return found
}
