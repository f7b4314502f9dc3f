import { z } from 'zod'
import { personOf } from '#lib/domain/actor.ts'
import type { Judging } from '#lib/domain/assignment.ts'
import type { MachineName } from '#lib/domain/machine.ts'
import { type Action, can } from '#lib/domain/policy.ts'
import { storedState } from '#lib/domain/state-schema.ts'
import { WAITING } from './claim.ts'
import { operation, type Tx } from './operation.ts'
import { OWN_WORK_ORDER, ownWork } from './own-work.ts'
import { mostCitedRules } from './quality.ts'
import { projectSubject } from './subject.ts'

/** Lists on the home page are short: it is what to do next, not everything. */
const SHORT = 8
/** Counts stop here; the page shows "1,000+". */
const MOST_COUNTED = 1000
const STUCK_AFTER_DAYS = 3
const WEEK_DAYS = 7
const CITED_WITHIN_DAYS = 30
const MOST_CITED = 5

const Work = z.object({
  conversationId: z.uuid(),
  state: storedState('conversation'),
  firstUserText: z.string(),
  category: z.string(),
  language: z.string(),
  round: z.int(),
  at: z.date(),
})
const Comment = z.object({ body: z.string(), severity: z.string(), ruleSlug: z.string().nullable() })
const made = <M extends MachineName>(machine: M) => z.object({ id: z.uuid(), name: z.string(), state: storedState(machine), createdAt: z.date() })

const Waiting = z.object({ waiting: z.int(), oldest: z.array(Work) })

const Home = z.object({
  writing: z
    .object({
      returned: z.array(Work.extend({ comment: Comment.nullable(), comments: z.int() })),
      drafts: z.array(Work),
      waitingForReview: z.int(),
      hasPrompts: z.boolean(),
    })
    .nullable(),
  reviewing: Waiting.nullable(),
  adjudicating: Waiting.nullable().describe('Escalations of texts the caller neither wrote, edited nor judged'),
  data: z
    .object({
      approvedSinceSnapshot: z.int(),
      snapshot: made('snapshot').extend({ rows: z.int() }).nullable(),
      build: made('build').nullable(),
      run: made('run').nullable(),
    })
    .nullable(),
  managing: z
    .object({
      week: z.object({ submitted: z.int(), approved: z.int(), returned: z.int(), rejected: z.int() }),
      citedRules: z.array(z.object({ slug: z.string(), count: z.int() })),
      stuck: z.array(Work),
      members: z.int(),
    })
    .nullable(),
  hasPrompts: z.boolean().describe('Was anything ever imported?'),
  hasConversations: z.boolean(),
  hasGuideline: z.boolean().describe('Was a version ever published?'),
})

const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60 * 1000)

const WORK_FIELDS = {
  id: true,
  state: true,
  firstUserText: true,
  category: true,
  language: true,
  round: true,
  updatedAt: true,
  submittedAt: true,
} as const
type WorkRow = {
  id: string
  state: string
  firstUserText: string
  category: string
  language: string
  round: number
  updatedAt: Date
  submittedAt: Date | null
}

const shapeWork = ({ id, updatedAt, submittedAt, ...row }: WorkRow): z.input<typeof Work> => ({
  ...row,
  conversationId: id,
  firstUserText: row.firstUserText.slice(0, 300),
  at: row.state === 'submitted' ? (submittedAt ?? updatedAt) : updatedAt,
})

/** The first of a person's returned work or of their drafts, in the order of a claim. */
async function ownIds(tx: Tx, who: { projectId: string; userId: string }, isReturned: boolean): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM (${ownWork(who)}) AS own WHERE "isReturned" = ${isReturned} AND "lapsedAt" IS NULL ORDER BY ${OWN_WORK_ORDER} LIMIT ${SHORT}`
  return rows.map(({ id }) => id)
}

const inOrder = <T extends { id: string }>(ids: readonly string[], rows: readonly T[]): T[] =>
  ids.flatMap((id) => rows.find((row) => row.id === id) ?? [])

async function writingOf(tx: Tx, projectId: string, userId: string) {
  const returnedIds = await ownIds(tx, { projectId, userId }, true)
  const draftIds = await ownIds(tx, { projectId, userId }, false)
  const returned = await tx.conversation.findMany({
    where: { id: { in: returnedIds } },
    select: {
      ...WORK_FIELDS,
      // Those of the latest verdict, the weightiest first as the reviewer put them.
      reviews: {
        where: { withdrawnAt: null },
        orderBy: { createdAt: 'desc' },
        take: 1,
        select: { summary: true, comments: { orderBy: { createdAt: 'asc' }, select: { body: true, severity: true, ruleSlug: true } } },
      },
    },
  })
  const drafts = await tx.conversation.findMany({ where: { id: { in: draftIds } }, select: WORK_FIELDS })
  return {
    returned: inOrder(returnedIds, returned).map(({ reviews, ...row }) => {
      const comments = reviews[0]?.comments ?? []
      return { ...shapeWork(row), comment: comments[0] ? { ...comments[0], body: comments[0].body.slice(0, 300) } : null, comments: comments.length }
    }),
    drafts: inOrder(draftIds, drafts).map(shapeWork),
    waitingForReview: await tx.conversation.count({ where: { projectId, authorId: userId, state: 'submitted' } }),
    hasPrompts: (await tx.prompt.findFirst({ where: { projectId, state: 'open', openSlots: { gt: 0 } }, select: { id: true } })) !== null,
  }
}

async function waitingFor(tx: Tx, kind: Judging, who: { projectId: string; userId: string }) {
  const waiting = WAITING[kind].for(who)
  const oldest = await tx.$queryRaw<WorkRow[]>`
    SELECT id, state, "firstUserText", category, language, round, "updatedAt", "submittedAt" FROM "conversation" c
    WHERE ${waiting} ORDER BY ${WAITING[kind].order} LIMIT ${SHORT}`
  const [counted] = await tx.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM (SELECT 1 FROM "conversation" c WHERE ${waiting} LIMIT ${MOST_COUNTED}) AS waiting`
  return { waiting: counted?.n ?? 0, oldest: oldest.map(shapeWork) }
}

