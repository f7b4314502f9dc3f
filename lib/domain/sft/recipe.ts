import canonicalize from 'canonicalize'
import { z } from 'zod'
import { TruncationPolicy } from './truncate.ts'

/** What a build makes of a snapshot. Together with the snapshot, the tokenizer and the template it fixes every byte. */
export const Recipe = z.strictObject({
  version: z.literal(1).default(1),
  /** `tokenized`: ids and labels in Parquet. `messages`: conversations as JSON lines, for trainers that render themselves. */
  format: z.enum(['tokenized', 'messages']).default('tokenized'),
  /** Longest row, in tokens; also the size of a packed row. */
  maxLength: z.int().min(16).max(1_048_576).default(4096),
  truncation: TruncationPolicy.default('refuse'),
  packing: z.enum(['none', 'bfd']).default('none'),
  /** Whether the whitespace a template writes after its end-of-turn token is learnt too (`suffix`, as TRL does). */
  eot: z.enum(['token', 'suffix']).default('token'),
  /** Reasoning stands where the template puts it; some templates drop it from all but the last turn. */
  reasoning: z.literal('as-template').default('as-template'),
  /** What a template that writes today's date is told. */
  pinnedDate: z.iso.date().default('2026-01-01'),
  /** Further variables of the template, such as `enable_thinking`. */
  templateKwargs: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.json()).default({}),
})
export type Recipe = z.infer<typeof Recipe>

/** RFC 8785 canonical JSON: equal values give equal bytes. Throws TypeError for what JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('the value has no JSON form')
  return text
}

/** sha256 of a text's UTF-8 bytes, or of bytes, as lower-case hex. */
export async function sha256Hex(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The hash of a recipe with its defaults filled in, so an omitted field and its default are the same recipe. */
export const recipeHash = (recipe: z.input<typeof Recipe>): Promise<string> => sha256Hex(canonicalJson(Recipe.parse(recipe)))
