import { createHash } from 'node:crypto'
import type pg from 'pg'

/** A project with `prompts` open prompts and `labellers` people with an API token each; made set-based, in seconds a million. */
export type Filled = { projectId: string; tokens: string[]; userIds: string[] }

const ACTIONS = ['work:claim', 'conversation:submit', 'draft:write', 'conversation:list', 'prompt:read', 'conversation:read']

export async function fill(client: pg.Client, prompts: number, labellers: number, conversations = 0): Promise<Filled> {
  const slug = `bench-${prompts}-${Date.now()}`
  const project = await client.query(`INSERT INTO "project" (id, slug, name) VALUES (gen_random_uuid(), $1, $1) RETURNING id`, [slug])
  const projectId: string = project.rows[0].id
  await client.query(
    `INSERT INTO "prompt" (id, "projectId", "contentHash", messages, tools, "firstUserText", category, language, tags, "openSlots", "answersWanted")
     SELECT gen_random_uuid(), $1, md5(n::text), jsonb_build_array(jsonb_build_object('id', 'm1', 'role', 'user', 'content', 'Question number ' || n || '?', 'train', false)),
       '[]', 'Question number ' || n || '?', 'open-qa', 'en', '{}', 1, 1 FROM generate_series(1, $2::int) n`,
    [projectId, prompts],
  )
  const users = await client.query(
    `INSERT INTO "user" (id, email) SELECT gen_random_uuid(), $1 || n || '@example.test' FROM generate_series(1, $2::int) n RETURNING id`,
    [slug, labellers],
  )
  const userIds: string[] = users.rows.map((row) => row.id)
  await client.query(`INSERT INTO "membership" ("projectId", "userId", roles) SELECT $1, u, '{labeller,reviewer}' FROM unnest($2::uuid[]) u`, [
    projectId,
    userIds,
  ])
  const tokens = userIds.map((id) => `exm_bench_${slug}_${id}`)
  const hashes = tokens.map((token) => createHash('sha256').update(token).digest('hex'))
  await client.query(
    `INSERT INTO "api_token" (id, "userId", "projectId", name, "tokenHash", prefix, actions, "expiresAt", "lastUsedAt")
     SELECT gen_random_uuid(), u, $1, 'bench', h, 'exm_', $4, now() + interval '1 day', now() FROM unnest($2::uuid[], $3::text[]) AS t(u, h)`,
    [projectId, userIds, hashes, ACTIONS],
  )
  if (conversations > 0) await fillConversations(client, projectId, userIds[0] ?? '', conversations)
  await client.query('ANALYZE "prompt", "conversation", "membership", "api_token"')
  return { projectId, tokens, userIds }
}

/** Submitted conversations of one author, spread over a year, for lists. */
async function fillConversations(client: pg.Client, projectId: string, authorId: string, count: number): Promise<void> {
  await client
    .query(
      `INSERT INTO "conversation" (id, "projectId", "promptId", "authorId", state, category, language, tags, "firstUserText", turns, characters, "holdsSlot", "updatedAt", "submittedAt")
     SELECT gen_random_uuid(), $1, (SELECT id FROM "prompt" WHERE "projectId" = $1 LIMIT 1), $2, (ARRAY['submitted', 'rejected'])[1 + n % 2], 'open-qa', 'en', '{}',
       'Question number ' || n || '?', 2, 400, false, now() - n * interval '30 seconds', now() - n * interval '30 seconds' FROM generate_series(1, $3::int) n`,
      [projectId, authorId, count],
    )
    .catch((error: Error) => {
      throw new Error(`could not fill conversations: ${error.message}`)
    })
}

/** Value below which the given share of the samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`