async function dataOf(tx: Tx, projectId: string) {
  const newest = { where: { projectId }, orderBy: { createdAt: 'desc' as const } }
  const snapshot = await tx.snapshot.findFirst({ ...newest, select: { id: true, name: true, state: true, createdAt: true, rowCount: true } })
  const build = await tx.build.findFirst({ ...newest, select: { id: true, state: true, createdAt: true, snapshot: { select: { name: true } } } })
  const run = await tx.run.findFirst({ ...newest, select: { id: true, name: true, state: true, createdAt: true } })
  return {
    approvedSinceSnapshot: await tx.conversation.count({
      where: { projectId, state: 'approved', ...(snapshot ? { approvedAt: { gt: snapshot.createdAt } } : {}) },
    }),
    snapshot: snapshot && { id: snapshot.id, name: snapshot.name, state: snapshot.state, createdAt: snapshot.createdAt, rows: snapshot.rowCount },
    build: build && { id: build.id, name: build.snapshot.name, state: build.state, createdAt: build.createdAt },
    run,
  }
}

async function managingOf(tx: Tx, projectId: string) {
  const since = daysAgo(WEEK_DAYS)
  const verdicts = await tx.review.groupBy({ by: ['verdict'], where: { projectId, createdAt: { gt: since }, withdrawnAt: null }, _count: true })
  const count = (verdict: string) => verdicts.find((row) => row.verdict === verdict)?._count ?? 0
  const rules = await mostCitedRules(tx, { projectId, since: daysAgo(CITED_WITHIN_DAYS) })
  const stuck = await tx.conversation.findMany({
    where: { projectId, state: { in: ['submitted', 'changes-requested', 'escalated'] }, updatedAt: { lt: daysAgo(STUCK_AFTER_DAYS) } },
    orderBy: { updatedAt: 'asc' },
    take: SHORT,
    select: WORK_FIELDS,
  })
  return {
    week: {
      submitted: await tx.conversation.count({ where: { projectId, submittedAt: { gt: since } } }),
      approved: count('approve'),
      returned: count('request-changes'),
      rejected: count('reject'),
    },
    citedRules: rules.slice(0, MOST_CITED).map(({ slug, citations }) => ({ slug, count: citations })),
    stuck: stuck.map(shapeWork),
    members: await tx.membership.count({ where: { projectId } }),
  }
}

export const getHome = operation('project:read', {
  name: 'getHome',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/home',
    summary: 'Get what the caller has to do next in a project',
    description: 'A part is null for those without the role for it.',
    tags: ['projects'],
  },
  input: z.strictObject({ projectId: z.uuid() }),
  output: Home,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, subject, actor, roles }) => {
    const { userId } = personOf(actor)
    const may = (action: Action) => can(actor, roles, action, subject) === 'allow'
    const { id } = subject
    return {
      writing: may('work:claim') ? await writingOf(tx, id, userId) : null,
      reviewing: may('review:claim') ? await waitingFor(tx, 'review', { projectId: id, userId }) : null,
      adjudicating: may('conversation:adjudicate') ? await waitingFor(tx, 'adjudicate', { projectId: id, userId }) : null,
      data: may('snapshot:read') ? await dataOf(tx, id) : null,
      managing: may('quality:read') ? await managingOf(tx, id) : null,
      hasPrompts: (await tx.prompt.findFirst({ where: { projectId: id }, select: { id: true } })) !== null,
      hasConversations: (await tx.conversation.findFirst({ where: { projectId: id }, select: { id: true } })) !== null,
      hasGuideline: (await tx.guidelineVersion.findFirst({ where: { projectId: id }, select: { id: true } })) !== null,
    }
  },
})

export const homeOperations = { getHome }
