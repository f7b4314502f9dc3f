import { refuse } from '#lib/domain/errors.ts'
import { autocommit } from './transaction.ts'

/**
 * Counts one use of `key` in its fixed window, in database time, so that all processes count together.
 * @throws Refusal `rate-limited` with the seconds to wait, also as a Retry-After header.
 */
export async function consumeRate(key: string, { limit, windowSeconds }: { limit: number; windowSeconds: number }, headers?: Headers): Promise<void> {
  const [row] = await autocommit.$queryRaw<{ count: number; wait: number }[]>`
    INSERT INTO "rate_limit" AS r (key, "windowStart", count) VALUES (${key}, now(), 1)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN r."windowStart" < now() - make_interval(secs => ${windowSeconds}::int) THEN 1 ELSE r.count + 1 END,
      "windowStart" = CASE WHEN r."windowStart" < now() - make_interval(secs => ${windowSeconds}::int) THEN now() ELSE r."windowStart" END
    RETURNING count, ceil(extract(epoch FROM "windowStart" + make_interval(secs => ${windowSeconds}::int) - now()))::int AS wait`
  if (!row || row.count <= limit) return
  headers?.set('retry-after', String(row.wait))
  refuse('rate-limited', `Too many tries. Wait ${row.wait} seconds and try again.`, { retryAfterSeconds: row.wait })
}

/** Takes one use of `key` back, where it turned out to be none of those that are counted. */
export async function returnRate(key: string): Promise<void> {
  await autocommit.$executeRaw`UPDATE "rate_limit" SET count = count - 1 WHERE key = ${key} AND count > 0`
}
