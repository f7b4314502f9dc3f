import { KEPT_DAYS } from './idempotency.ts'
import { autocommit } from './transaction.ts'

/** Rows one statement removes: a long delete would hold its locks, and vacuum, for as long. */
const BATCH = 5_000

/**
 * Rows that have served their time, and for how long they are kept beyond it: the window of a rate limit is minutes, a
 * request is repeated within days, and whoever asks about an ended sign-in asks soon. What happened stays in the audit log.
 */
const OVER: Record<string, (batch: number) => Promise<number>> = {
  rateLimits: (batch) => autocommit.$executeRaw`
    DELETE FROM "rate_limit" WHERE key IN (SELECT key FROM "rate_limit" WHERE "windowStart" < now() - interval '1 day' LIMIT ${batch}::int)`,
  idempotencyKeys: (batch) => autocommit.$executeRaw`
    DELETE FROM "idempotency_key" WHERE ("userId", key) IN (
      SELECT "userId", key FROM "idempotency_key" WHERE "createdAt" < now() - make_interval(days => ${KEPT_DAYS}::int) LIMIT ${batch}::int)`,
  sessions: (batch) => autocommit.$executeRaw`
    DELETE FROM "session" WHERE id IN (
      SELECT id FROM "session" WHERE LEAST(expires, "revokedAt") < now() - interval '7 days' LIMIT ${batch}::int)`,
}

/** Removes what is over. Returns how many rows of each kind went. */
export async function prune(batch: number = BATCH): Promise<Record<string, number>> {
  const removed: Record<string, number> = {}
  for (const [name, remove] of Object.entries(OVER)) {
    removed[name] = 0
    for (let count = batch; count === batch; removed[name] += count) count = await remove(batch)
  }
  return removed
}
