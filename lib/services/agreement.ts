import { z } from 'zod'
import { Principle, Ratings, Verdict } from '#lib/domain/review.ts'
import { FEWEST_UNITS, NO_AGREEMENT, reportedAgreement } from '#lib/domain/stats/agreement.ts'
import { operation, type Tx } from './operation.ts'
import { projectSubject } from './subject.ts'

const Figure = z.object({
  alpha: z.number().nullable(),
  reason: z.enum(NO_AGREEMENT).nullable().describe('Why there is no figure'),
  low: z.number().nullable(),
  high: z.number().nullable(),
  units: z.int().describe('Revisions judged by two or more'),
  judgements: z.int(),
})

/** The newest are enough for any interval worth reading, and bound the time. */
const MAX_REVISIONS = 2000

/** Standing verdicts of revisions that two or more reviewed, by revision. Who decides an escalation has seen the others' verdicts: that is no second opinion. */
async function judgedTwice(tx: Tx, projectId: string, since: Date) {
  const rows = await tx.$queryRaw<{ revisionId: string; verdict: string; ratings: unknown }[]>`
    WITH twice AS (
      SELECT "revisionId" FROM "review" WHERE "projectId" = ${projectId}::uuid AND kind = 'review' AND "withdrawnAt" IS NULL AND "createdAt" >= ${since}
      GROUP BY 1 HAVING count(*) > 1 ORDER BY max("createdAt") DESC LIMIT ${MAX_REVISIONS}
    )
    SELECT v."revisionId", v.verdict, v.ratings FROM twice JOIN "review" v USING ("revisionId")
    WHERE v.kind = 'review' AND v."withdrawnAt" IS NULL AND v."createdAt" >= ${since} ORDER BY v."revisionId", v."createdAt"`
  return Map.groupBy(
    rows.map((row) => ({ revisionId: row.revisionId, verdict: Verdict.parse(row.verdict), ratings: Ratings.parse(row.ratings) })),
    (row) => row.revisionId,
  )
}

const DEFAULT_WEEKS = 12
const WEEK_MILLISECONDS = 7 * 24 * 60 * 60 * 1000

export const getAgreement = operation('quality:read', {
  name: 'getAgreement',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/agreement',
    summary: 'How far reviewers agree: Krippendorff’s alpha of verdicts and of each rating, with a 95 % interval',
    description:
      'Over revisions that two or more judged in the period; standing verdicts only. Verdicts are compared as names, ratings as ranks. Without overlap or variation, or with fewer than ' +
      `${FEWEST_UNITS} such revisions, there is no figure, and the reason is given.`,
    tags: ['quality'],
  },
  input: z.strictObject({ projectId: z.uuid(), weeks: z.int().min(1).max(104).default(DEFAULT_WEEKS) }),
  output: z.object({ since: z.date(), verdicts: Figure, ratings: z.record(Principle, Figure) }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const since = new Date(Date.now() - input.weeks * WEEK_MILLISECONDS)
    const revisions = [...(await judgedTwice(tx, subject.id, since)).values()]
    const rated = (principle: Principle) => revisions.map((reviews) => reviews.flatMap(({ ratings }) => ratings[principle] ?? []))
    return {
      since,
      verdicts: reportedAgreement(
        revisions.map((reviews) => reviews.map(({ verdict }) => Verdict.options.indexOf(verdict))),
        'nominal',
      ),
      ratings: {
        helpful: reportedAgreement(rated('helpful'), 'ordinal'),
        truthful: reportedAgreement(rated('truthful'), 'ordinal'),
        harmless: reportedAgreement(rated('harmless'), 'ordinal'),
      },
    }
  },
})

export const agreementOperations = { getAgreement }
