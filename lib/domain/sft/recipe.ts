import { z } from 'zod'
import { contentHash } from '../content-hash.ts'
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

/** The hash of a recipe with its defaults filled in, so an omitted field and its default are the same recipe. */
export const recipeHash = (recipe: z.input<typeof Recipe>): Promise<string> => contentHash(Recipe.parse(recipe))
