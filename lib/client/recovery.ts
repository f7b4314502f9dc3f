import { isApiError, isOffline } from './api.ts'

const FIRST_LOOK_MS = 1_500
const LOOK_EVERY_MS = 3_000

/** May what failed work again by itself: the network, the server or its database were away? */
export const isPassing = (error: unknown): boolean => isOffline(error) || (isApiError(error) && error.status >= 500 && error.code !== 'internal')

async function isBack(signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch('/api/ready', { cache: 'no-store', signal })
    const report = (await response.json()) as { database?: boolean; migrations?: boolean }
    // Pages need no worker.
    return report.database === true && report.migrations === true
  } catch {
    return false
  }
}

/** Looks every few seconds whether server and database answer, and calls each time they do, until it is stopped. */
export function watchForRecovery(onBack: () => void): () => void {
  const stopped = new AbortController()
  let timer: ReturnType<typeof setTimeout>
  const look = async () => {
    if ((await isBack(stopped.signal)) && !stopped.signal.aborted) onBack()
    if (!stopped.signal.aborted) timer = setTimeout(() => void look(), LOOK_EVERY_MS)
  }
  timer = setTimeout(() => void look(), FIRST_LOOK_MS)
  return () => {
    stopped.abort()
    clearTimeout(timer)
  }
}
