import { z } from 'zod'
import { personOf } from '#lib/domain/actor.ts'
import { Verdict } from '#lib/domain/review.ts'
import { CITED_AGAINST } from './citation.ts'
import { operation, type Tx } from './operation.ts'
import {
  acceptanceOf,
  IS_FIRST_ROUND,
  isWrittenBy,
  mostCitedRules,
  outcomes,
  RuleCitations,
  Share,
  VerdictWeek,
  verdictsByWeek,
  Weeks,
  weeksAgo,
} from './quality.ts'
import { projectSubject } from './subject.ts'

const Returned = z.object({
  conversationId: z.uuid(),
  firstUserText: z.string(),
  verdict: Verdict,
  at: z.date(),
  summary: z.string(),
  decision: z.string().nullable().describe('Of the ruling, where an escalation was decided'),
  rules: z.array(z.string()).describe('Slugs its comments cite, and those its ruling found broken'),
})

const Record = z.object({
  since: z.date(),
  submitted: z
    .array(z.object({ start: z.date(), count: z.int() }))
    .describe('Conversations written and sent in, by week (Monday, UTC), without gaps; imported answers aside'),
  acceptance: Share,
  firstRound: Share,
  rules: z.array(RuleCitations),
  weeks: z.array(VerdictWeek),
  returned: z.array(Returned).describe('The newest verdicts that asked for changes or rejected'),
  written: z
    .object({ conversations: z.int(), words: z.int(), characters: z.int() })
    .describe('Answers that are approved now; a Chinese or Japanese character is a word'),
  minutes: z.number().nullable().describe('Median from taking a prompt to sending it in; corrections of returned work aside'),
  weeklyGoal: z.int().nullable().describe('Set by yourself; nobody else is told'),
})

type Own = { projectId: string; authorId: string; since: Date }

const submittedByWeek = (tx: Tx, { projectId, authorId, since }: Own) => tx.$queryRaw<{ start: Date; count: number }[]>`
  SELECT w.start AT TIME ZONE 'UTC' AS start, count(r.id)::int AS count
  FROM generate_series(date_trunc('week', ${since}::timestamptz AT TIME ZONE 'UTC'), date_trunc('week', now() AT TIME ZONE 'UTC'), interval '1 week') AS w(start)
  LEFT JOIN ("conversation" c JOIN "revision" r ON r."conversationId" = c.id AND r.number = 1 AND r."createdAt" >= ${since})
    ON c."projectId" = ${projectId}::uuid AND ${isWrittenBy(authorId)} AND date_trunc('week', r."createdAt" AT TIME ZONE 'UTC') = w.start
  GROUP BY 1 ORDER BY 1`

const MOST_RETURNED = 20

const returnedWork = (tx: Tx, { projectId, authorId, since }: Own) => tx.$queryRaw<z.input<typeof Returned>[]>`
  SELECT c.id AS "conversationId", c."firstUserText", v.verdict, v."createdAt" AS at, v.summary,
    (SELECT g.decision FROM "ruling" g WHERE g."reviewId" = v.id) AS decision,
    ARRAY(SELECT DISTINCT slug FROM (${CITED_AGAINST}) AS cited ORDER BY 1) AS rules
  FROM "conversation" c JOIN "review" v ON v."conversationId" = c.id AND v."withdrawnAt" IS NULL AND v.verdict IN ('request-changes', 'reject')
  WHERE c."projectId" = ${projectId}::uuid AND ${isWrittenBy(authorId)} AND v."createdAt" >= ${since}
  ORDER BY v."createdAt" DESC, v.id DESC LIMIT ${MOST_RETURNED}`

