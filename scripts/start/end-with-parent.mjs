// Preloaded into web and worker (`node --import`): neither may outlive its supervisor.
import { isMainThread } from 'node:worker_threads'
import { onParentGone } from './parent.mjs'

const GRACE_MS = 10_000

// Worker threads load the same preloads; the signal is sent once, by the main thread.
if (isMainThread) {
  onParentGone(() => {
    setTimeout(() => process.exit(1), GRACE_MS).unref()
    process.kill(process.pid, 'SIGTERM')
  })
}
