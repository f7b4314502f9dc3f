// The least SQL that claiming and submitting could be: one row locked and written, without rights, history or anybody's name.
import pg from 'pg'

export const barePool = (url: string) => new pg.Pool({ connectionString: url, max: 10 })

/** Takes a slot of the next prompt; null when nothing is left. */
export async function claimSlot(pool: pg.Pool, projectId: string): Promise<string | null> {
  const { rows } = await pool.query({
    name: 'claim-slot',
    text: `WITH c AS (SELECT id FROM "prompt" WHERE "projectId" = $1 AND state = 'open' AND "openSlots" > 0 AND "assigneeId" IS NULL AND skills = '{}' ORDER BY priority DESC, position LIMIT 1 FOR UPDATE SKIP LOCKED)
           UPDATE "prompt" p SET "openSlots" = p."openSlots" - 1 FROM c WHERE p.id = c.id RETURNING p.id`,
    values: [projectId],
  })
  return rows[0]?.id ?? null
}

export async function keepText(pool: pg.Pool, promptId: string, messages: unknown): Promise<void> {
  await pool.query({ name: 'keep-text', text: 'UPDATE "prompt" SET messages = $2 WHERE id = $1', values: [promptId, JSON.stringify(messages)] })
}
