import { z } from 'zod'
import { AssignmentKind } from '#lib/domain/assignment.ts'
import { refuse } from '#lib/domain/errors.ts'
import { AnswersWanted, Priority, Tags } from '#lib/domain/prompt.ts'
import { Skills } from '#lib/domain/skill.ts'
import type { Prompt } from '#lib/generated/prisma/client.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { closePromptWhenAnswered } from './judgement.ts'
import { endLease } from './lease.ts'
import { WRITERS } from './member.ts'
import { operation, type Tx } from './operation.ts'
import { pageOf } from './page.ts'
import { assignmentSubject, projectSubject } from './subject.ts'
import { transition } from './transition.ts'

/** Those of one request, in the order of their ids: two managers never wait for each other in a circle. */
async function lockPrompts(tx: Tx, projectId: string, ids: readonly string[]): Promise<Prompt[]> {
  const wanted = [...new Set(ids)]
  const rows = await tx.$queryRaw<Prompt[]>`
    SELECT * FROM "prompt" WHERE id = ANY (${wanted}::uuid[]) AND "projectId" = ${projectId}::uuid ORDER BY id FOR UPDATE`
  const missing = wanted.filter((id) => rows.every((row) => row.id !== id))
  if (missing.length > 0)
    refuse('not-found', `${missing.length} of these prompts are not in this project: ${missing.slice(0, 3).join(', ')}.`, { missing })
  return rows
}

/** @throws invalid-input naming the field, where the person may not write here. */
async function requireWriter(tx: Tx, projectId: string, userId: string): Promise<void> {
  const member = await tx.membership.findUnique({
    where: { projectId_userId: { projectId, userId } },
    select: { roles: true, user: { select: { disabledAt: true } } },
  })
  const mayWrite = member && !member.user.disabledAt && WRITERS.some((role) => member.roles.includes(role))
  if (!mayWrite)
    refuse('invalid-input', 'assigneeId: nobody who may write in this project. Make them a labeller first.', { issues: [{ path: 'assigneeId' }] })
}

/** Sets how many answers a prompt wants; it is closed or open again as that says. */
async function setAnswersWanted(tx: Tx, prompt: Prompt, answersWanted: number): Promise<void> {
  const taken = prompt.answersWanted - prompt.openSlots
  if (answersWanted < taken)
    refuse(
      'invalid-input',
      `answersWanted: “${prompt.firstUserText.slice(0, 60)}” has ${taken} answers already, finished or being written; want at least as many.`,
      {
        issues: [{ path: 'answersWanted' }],
        promptId: prompt.id,
        taken,
      },
    )
  const openSlots = answersWanted - taken
  await tx.prompt.update({ where: { id: prompt.id }, data: { answersWanted, openSlots } })
  if (prompt.state === 'closed' && openSlots > 0) await transition(tx, 'prompt', prompt, 'open')
  if (prompt.state === 'open' && openSlots === 0) await closePromptWhenAnswered(tx, prompt.id)
}

/** @returns false where there is nothing to hold back or give out. */
async function setHeld(tx: Tx, prompt: Prompt, isHeld: boolean): Promise<boolean> {
  const [from, to] = isHeld ? (['open', 'held'] as const) : (['held', 'open'] as const)
  if (prompt.state !== from) return false
  await transition(tx, 'prompt', prompt, to)
  // Answers may have been approved in the meantime.
  if (!isHeld) await closePromptWhenAnswered(tx, prompt.id)
  return true
}

