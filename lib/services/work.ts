import { z } from 'zod'
import { personOf } from '#lib/domain/actor.ts'
import { Assignment, AssignmentKind, SkipReason, WorkKind } from '#lib/domain/assignment.ts'
import { refuse } from '#lib/domain/errors.ts'
import { storedState } from '#lib/domain/state-schema.ts'
import {
  type ClaimedRow,
  claimJudging,
  claimWriting,
  findLiveJudging,
  hasWrittenEnough,
  leaseOwn,
  lockOwn,
  skillsAskedFor,
  type Writer,
} from './claim.ts'
import { requireReading } from './guideline-reading.ts'
import { endLease, expireDue } from './lease.ts'
import { operation, type Tx } from './operation.ts'
import { assignmentSubject, conversationSubject, projectSubject } from './subject.ts'

/** A lease as its holder sees it. */
export const shape = (row: ClaimedRow): z.input<typeof Assignment> => ({
  ...row,
  kind: AssignmentKind.parse(row.kind),
  state: 'leased',
  fencingToken: Number(row.fencingToken),
})

async function leaseWriting(tx: Tx, who: Writer): Promise<ClaimedRow | null> {
  let next = await claimWriting(tx, who)
  // Slots of leases whose time is over may be all there is.
  if (!next && (await expireDue(tx, { projectId: who.projectId })) > 0) next = await claimWriting(tx, who)
  if (!next || next.lease) return next?.lease ?? null
  // Their own, in nobody's hands. Submitted in another tab at this moment, it is not among their work when they ask again.
  return (await lockOwn(tx, next.conversationId)) ? leaseOwn(tx, next.conversationId, who) : leaseWriting(tx, who)
}

const NO_WORK = {
  review: 'No submission is waiting for your review.',
  adjudicate: 'No escalation is waiting for your decision.',
} as const

/** Why there is nothing to write, as far as it is for others to change. */
async function refuseWriting(tx: Tx, who: Writer): Promise<never> {
  const [written] = await tx.$queryRaw<[{ isEnough: boolean }]>`SELECT ${hasWrittenEnough(who)} AS "isEnough"`
  if (written.isEnough)
    refuse('no-work', `You have written ${who.maxAnswers} answers, as many as this project wants of one person.`, { maxAnswers: who.maxAnswers })
  const lacking = await skillsAskedFor(tx, who)
  if (lacking.length > 0)
    refuse('no-work', `What waits asks for skills you are not known for: ${lacking.join(', ')}. A manager can add them to your membership.`, {
      lacking,
    })
  return refuse('no-work', 'No prompt is waiting for you. Ask for new ones to be imported.')
}

export const claimWork = operation('work:claim', {
  name: 'claimWork',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/claims',
    summary: 'Claim the next piece of work',
    description:
      'Writing: the first of your own work as getHome lists it (returned, then drafts), else the best open prompt. Reviewing: the oldest submission of somebody else. Adjudicating: the oldest escalation of a text you neither wrote, edited nor judged. Answers no-work when nothing waits.',
    tags: ['work'],
  },
  input: z.strictObject({
    projectId: z.uuid(),
    kind: WorkKind.default('write'),
    except: z.array(z.uuid()).max(10).default([]).describe('Conversations not to be given, because they are on screen already'),
  }),
  output: Assignment,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'work.claimed',
  run: async ({ tx, input, actor, subject, may, note }) => {
    const { userId } = personOf(actor)
    const who = {
      projectId: subject.id,
      userId,
      leaseMinutes: subject.leaseMinutes,
      except: input.except,
      skills: subject.actorSkills,
      maxAnswers: subject.maxAnswersPerAuthor,
    }
    const { kind } = input
    // Of two claims at once the second must see what the first took.
    if (who.maxAnswers !== null && kind === 'write')
      await tx.$queryRaw`SELECT 1 FROM "membership" WHERE "projectId" = ${subject.id}::uuid AND "userId" = ${userId}::uuid FOR UPDATE`
    if ((kind === 'review' && !may('review:claim')) || (kind === 'adjudicate' && !may('conversation:adjudicate'))) refuse('forbidden')
    if (subject.requiresReading) await requireReading(tx, subject.id, userId)
    const lease = kind === 'write' ? await leaseWriting(tx, who) : ((await findLiveJudging(tx, kind, who)) ?? (await claimJudging(tx, kind, who)))
    if (!lease) return kind === 'write' ? refuseWriting(tx, who) : refuse('no-work', NO_WORK[kind])
    note({ kind, assignmentId: lease.id, conversationId: lease.conversationId })
    return shape(lease)
  },
})

