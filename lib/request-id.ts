// The id of the request in whose course something happens, for whatever is written meanwhile: log lines, jobs, audit events of jobs.
import { AsyncLocalStorage } from 'node:async_hooks'

const storage = new AsyncLocalStorage<string>()

/** Runs `work`, and all it starts, under this id. */
export const withRequestId = <T>(requestId: string, work: () => T): T => storage.run(requestId, work)

/** The id `work` runs under; undefined outside of any request. */
export const currentRequestId = (): string | undefined => storage.getStore()
