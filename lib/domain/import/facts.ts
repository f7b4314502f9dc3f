import { z } from 'zod'
import { PlainText } from '#lib/domain/plain-text.ts'
import { sound } from './row-fault.ts'

/** What a row says beside its turns. Bounded, so that every index can hold it. */
const Facts = z.object({
  externalId: PlainText.max(200).nullable(),
  category: PlainText.max(100),
  language: PlainText.max(35),
  tags: z.array(PlainText.max(100)).max(100),
  source: PlainText.max(500),
  licence: PlainText.max(200),
  instructions: PlainText.max(20_000),
})

export type RowFacts = z.infer<typeof Facts>

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [])
const wordOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')

/** Reads them under the names datasets use. @throws RowFault for what cannot be kept. */
export function readFacts(value: Record<string, unknown>): RowFacts {
  const facts = {
    externalId: wordOf(value.id ?? value.external_id ?? value.externalId) || null,
    category: wordOf(value.category),
    language: wordOf(value.language ?? value.lang),
    tags: listOf(value.tags),
    source: wordOf(value.source),
    licence: wordOf(value.licence ?? value.license),
    instructions: wordOf(value.instructions),
  }
  return sound(Facts, facts, '')
}
