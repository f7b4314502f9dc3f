import { z } from 'zod'
import { Severity, Verdict } from '#lib/domain/review.ts'
import { medianOf, proportion } from '#lib/domain/stats/proportion.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { CITED_AGAINST } from './citation.ts'
import { operation, type Tx } from './operation.ts'
import { projectSubject } from './subject.ts'

export const Share = z.object({
  count: z.int(),
  total: z.int(),
  share: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
})
const VerdictCounts = z.record(Verdict, z.int())
const SeverityCounts = z.record(Severity, z.int())
export const RuleCitations = z.object({
  slug: z.string(),
  citations: z.int().describe('In comments, and in rulings that found it broken'),
  conversations: z.int(),
  severities: SeverityCounts.describe('Of the comments; a ruling has none'),
})
export const VerdictWeek = z.object({ start: z.date(), verdicts: VerdictCounts })

const Quality = z.object({
  since: z.date(),
  acceptance: Share.describe('Approved among the conversations whose newest verdict in the period is final'),
  firstRound: Share.describe('Approved as first submitted, among all that were approved in the period'),
  roundsToApproval: z.object({ median: z.number().nullable(), histogram: z.array(z.object({ rounds: z.int(), conversations: z.int() })) }),
  rules: z.array(RuleCitations).describe('Rules cited in verdicts that asked for changes or rejected, most cited first'),
  weeks: z.array(VerdictWeek).describe('Standing verdicts by week (Monday, UTC), without gaps'),
  waiting: z.object({ submitted: z.int(), escalated: z.int(), oldestSubmittedAt: z.date().nullable() }),
})

/** Of whose work verdicts are counted: all of the project's, or one person's. */
type Window = { projectId: string; since: Date; authorId?: string }

/** A lease `a` on a first text: taken before there was anything to correct. */
export const IS_FIRST_ROUND = Prisma.sql`a.kind = 'write' AND a."revisionId" IS NULL`

/** Conversations `c` that a person wrote themselves: of an imported answer, too, they are the author. */
export const isWrittenBy = (authorId: string) => Prisma.sql`
  c."authorId" = ${authorId}::uuid
  AND EXISTS (SELECT 1 FROM "assignment" a WHERE a."conversationId" = c.id AND a."assigneeId" = ${authorId}::uuid AND ${IS_FIRST_ROUND})`

/** Verdicts `v` of the window. */
const inWindow = ({ projectId, since, authorId }: Window) => Prisma.sql`
  v."projectId" = ${projectId}::uuid AND v."withdrawnAt" IS NULL AND v."createdAt" >= ${since}
  ${authorId ? Prisma.sql`AND EXISTS (SELECT 1 FROM "conversation" c WHERE c.id = v."conversationId" AND ${isWrittenBy(authorId)})` : Prisma.empty}`

