import { z } from 'zod'
import { personOf } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { Ruling } from '#lib/domain/ruling.ts'
import { operation, type Tx } from './operation.ts'
import { rulingSubject, shapeRuling, WITH_ALL } from './ruling.ts'
import { projectSubject } from './subject.ts'

const MOST_LISTED = 100
/** Of the earlier rulings a later one contradicts; the newest say most. */
const MOST_EARLIER = 10

/**
 * A later and an earlier ruling of a project that both stand and find differently on one rule, unless somebody has said of the
 * later one that the cases differ.
 */
async function contradictions(tx: Tx, projectId: string) {
  return tx.$queryRaw<{ rule: string; laterId: string; earlierIds: string[]; total: number }[]>`
    WITH standing AS (
      SELECT c."ruleSlug" AS rule, c.finding, c."reconciledAt", r.id, r."createdAt" FROM "ruling_citation" c JOIN "ruling" r ON r.id = c."rulingId"
      JOIN "review" v ON v.id = r."reviewId" WHERE r."projectId" = ${projectId}::uuid AND r."overruledById" IS NULL AND v."withdrawnAt" IS NULL
    )
    SELECT later.rule, later.id AS "laterId", count(*) OVER ()::int AS total,
      (array_agg(earlier.id ORDER BY earlier."createdAt" DESC, earlier.id DESC))[1:${MOST_EARLIER}::int] AS "earlierIds"
    FROM standing later JOIN standing earlier ON earlier.rule = later.rule AND earlier.finding <> later.finding
      AND (earlier."createdAt", earlier.id) < (later."createdAt", later.id)
    WHERE later."reconciledAt" IS NULL GROUP BY later.rule, later.id, later."createdAt" ORDER BY later."createdAt" DESC, later.id, later.rule
    LIMIT ${MOST_LISTED}`
}

export const listContradictions = operation('quality:read', {
  name: 'listContradictions',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/rulings/contradictions',
    summary: 'Standing rulings that find differently on one rule, the newest first',
    description: `At most ${MOST_LISTED}; \`total\` counts all of them. Each is a later ruling with up to ${MOST_EARLIER} earlier ones of the other finding.`,
    tags: ['quality'],
  },
  input: z.strictObject({ projectId: z.uuid() }),
  output: z.object({ items: z.array(z.object({ rule: z.string(), later: Ruling, earlier: z.array(Ruling) })), total: z.int() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, actor, subject, may }) => {
    const listed = await contradictions(tx, subject.id)
    const ids = [...new Set(listed.flatMap(({ laterId, earlierIds }) => [laterId, ...earlierIds]))]
    const rows = await tx.ruling.findMany({ where: { id: { in: ids } }, include: WITH_ALL })
    const byId = new Map(rows.map((row) => [row.id, shapeRuling(row, { actor, may })]))
    return {
      total: listed[0]?.total ?? 0,
      items: listed.flatMap(({ rule, laterId, earlierIds }) => {
        const later = byId.get(laterId)
        return later ? [{ rule, later, earlier: earlierIds.flatMap((id) => byId.get(id) ?? []) }] : []
      }),
    }
  },
})

/** Locked with their adjudications: neither is taken back, nor loses its place to another, while it is settled. */
async function lockRulings(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM "ruling" r JOIN "review" v ON v.id = r."reviewId" WHERE r.id = ANY (${ids as string[]}::uuid[])
    ORDER BY r.id FOR UPDATE OF r FOR SHARE OF v`
}

export const overruleRuling = operation('ruling:settle', {
  name: 'overruleRuling',
  route: {
    method: 'PUT',
    path: '/rulings/{rulingId}/overruling',
    summary: 'Let another ruling take the place of this one, or let it stand again',
    description: 'Both must stand and find differently on a rule that both cite. `byId` null lets an overruled ruling stand again.',
    tags: ['guideline'],
  },
  input: z.strictObject({ rulingId: z.uuid(), byId: z.uuid().nullable() }),
  output: Ruling,
  subject: async ({ tx, input }) => {
    await lockRulings(tx, [input.rulingId, ...(input.byId ? [input.byId] : [])])
    return rulingSubject(tx, input.rulingId)
  },
  event: 'ruling.overruled',
  run: async ({ tx, input, actor, subject, may, note }) => {
    const { userId } = personOf(actor)
    const { byId } = input
    if (byId === null) {
      if (!subject.overruledById) refuse('illegal-transition', 'This ruling stands; nothing has taken its place.')
      await tx.ruling.update({ where: { id: subject.id }, data: { overruledById: null, overruledAt: null, overrulerId: null } })
    } else {
      const by = await rulingSubject(tx, byId)
      if (!by || by.projectId !== subject.projectId) return refuse('not-found', 'There is no such ruling to take its place.')
      if (subject.overruledById || by.overruledById) refuse('illegal-transition', 'One of the two has been overruled already. Look at both again.')
      const isContrary = subject.citations.some(({ ruleSlug, finding }) =>
        by.citations.some((other) => other.ruleSlug === ruleSlug && other.finding !== finding),
      )
      if (!isContrary) {
        refuse('invalid-input', 'These two do not contradict each other: on no rule does one say kept and the other broken.', {
          issues: [{ path: 'byId', message: 'does not contradict this ruling' }],
        })
      }
      await tx.ruling.update({ where: { id: subject.id }, data: { overruledById: byId, overruledAt: new Date(), overrulerId: userId } })
    }
    note({ byId })
    return shapeRuling((await rulingSubject(tx, subject.id)) ?? refuse('not-found'), { actor, may })
  },
})

export const reconcileRuling = operation('ruling:settle', {
  name: 'reconcileRuling',
  route: {
    method: 'PUT',
    path: '/rulings/{rulingId}/reconciliation',
    summary: 'Say that earlier rulings of the other finding on a rule stand beside this one: the cases differ',
    description: '`reconciled` false puts it on the list of contradictions again.',
    tags: ['guideline'],
  },
  input: z.strictObject({ rulingId: z.uuid(), rule: z.string().max(200), reconciled: z.boolean().default(true) }),
  output: Ruling,
  subject: ({ tx, input }) => rulingSubject(tx, input.rulingId),
  event: 'ruling.reconciled',
  run: async ({ tx, input, actor, subject, may, note }) => {
    const { userId } = personOf(actor)
    const data = input.reconciled ? { reconciledAt: new Date(), reconciledById: userId } : { reconciledAt: null, reconciledById: null }
    const { count } = await tx.rulingCitation.updateMany({ where: { rulingId: subject.id, ruleSlug: input.rule }, data })
    if (count === 0) refuse('unknown-rule', `This ruling does not cite “${input.rule}”.`, { rule: input.rule })
    note({ rule: input.rule, reconciled: input.reconciled })
    return shapeRuling(subject, { actor, may })
  },
})

export const settlementOperations = { listContradictions, overruleRuling, reconcileRuling }
