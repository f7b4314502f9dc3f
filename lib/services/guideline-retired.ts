import { z } from 'zod'
import type { Tx } from './operation.ts'

/** A rule that a version took out: its name stays taken by what was cited under it. */
export const RetiredRule = z.object({
  slug: z.string(),
  lastVersion: z.string().describe('The last version that has it'),
  retiredIn: z.string().describe('The first version without it'),
  retiredAt: z.date(),
  renamedTo: z.string().nullable().describe('The rule of the newest version that says the same under another name'),
})
export type RetiredRule = z.infer<typeof RetiredRule>

/**
 * Every rule that some version took out, with its latest retirement; `isBack` where the newest version has one of that name again.
 * Renamed means: the version that took it out brought in a rule with the same title or the same statement, or that one was renamed in turn.
 */
export async function retiredRules(tx: Tx, projectId: string): Promise<(RetiredRule & { isBack: boolean })[]> {
  const rows = await tx.$queryRaw<(RetiredRule & { isBack: boolean })[]>`
    WITH version AS (
      SELECT id, version, "publishedAt", row_number() OVER (ORDER BY major, minor, patch) AS nth, count(*) OVER () AS newest
      FROM "guideline_version" WHERE "projectId" = ${projectId}::uuid
    ), placed AS (
      SELECT r.slug, r.title, r.statement, v.nth, v.version, v.newest, lead(v.nth) OVER (PARTITION BY r.slug ORDER BY v.nth) AS next
      FROM "rule" r JOIN version v ON v.id = r."guidelineVersionId"
    ), retired AS (
      SELECT DISTINCT ON (slug) slug, title, statement, nth, version, next IS NOT NULL AS "isBack"
      FROM placed WHERE nth < newest AND next IS DISTINCT FROM nth + 1 ORDER BY slug, nth DESC
    )
    SELECT t.slug, t.version AS "lastVersion", v.version AS "retiredIn", v."publishedAt" AS "retiredAt", t."isBack",
      (SELECT n.slug FROM "rule" n WHERE n."guidelineVersionId" = v.id AND (n.title = t.title OR n.statement = t.statement)
        AND NOT EXISTS (SELECT 1 FROM placed p WHERE p.slug = n.slug AND p.nth = t.nth)
        ORDER BY (n.title = t.title)::int + (n.statement = t.statement)::int DESC, n.position LIMIT 1) AS "renamedTo"
    FROM retired t JOIN version v ON v.nth = t.nth + 1 ORDER BY t.slug`
  const retired = new Map(rows.map((row) => [row.slug, row]))
  // What a rule was renamed to came in when it went, and can only have gone later: no name leads back to itself.
  const nowCalled = (slug: string | null): string | null => {
    const next = slug === null ? undefined : retired.get(slug)
    return !next || next.isBack ? slug : nowCalled(next.renamedTo)
  }
  return rows.map((row) => ({ ...row, renamedTo: nowCalled(row.renamedTo) }))
}
