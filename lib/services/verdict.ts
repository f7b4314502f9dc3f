import { z } from 'zod'
import { personOf } from '#lib/domain/actor.ts'
import { Time } from '#lib/domain/bounds.ts'
import { ConversationState } from '#lib/domain/conversation.ts'
import { Verdict } from '#lib/domain/review.ts'
import { operation } from './operation.ts'
import { projectSubject } from './subject.ts'

const MAX_VERDICTS = 500

export const listOwnVerdicts = operation('review:claim', {
  name: 'listOwnVerdicts',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/own-verdicts',
    summary: 'Your own verdicts since a time, newest first',
    description: `At most ${MAX_VERDICTS}; \`total\` counts all of them. Withdrawn ones are listed and marked.`,
    tags: ['review'],
  },
  input: z.strictObject({ projectId: z.uuid(), since: Time }),
  output: z.object({
    items: z.array(
      z.object({
        reviewId: z.uuid(),
        conversationId: z.uuid(),
        kind: z.string(),
        verdict: Verdict,
        comments: z.int(),
        createdAt: z.date(),
        withdrawnAt: z.date().nullable(),
        firstUserText: z.string(),
        state: ConversationState.describe('What the conversation is now'),
      }),
    ),
    total: z.int(),
  }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, actor, subject }) => {
    const where = { projectId: subject.id, reviewerId: personOf(actor).userId, createdAt: { gte: input.since } }
    const total = await tx.review.count({ where })
    const rows = await tx.review.findMany({
      where,
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: MAX_VERDICTS,
      include: { conversation: { select: { firstUserText: true, state: true } }, _count: { select: { comments: true } } },
    })
    return {
      total,
      items: rows.map((row) => ({
        reviewId: row.id,
        conversationId: row.conversationId,
        kind: row.kind,
        verdict: Verdict.parse(row.verdict),
        comments: row._count.comments,
        createdAt: row.createdAt,
        withdrawnAt: row.withdrawnAt,
        firstUserText: row.conversation.firstUserText,
        state: ConversationState.parse(row.conversation.state),
      })),
    }
  },
})

export const verdictOperations = { listOwnVerdicts }
