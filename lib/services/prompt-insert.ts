import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Message, Tool } from '#lib/domain/conversation.ts'
import { summaryOf } from './revision.ts'
import type { Tx } from './transaction.ts'

/** A prompt as it is put into a project. */
export type NewPrompt = {
  messages: Message[]
  tools: Tool[]
  externalId: string | null
  category: string
  language: string
  tags: string[]
  source: string
  licence: string
  instructions: string
  answersWanted: number
  priority: number
  skills?: string[]
}

/** What makes two prompts the same: their words and tools. The same hash as contentHash, without a promise for each of a million rows. */
export const promptHash = ({ messages, tools }: Pick<NewPrompt, 'messages' | 'tools'>): string =>
  createHash('sha256')
    .update(canonicalize({ messages, tools }) ?? '')
    .digest('hex')

/**
 * Inserts many prompts by one statement; those that are there already, by content or external id, are left out.
 * Returns the hashes of those inserted with their ids.
 */
export async function insertPrompts(tx: Tx, projectId: string, importId: string | null, prompts: readonly NewPrompt[]): Promise<Map<string, string>> {
  const rows = prompts.map((prompt) => ({ ...prompt, contentHash: promptHash(prompt), firstUserText: summaryOf(prompt.messages).firstUserText }))
  const inserted = await tx.$queryRaw<{ id: string; contentHash: string }[]>`
    INSERT INTO "prompt" (id, "projectId", "importId", "externalId", "contentHash", messages, tools, "firstUserText", category, language, tags, source, licence,
      instructions, "answersWanted", "openSlots", priority, skills)
    SELECT gen_random_uuid(), ${projectId}::uuid, ${importId}::uuid, r."externalId", r."contentHash", r.messages, r.tools, r."firstUserText", r.category, r.language,
      ARRAY(SELECT jsonb_array_elements_text(r.tags)), r.source, r.licence, r.instructions, r."answersWanted", r."answersWanted", r.priority,
      ARRAY(SELECT jsonb_array_elements_text(r.skills))
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("externalId" text, "contentHash" text, messages jsonb, tools jsonb, "firstUserText" text, category text,
      language text, tags jsonb, source text, licence text, instructions text, "answersWanted" int, priority int, skills jsonb)
    ON CONFLICT DO NOTHING RETURNING id, "contentHash"`
  return new Map(inserted.map((row) => [row.contentHash, row.id]))
}