/** In scripts that set no spaces each character is a word. Named by code: what a database calls a letter depends on its locale. */
const WORD_EACH = '\\u3005-\\u3007\\u3041-\\u3096\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff'
const SPACES = '\\u00a0\\u3000'
/** Punctuation, symbols and emoji: alone they are no word. */
const MARKS = [
  '!-/:-@\\[-`{-~\\u00a0-\\u00a9\\u00ab-\\u00b1\\u00b4\\u00b6-\\u00b8\\u00bb\\u00bf\\u00d7\\u00f7',
  '\\u2000-\\u206f\\u20a0-\\u20cf\\u2190-\\u245f\\u2500-\\u2bff\\u2e00-\\u2e7f',
  '\\u3000-\\u3004\\u3008-\\u3020\\u3030\\u303d-\\u303f\\u3099-\\u309c\\u30a0\\u30fb',
  '\\ufe00-\\ufe6f\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65\\uffe0-\\uffff\\U0001f000-\\U0001faff',
].join('')
const WORD = `[${WORD_EACH}]|[^\\s${WORD_EACH}${MARKS}][^\\s${WORD_EACH}${SPACES}]*`

/** Words are what stands between spaces and has a letter or digit; where a script sets no spaces, each character is one. */
async function writtenWork(tx: Tx, { projectId, authorId, since }: Own) {
  const [row] = await tx.$queryRaw<[z.infer<typeof Record>['written']]>`
    SELECT count(DISTINCT c.id)::int AS conversations, coalesce(sum(length(m.content)), 0)::int AS characters,
      coalesce(sum((SELECT count(*) FROM regexp_matches(m.content, ${WORD}, 'g'))), 0)::int AS words
    FROM "conversation" c JOIN "revision" r ON r.id = c."currentRevisionId"
      CROSS JOIN LATERAL jsonb_to_recordset(r.messages) AS m(role text, content text)
    WHERE c."projectId" = ${projectId}::uuid AND ${isWrittenBy(authorId)} AND c.state = 'approved' AND c."approvedAt" >= ${since}
      AND m.role = 'assistant' AND m.content ~ '\\S'`
  return row
}

async function medianMinutes(tx: Tx, { projectId, authorId, since }: Own): Promise<number | null> {
  const [row] = await tx.$queryRaw<[{ minutes: number | null }]>`
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a."endedAt" - a."leasedAt")) / 60 AS minutes FROM "assignment" a
    WHERE a."projectId" = ${projectId}::uuid AND a."assigneeId" = ${authorId}::uuid AND a.state = 'done' AND ${IS_FIRST_ROUND} AND a."endedAt" >= ${since}`
  return row.minutes
}

export const getOwnRecord = operation('work:claim', {
  name: 'getOwnRecord',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/own-record',
    summary: 'What became of your own work, and why',
    description: 'Yours alone: nobody is compared with anybody, and no other operation tells it.',
    tags: ['write'],
  },
  input: z.strictObject({ projectId: z.uuid(), weeks: Weeks }),
  output: Record,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, actor, subject }) => {
    const { userId } = personOf(actor)
    const own: Own = { projectId: subject.id, authorId: userId, since: weeksAgo(input.weeks) }
    const { acceptance, firstRound } = acceptanceOf(await outcomes(tx, own))
    const membership = await tx.membership.findUnique({ where: { projectId_userId: { projectId: subject.id, userId } } })
    return {
      since: own.since,
      submitted: await submittedByWeek(tx, own),
      acceptance,
      firstRound,
      rules: await mostCitedRules(tx, own),
      weeks: await verdictsByWeek(tx, own),
      returned: await returnedWork(tx, own),
      written: await writtenWork(tx, own),
      minutes: await medianMinutes(tx, own),
      weeklyGoal: membership?.weeklyGoal ?? null,
    }
  },
})

export const setOwnGoal = operation('work:claim', {
  name: 'setOwnGoal',
  route: { method: 'PUT', path: '/projects/{projectId}/own-goal', summary: 'Set how many conversations you want to send in a week', tags: ['write'] },
  input: z.strictObject({ projectId: z.uuid(), weeklyGoal: z.int().min(1).max(1000).nullable().describe('Null: none') }),
  output: z.object({ weeklyGoal: z.int().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  // A person's own affair: no event tells it to others.
  event: null,
  run: async ({ tx, input, actor, subject }) => {
    const { weeklyGoal } = input
    await tx.membership.update({ where: { projectId_userId: { projectId: subject.id, userId: personOf(actor).userId } }, data: { weeklyGoal } })
    return { weeklyGoal }
  },
})

export const ownRecordOperations = { getOwnRecord, setOwnGoal }
