// Claims without HTTP: the claim's own statement, and the whole operation with policy and audit.
import type { Filled } from './fill.ts'

const SECONDS = 3
const CLIENTS = 10

async function perSecond(claim: (client: number) => Promise<unknown>): Promise<number> {
  const end = performance.now() + SECONDS * 1000
  let claims = 0
  const client = async (number: number) => {
    while (performance.now() < end) {
      await claim(number)
      claims++
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)))
  return claims / SECONDS
}

/** Claims per second of ten at once: by statement, by operation. A claim by statement is a new person's each time, as nobody holds two prompts. */
export async function inProcessClaims({ projectId, userIds }: Filled): Promise<{ statement: number; operation: number }> {
  // Only now: the database client takes its address when it is loaded, and the product is what makes the address.
  const { autocommit } = await import('#lib/services/transaction.ts')
  const { claimWriting } = await import('#lib/services/claim.ts')
  const { invoke } = await import('#lib/services/operation.ts')
  const { claimWork } = await import('#lib/services/work.ts')
  // The first ten are kept for the operation.
  let taken = CLIENTS
  const statement = await perSecond(() => {
    const userId = userIds[taken++]
    if (!userId) throw new Error('more claims than people: fill in more')
    return claimWriting(autocommit, { projectId, userId, leaseMinutes: 120, except: [], skills: [], maxAnswers: null })
  })
  // Whoever holds work or has a draft is given the same again, which is no new claim; so the last one is ended by hand each time.
  const operation = await perSecond(async (client) => {
    const userId = userIds[client] ?? ''
    await invoke(
      claimWork,
      { projectId, kind: 'write' },
      { context: { actor: { kind: 'person', userId, isAdmin: false }, requestId: 'bench', via: 'test' } },
    )
    await autocommit.$executeRaw`
      WITH ended AS (UPDATE "assignment" SET state = 'done', "endedAt" = now()
        WHERE "projectId" = ${projectId}::uuid AND "assigneeId" = ${userId}::uuid AND state = 'leased' RETURNING "conversationId")
      UPDATE "conversation" c SET state = 'submitted' FROM ended WHERE c.id = ended."conversationId"`
  })
  return { statement, operation }
}
