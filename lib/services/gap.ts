import { z } from 'zod'
import { Time } from '#lib/domain/bounds.ts'
import { Severity, Verdict } from '#lib/domain/review.ts'
import { operation } from './operation.ts'
import { projectSubject } from './subject.ts'

const MAX_GAPS = 200

export const listGuidelineGaps = operation('quality:read', {
  name: 'listGuidelineGaps',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/guideline/gaps',
    summary: 'Remarks of standing verdicts for which no rule fitted, newest first',
    description: `At most ${MAX_GAPS}; \`total\` counts all of them. Each is a rule the guideline may lack.`,
    tags: ['quality'],
  },
  input: z.strictObject({ projectId: z.uuid(), since: Time.optional() }),
  output: z.object({
    items: z.array(
      z.object({
        commentId: z.uuid(),
        conversationId: z.uuid(),
        body: z.string(),
        quote: z.string(),
        severity: Severity,
        verdict: Verdict,
        createdAt: z.date(),
      }),
    ),
    total: z.int(),
  }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const where = {
      isGap: true,
      review: { projectId: subject.id, withdrawnAt: null },
      ...(input.since ? { createdAt: { gte: input.since } } : {}),
    }
    const total = await tx.comment.count({ where })
    const rows = await tx.comment.findMany({
      where,
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: MAX_GAPS,
      include: { review: { select: { verdict: true } } },
    })
    return {
      total,
      items: rows.map((row) => ({
        commentId: row.id,
        conversationId: row.conversationId,
        body: row.body,
        quote: row.quote,
        severity: Severity.parse(row.severity),
        verdict: Verdict.parse(row.review.verdict),
        createdAt: row.createdAt,
      })),
    }
  },
})

export const gapOperations = { listGuidelineGaps }
