import { z } from 'zod'
import type { CheckLevel, Finding } from '#lib/domain/check/finding.ts'
import { DraftContent, Message } from '#lib/domain/conversation.ts'
import { nearDuplicateFinding } from '#lib/domain/near-duplicate/finding.ts'
import { type Likeness, likenessOf } from '#lib/domain/near-duplicate/likeness.ts'
import { bandKeys } from '#lib/domain/near-duplicate/minhash.ts'
import { type Shingle, shinglesOf } from '#lib/domain/near-duplicate/shingles.ts'
import { can } from '#lib/domain/policy.ts'
import { storedState } from '#lib/domain/state-schema.ts'
import { operation, type Tx } from './operation.ts'
import { type ConversationSubject, conversationSubject } from './subject.ts'
import { together, transact } from './transaction.ts'

/** Of one key: those of a text that half the project has are many. So many are looked at, and of those that count so many are taken. */
const MOST_OF_A_KEY = 300
const MOST_TAKEN = 300
/** Those that share the most keys are compared word by word. */
const MOST_COMPARED = 6

type Signed = { id: string; projectId: string }

type Signature = { shingles: readonly Shingle[]; keys: readonly string[] }

/** A submission looks for others and is noted for them: the same text, worked out once. */
const signatures = new WeakMap<readonly Message[], Signature>()

function signatureOf(projectId: string, messages: readonly Message[]): Signature {
  const known = signatures.get(messages)
  if (known) return known
  const shingles = shinglesOf(messages)
  const made = { shingles, keys: bandKeys(projectId, new Set(shingles.map(({ key }) => key))).map(String) }
  signatures.set(messages, made)
  return made
}

/** Notes the keys by which others find these answers. Whoever calls it sets `signedRevisionId`. */
export async function signConversation(tx: Pick<Tx, '$executeRaw'>, { id, projectId }: Signed, messages: readonly Message[]): Promise<void> {
  const { keys } = signatureOf(projectId, messages)
  if (keys.length === 0) return
  await tx.$executeRaw`
    INSERT INTO "near_duplicate_key" (key, "conversationId") SELECT key, ${id}::uuid FROM unnest(${keys as string[]}::bigint[]) AS k(key) ON CONFLICT DO NOTHING`
}

export type NearDuplicate = Likeness & { conversationId: string }

/** The project's other conversations whose newest text answers in nearly the same words, most alike first. */
export async function findNearDuplicates(tx: Tx, { id, projectId }: Signed, messages: readonly Message[]): Promise<NearDuplicate[]> {
  const { shingles, keys } = signatureOf(projectId, messages)
  if (keys.length === 0) return []
  // By key alone first: that is all there is to do for nearly every text, and no planner can make more of it.
  const near = await tx.$queryRaw<{ id: string }[]>`
    SELECT other.id FROM unnest(${keys as string[]}::bigint[]) AS k(key) CROSS JOIN LATERAL (
      SELECT n."conversationId" AS id FROM "near_duplicate_key" n WHERE n.key = k.key AND n."conversationId" <> ${id}::uuid LIMIT ${MOST_OF_A_KEY}) other
    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${MOST_TAKEN}`
  if (near.length === 0) return []
  const ids = near.map((each) => each.id)
  const candidates = await tx.$queryRaw<{ conversationId: string; messages: unknown }[]>`
    SELECT c.id AS "conversationId", r.messages FROM "conversation" c JOIN "revision" r ON r.id = c."currentRevisionId"
    WHERE c.id = ANY (${ids}::uuid[]) AND c."projectId" = ${projectId}::uuid AND c.state NOT IN ('withdrawn', 'rejected', 'superseded')
    ORDER BY array_position(${ids}::uuid[], c.id) LIMIT ${MOST_COMPARED}`
  return candidates
    .flatMap(({ conversationId, messages: theirs }) => {
      const likeness = likenessOf(shingles, shinglesOf(z.array(Message).parse(theirs)))
      return likeness ? [{ ...likeness, conversationId }] : []
    })
    .sort((a, b) => b.share - a.share)
}