export const updatePrompts = operation('queue:manage', {
  name: 'updatePrompts',
  route: {
    method: 'PATCH',
    path: '/projects/{projectId}/prompts',
    summary: 'Change when and to whom prompts are given',
    description: 'All of them or none. What is left out stays as it is. Work in somebody’s hands stays there.',
    tags: ['work'],
  },
  input: z.strictObject({
    projectId: z.uuid(),
    promptIds: z.array(z.uuid()).min(1).max(500),
    priority: Priority.optional(),
    skills: Skills.optional().describe('Given only to those who hold them all'),
    tags: Tags.optional().describe('Of conversations that begin from now on, too'),
    assigneeId: z
      .uuid()
      .nullable()
      .optional()
      .describe('Given to this person before all else, whatever their skills, and to nobody besides until they have taken it; null: to anybody'),
    answersWanted: AnswersWanted.optional(),
    isHeld: z.boolean().optional().describe('Held back, a prompt is given to nobody; only open ones can be'),
  }),
  output: z.object({ updated: z.int(), unchanged: z.int().describe('Neither open nor held, where `isHeld` asked for it') }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'prompts.updated',
  run: async ({ tx, input, subject, note }) => {
    const { projectId: _, promptIds, answersWanted, isHeld, ...plain } = input
    if (plain.assigneeId) await requireWriter(tx, subject.id, plain.assigneeId)
    const prompts = await lockPrompts(tx, subject.id, promptIds)
    if (Object.keys(plain).length > 0) await tx.prompt.updateMany({ where: { id: { in: prompts.map(({ id }) => id) } }, data: plain })
    let unchanged = 0
    for (const prompt of prompts) {
      if (answersWanted !== undefined) await setAnswersWanted(tx, prompt, answersWanted)
      if (isHeld === undefined) continue
      const current = answersWanted === undefined ? prompt : await tx.prompt.findUniqueOrThrow({ where: { id: prompt.id } })
      if (!(await setHeld(tx, current, isHeld))) unchanged++
    }
    note({
      promptIds: prompts.map(({ id }) => id),
      set: { ...plain, ...(answersWanted && { answersWanted }), ...(isHeld !== undefined && { isHeld }) },
    })
    return { updated: prompts.length - unchanged, unchanged }
  },
})

const InHand = z.object({
  id: z.uuid(),
  kind: AssignmentKind,
  assignee: z.object({ id: z.uuid(), name: z.string() }),
  conversationId: z.uuid().nullable(),
  text: z.string().describe('What the user says first'),
  leasedAt: z.date(),
  expiresAt: z.date(),
})
type InHandRow = Omit<z.input<typeof InHand>, 'assignee'> & { assigneeId: string; assigneeName: string; fencingToken: bigint }

export const listWorkInHand = operation('queue:read', {
  name: 'listWorkInHand',
  route: { method: 'GET', path: '/projects/{projectId}/work-in-hand', summary: 'Who has what in hand, taken last first', tags: ['work'] },
  input: z.strictObject({
    projectId: z.uuid(),
    assigneeId: z.uuid().optional(),
    cursor: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional(),
    limit: z.int().min(1).max(200).default(50),
  }),
  output: z.object({ items: z.array(InHand), nextCursor: z.string().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const rows = await tx.$queryRaw<InHandRow[]>`
      SELECT a.id, a.kind, a."assigneeId", coalesce(u.name, u.email) AS "assigneeName", a."conversationId", a."leasedAt", a."expiresAt", a."fencingToken",
        coalesce(c."firstUserText", p."firstUserText", '') AS text
      FROM "assignment" a JOIN "user" u ON u.id = a."assigneeId" LEFT JOIN "conversation" c ON c.id = a."conversationId" LEFT JOIN "prompt" p ON p.id = a."promptId"
      WHERE a."projectId" = ${subject.id}::uuid AND a.state = 'leased'
        ${input.assigneeId ? Prisma.sql`AND a."assigneeId" = ${input.assigneeId}::uuid` : Prisma.empty}
        ${input.cursor ? Prisma.sql`AND a."fencingToken" < ${BigInt(input.cursor)}` : Prisma.empty}
      ORDER BY a."fencingToken" DESC LIMIT ${input.limit + 1}`
    const { items, last } = pageOf(rows, input.limit)
    return {
      items: items.map(({ assigneeId, assigneeName, ...row }) => ({
        ...row,
        kind: AssignmentKind.parse(row.kind),
        assignee: { id: assigneeId, name: assigneeName },
      })),
      nextCursor: last ? String(last.fencingToken) : null,
    }
  },
})

export const revokeAssignment = operation('queue:manage', {
  name: 'revokeAssignment',
  route: {
    method: 'POST',
    path: '/assignments/{assignmentId}/revocation',
    summary: 'Take work out of somebody’s hands',
    description: 'What they wrote stays their draft, and what they still send in is kept; the prompt or submission goes to others.',
    tags: ['work'],
  },
  input: z.strictObject({ assignmentId: z.uuid() }),
  output: z.object({ assignmentId: z.uuid() }),
  subject: ({ tx, input }) => assignmentSubject(tx, input.assignmentId),
  event: 'assignment.revoked',
  run: async ({ tx, subject, note }) => {
    // As if its time were over: somebody may be reading it at this moment.
    await endLease(tx, subject, 'expired')
    note({ assigneeId: subject.assigneeId, kind: subject.kind, conversationId: subject.conversationId })
    return { assignmentId: subject.id }
  },
})

/** Counted up to here; a manager needs to know no better. */
const MOST_COUNTED = 10_000

const Figures = z.object({
  open: z.int().describe('Prompts that still want answers and are given to anybody who holds their skills'),
  kept: z.int().describe('Prompts kept for one person each'),
  held: z.int(),
  writing: z.int().describe('Pieces of writing in somebody’s hands'),
  submitted: z.int(),
  escalated: z.int(),
})

export const getWorkQueue = operation('queue:read', {
  name: 'getWorkQueue',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/work-queue',
    summary: 'How much waits for whom',
    description: `Every figure is counted up to ${MOST_COUNTED}.`,
    tags: ['work'],
  },
  input: z.strictObject({ projectId: z.uuid() }),
  output: z.object({
    figures: Figures,
    skills: z
      .array(z.object({ skill: z.string(), prompts: z.int(), members: z.int().describe('Who may write and hold it') }))
      .describe('What waiting prompts ask for'),
    mostCounted: z.int(),
  }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, subject }) => {
    const upTo = (rows: Prisma.Sql) => Prisma.sql`(SELECT count(*)::int FROM (SELECT 1 FROM ${rows} LIMIT ${MOST_COUNTED}) counted)`
    const prompts = (which: Prisma.Sql) => upTo(Prisma.sql`"prompt" WHERE "projectId" = ${subject.id}::uuid AND ${which}`)
    const conversations = (state: string) => upTo(Prisma.sql`"conversation" WHERE "projectId" = ${subject.id}::uuid AND state = ${state}`)
    const [figures] = await tx.$queryRaw<[z.input<typeof Figures>]>`
      SELECT ${prompts(Prisma.sql`state = 'open' AND "openSlots" > 0 AND "assigneeId" IS NULL`)} AS open,
        ${prompts(Prisma.sql`state = 'open' AND "openSlots" > 0 AND "assigneeId" IS NOT NULL`)} AS kept,
        ${prompts(Prisma.sql`state = 'held'`)} AS held,
        ${upTo(Prisma.sql`"assignment" WHERE "projectId" = ${subject.id}::uuid AND state = 'leased' AND kind = 'write'`)} AS writing,
        ${conversations('submitted')} AS submitted, ${conversations('escalated')} AS escalated`
    const skills = await tx.$queryRaw<{ skill: string; prompts: number; members: number }[]>`
      SELECT asked.skill, count(*)::int AS prompts,
        (SELECT count(*)::int FROM "membership" m JOIN "user" u ON u.id = m."userId" AND u."disabledAt" IS NULL
          WHERE m."projectId" = ${subject.id}::uuid AND asked.skill = ANY (m.skills) AND m.roles && ${WRITERS as string[]}::text[]) AS members
      FROM (SELECT p.skills FROM "prompt" p WHERE p."projectId" = ${subject.id}::uuid AND p.state = 'open' AND p."openSlots" > 0 AND p."assigneeId" IS NULL
        AND p.skills <> '{}' LIMIT ${MOST_COUNTED}) waiting CROSS JOIN LATERAL unnest(waiting.skills) AS asked(skill)
      GROUP BY asked.skill ORDER BY 2 DESC, 1`
    return { figures, skills, mostCounted: MOST_COUNTED }
  },
})

export const workQueueOperations = { updatePrompts, listWorkInHand, revokeAssignment, getWorkQueue }