export const resumeWork = operation('conversation:submit', {
  name: 'resumeWork',
  route: {
    method: 'POST',
    path: '/conversations/{conversationId}/lease',
    summary: 'Take up your own draft or returned conversation again',
    tags: ['work'],
  },
  input: z.strictObject({ conversationId: z.uuid() }),
  output: Assignment,
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor, { lock: true }),
  event: 'work.resumed',
  run: async ({ tx, subject, note }) => {
    const who = { projectId: subject.projectId, userId: subject.authorId, leaseMinutes: subject.leaseMinutes, except: [] }
    if (subject.state !== 'changes-requested' && subject.state !== 'draft')
      refuse('illegal-transition', `This conversation is ${subject.state}; there is nothing to write.`, { state: subject.state })
    const lease = await leaseOwn(tx, subject.id, who)
    note({ assignmentId: lease.id })
    return shape(lease)
  },
})

const HeldInput = z.strictObject({ assignmentId: z.uuid() })

export const extendAssignment = operation('assignment:hold', {
  name: 'extendAssignment',
  route: {
    method: 'POST',
    path: '/assignments/{assignmentId}/extension',
    summary: 'Extend a lease by the project’s lease time from now',
    tags: ['work'],
  },
  input: HeldInput,
  output: Assignment,
  subject: ({ tx, input }) => assignmentSubject(tx, input.assignmentId),
  event: 'assignment.extended',
  run: async ({ tx, subject }) => {
    const rows = await tx.$queryRaw<ClaimedRow[]>`
      UPDATE "assignment" a SET "expiresAt" = now() + make_interval(mins => p."leaseMinutes") FROM "project" p
      WHERE a.id = ${subject.id}::uuid AND p.id = a."projectId" AND a.state = 'leased' AND a."expiresAt" > now()
      RETURNING a.id, a.kind, a.state, a."promptId", a."conversationId", a."revisionId", a."fencingToken", a."leasedAt", a."expiresAt"`
    const row = rows[0]
    return row ? shape(row) : refuse('lease-lost', 'The lease has ended. Your text is kept, and you can still submit it.')
  },
})

const Ended = z.object({ assignmentId: z.uuid(), state: storedState('assignment') })

export const skipAssignment = operation('assignment:hold', {
  name: 'skipAssignment',
  route: {
    method: 'POST',
    path: '/assignments/{assignmentId}/skip',
    summary: 'Pass on this work, with a reason; it is not offered to you again',
    description: 'An escalation that nobody else can decide is, the day after.',
    tags: ['work'],
  },
  input: HeldInput.extend({ reason: SkipReason, comment: z.string().max(2000).default('') }),
  output: Ended,
  subject: ({ tx, input }) => assignmentSubject(tx, input.assignmentId),
  event: 'assignment.skipped',
  run: async ({ tx, input, subject, note }) => {
    if (input.reason === 'other' && !input.comment.trim())
      refuse('invalid-input', 'Say in a sentence why you skip it.', { issues: [{ path: 'comment', message: 'is needed for the reason “other”' }] })
    const skipReason = input.comment ? `${input.reason}: ${input.comment}` : input.reason
    await endLease(tx, subject, 'skipped', { skipReason })
    note({ reason: input.reason, conversationId: subject.conversationId })
    return { assignmentId: subject.id, state: 'skipped' }
  },
})

export const releaseAssignment = operation('assignment:hold', {
  name: 'releaseAssignment',
  route: {
    method: 'POST',
    path: '/assignments/{assignmentId}/release',
    summary: 'Give this work back; what you wrote stays your draft',
    tags: ['work'],
  },
  input: HeldInput,
  output: Ended,
  subject: ({ tx, input }) => assignmentSubject(tx, input.assignmentId),
  event: 'assignment.released',
  run: async ({ tx, subject }) => {
    await endLease(tx, subject, 'released')
    return { assignmentId: subject.id, state: 'released' }
  },
})

export const workOperations = { claimWork, resumeWork, extendAssignment, skipAssignment, releaseAssignment }