/** What a submission is told: the one most alike, without saying which. */
export async function nearDuplicateFindings(tx: Tx, subject: Signed, messages: readonly Message[], level: CheckLevel | 'off'): Promise<Finding[]> {
  if (level === 'off') return []
  const [first] = await findNearDuplicates(tx, subject, messages)
  const finding = first && nearDuplicateFinding(messages, first, level, '')
  return finding ? [finding] : []
}

/** The text as who asks sees it: authors their draft, everybody else what was submitted last. */
async function textOf(tx: Tx, { id, state, currentRevisionId }: ConversationSubject, seesDraft: boolean): Promise<Message[]> {
  const draft = state === 'draft' && seesDraft ? await tx.draft.findUnique({ where: { conversationId: id } }) : null
  if (draft) return DraftContent.parse(draft.content).messages
  const revision = currentRevisionId ? await tx.revision.findUniqueOrThrow({ where: { id: currentRevisionId } }) : null
  return z.array(Message).parse(revision?.messages ?? [])
}

const Item = z.object({
  share: z.number().min(0).max(1).describe('Jaccard similarity of the answers, by five words (or characters) in a row'),
  passage: z
    .object({ message: z.string(), from: z.int(), to: z.int() })
    .describe('The longest passage of this conversation that the other has, too; UTF-16 code units of one message'),
  other: z
    .object({ id: z.uuid(), state: storedState('conversation'), firstUserText: z.string() })
    .nullable()
    .describe('Null where you may not read it'),
})

export const listNearDuplicates = operation('conversation:read', {
  name: 'listNearDuplicates',
  route: {
    method: 'GET',
    path: '/conversations/{conversationId}/near-duplicates',
    summary: 'Other conversations that answer in nearly the same words, most alike first',
    description: 'Looks at your draft while you write it, else at the newest revision. Short answers are compared with nothing.',
    tags: ['conversations'],
  },
  input: z.strictObject({ conversationId: z.uuid() }),
  output: z.object({ items: z.array(Item) }),
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor),
  run: async ({ tx, actor, subject, may }) => {
    const found = await findNearDuplicates(tx, subject, await textOf(tx, subject, may('draft:write')))
    const others = await tx.conversation.findMany({
      where: { id: { in: found.map(({ conversationId }) => conversationId) } },
      select: { id: true, projectId: true, authorId: true, state: true, firstUserText: true },
    })
    const readable = others.filter((other) => can(actor, subject.actorRoles, 'conversation:read', other) === 'allow')
    return {
      items: found.map(({ share, passage, conversationId }) => ({
        share,
        passage,
        other: readable.find(({ id }) => id === conversationId) ?? null,
      })),
    }
  },
})

type Unsigned = Signed & { messages: unknown }

/** Signs the newest revisions of a few conversations that came without: imported ones. @returns how many. */
const signSome = (most: number): Promise<number> =>
  transact(async (tx) => {
    const rows = await tx.$queryRaw<Unsigned[]>`
      SELECT c.id, c."projectId", r.messages FROM "conversation" c JOIN "revision" r ON r.id = c."currentRevisionId"
      WHERE c."currentRevisionId" IS DISTINCT FROM c."signedRevisionId" ORDER BY c.id LIMIT ${most} FOR UPDATE OF c SKIP LOCKED`
    if (rows.length === 0) return 0
    await together(rows.map((row) => signConversation(tx, row, z.array(Message).parse(row.messages))))
    const ids = rows.map(({ id }) => id)
    await tx.$executeRaw`UPDATE "conversation" SET "signedRevisionId" = "currentRevisionId" WHERE id = ANY (${ids}::uuid[])`
    return rows.length
  })

const SIGNED_AT_ONCE = 50

/** Signs all that came without; the worker looks for them every few seconds. */
export async function signUnsigned(): Promise<void> {
  for (let signed = SIGNED_AT_ONCE; signed === SIGNED_AT_ONCE; ) signed = await signSome(SIGNED_AT_ONCE)
}

export const nearDuplicateOperations = { listNearDuplicates }
