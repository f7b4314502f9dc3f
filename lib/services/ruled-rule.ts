import { z } from 'zod'
import { Rule } from '#lib/domain/guideline.ts'
import { lapsedExamples } from './guideline-examples.ts'
import type { Tx } from './operation.ts'

/** A rule with what became of it since: its standing in the case law, and of its examples. */
export const RuledRule = z.object({
  ...Rule.shape,
  rulings: z.int().describe('Standing rulings that read it, over all versions'),
  lapsed: z.array(z.uuid()).describe('Conversations among its examples that are approved no more'),
})
export type RuledRule = z.infer<typeof RuledRule>

/** How many standing rulings read each rule, by slug. */
async function rulingCounts(tx: Tx, projectId: string): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ slug: string; n: number }[]>`
    SELECT c."ruleSlug" AS slug, count(*)::int AS n FROM "ruling_citation" c JOIN "ruling" r ON r.id = c."rulingId" JOIN "review" v ON v.id = r."reviewId"
    WHERE r."projectId" = ${projectId}::uuid AND r."overruledById" IS NULL AND v."withdrawnAt" IS NULL GROUP BY 1`
  return new Map(rows.map((row) => [row.slug, row.n]))
}

/** Rules of a project with what became of them. */
export async function ruledRules(tx: Tx, projectId: string, rules: readonly Rule[]): Promise<RuledRule[]> {
  const rulings = await rulingCounts(tx, projectId)
  const lapsed = await lapsedExamples(tx, projectId, rules)
  return rules.map((rule) => ({
    ...rule,
    rulings: rulings.get(rule.slug) ?? 0,
    lapsed: [...new Set(rule.examples.flatMap(({ conversationId: id }) => (id && lapsed.has(id) ? id : [])))],
  }))
}