/** What became of the conversations that were decided in the period: by their newest standing verdict. */
export async function outcomes(tx: Tx, window: Window) {
  const rows = await tx.$queryRaw<{ verdict: string; round: number; isUntouched: boolean; count: bigint }[]>`
    WITH newest AS (
      SELECT DISTINCT ON (v."conversationId") v."conversationId", v.verdict FROM "review" v
      WHERE ${inWindow(window)} AND v.verdict IN ('approve', 'reject')
      ORDER BY v."conversationId", v."createdAt" DESC
    )
    SELECT n.verdict, c.round, NOT EXISTS (SELECT 1 FROM "revision" r WHERE r."conversationId" = c.id AND r.number > 1 AND r.kind <> 'renewed') AS "isUntouched", count(*) AS count
    FROM newest n JOIN "conversation" c ON c.id = n."conversationId"
    WHERE c.state IN ('approved', 'rejected', 'stale', 'superseded', 'withdrawn')
    GROUP BY 1, 2, 3`
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

/** Rules cited in verdicts that asked for changes or rejected, in comments and rulings, most cited first. */
export async function mostCitedRules(tx: Tx, window: Window): Promise<z.infer<typeof RuleCitations>[]> {
  const rows = await tx.$queryRaw<{ slug: string; severity: string | null; isTotal: boolean; citations: bigint; conversations: bigint }[]>`
    SELECT cited.slug, cited.severity, grouping(cited.severity) = 1 AS "isTotal", count(*) AS citations, count(DISTINCT v."conversationId") AS conversations
    FROM "review" v CROSS JOIN LATERAL (${CITED_AGAINST}) AS cited
    WHERE ${inWindow(window)} AND v.verdict IN ('request-changes', 'reject')
    GROUP BY GROUPING SETS ((cited.slug, cited.severity), (cited.slug))`
  const bySlug = new Map<string, z.infer<typeof RuleCitations>>()
  for (const { slug, severity, isTotal, ...row } of rows) {
    const rule = bySlug.get(slug) ?? { slug, citations: 0, conversations: 0, severities: { nit: 0, minor: 0, major: 0, critical: 0 } }
    if (isTotal) Object.assign(rule, { citations: Number(row.citations), conversations: Number(row.conversations) })
    else if (severity !== null) rule.severities[Severity.parse(severity)] = Number(row.citations)
    bySlug.set(slug, rule)
  }
  return [...bySlug.values()].sort((a, b) => b.citations - a.citations || a.slug.localeCompare(b.slug)).slice(0, 20)
}

export async function verdictsByWeek(tx: Tx, window: Window) {
  const rows = await tx.$queryRaw<{ start: Date; verdict: string | null; count: bigint }[]>`
    SELECT w.start AT TIME ZONE 'UTC' AS start, v.verdict, count(v.id) AS count
    FROM generate_series(date_trunc('week', ${window.since}::timestamptz AT TIME ZONE 'UTC'), date_trunc('week', now() AT TIME ZONE 'UTC'), interval '1 week') AS w(start)
    LEFT JOIN "review" v ON ${inWindow(window)} AND date_trunc('week', v."createdAt" AT TIME ZONE 'UTC') = w.start
    GROUP BY 1, 2 ORDER BY 1`
  const weeks = new Map<number, { start: Date; verdicts: z.infer<typeof VerdictCounts> }>()
  for (const { start, verdict, count } of rows) {
    const week = weeks.get(start.getTime()) ?? { start, verdicts: { approve: 0, 'request-changes': 0, reject: 0, escalate: 0 } }
    if (verdict !== null) week.verdicts[Verdict.parse(verdict)] = Number(count)
    weeks.set(start.getTime(), week)
  }
  return [...weeks.values()]
}

async function waitingWork(tx: Tx, projectId: string) {
  const submitted = await tx.conversation.count({ where: { projectId, state: 'submitted' } })
  const escalated = await tx.conversation.count({ where: { projectId, state: 'escalated' } })
  const oldest = await tx.conversation.findFirst({
    where: { projectId, state: 'submitted' },
    orderBy: { submittedAt: 'asc' },
    select: { submittedAt: true },
  })
  return { submitted, escalated, oldestSubmittedAt: oldest?.submittedAt ?? null }
}

const WEEK_MILLISECONDS = 7 * 24 * 60 * 60 * 1000

export const Weeks = z.int().min(1).max(104).default(12)
export const weeksAgo = (weeks: number) => new Date(Date.now() - weeks * WEEK_MILLISECONDS)

type Outcomes = Awaited<ReturnType<typeof outcomes>>

/** Approved of all that were decided, and as first submitted of those. */
export function acceptanceOf(decided: Outcomes) {
  const sum = (rows: Outcomes) => rows.reduce((total, row) => total + row.count, 0)
  const approved = decided.filter((row) => row.verdict === 'approve')
  return {
    approved,
    acceptance: proportion(sum(approved), sum(decided)),
    firstRound: proportion(sum(approved.filter((row) => row.isUntouched)), sum(approved)),
  }
}

export const getQuality = operation('quality:read', {
  name: 'getQuality',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/quality',
    summary: 'Acceptance, rounds to approval, most cited rules and verdicts per week',
    tags: ['quality'],
  },
  input: z.strictObject({ projectId: z.uuid(), weeks: Weeks }),
  output: Quality,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const window = { projectId: subject.id, since: weeksAgo(input.weeks) }
    const decided = await outcomes(tx, window)
    const rules = await mostCitedRules(tx, window)
    const weeks = await verdictsByWeek(tx, window)
    const waiting = await waitingWork(tx, subject.id)
    const { approved, acceptance, firstRound } = acceptanceOf(decided)
    const rounds = [...new Set(approved.map((row) => row.round))].sort((a, b) => a - b)
    const histogram = rounds.map((value) => ({ value, count: approved.reduce((total, row) => total + (row.round === value ? row.count : 0), 0) }))
    return {
      since: window.since,
      acceptance,
      firstRound,
      roundsToApproval: { median: medianOf(histogram), histogram: histogram.map(({ value, count }) => ({ rounds: value, conversations: count })) },
      rules,
      weeks,
      waiting,
    }
  },
})

export const qualityOperations = { getQuality }
