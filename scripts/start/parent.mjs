// Ends a process when the one that started it is gone. `npm` kills only its own shell on SIGTERM, and a killed
// supervisor cannot tell anybody anything; in both cases the parent's number changes.
const POLL_MS = 500

/** Calls back once, when the parent at the time of the call no longer is the parent. */
export function onParentGone(/** @type {() => void} */ react) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    react()
  }, POLL_MS)
  timer.unref()
}
