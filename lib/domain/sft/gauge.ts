import type { DraftContent } from '../conversation.ts'
import { encodeRendering, type Tokenizer } from './encode.ts'
import { countTokens } from './example.ts'
import { IGNORED, labelsOf, lossSpans } from './mask.ts'
import { RowRefusal } from './refusal.ts'
import { type ChatTemplate, TemplateError, TemplateRefusal } from './template.ts'

/** How long a text being written is for a model. */
export type Gauge =
  | {
      ok: true
      tokens: number
      trained: number
      /** By message id; a token counts where it starts. What the template writes outside every turn is in none. */
      perMessage: Record<string, number>
    }
  | { ok: false; message: string }

/**
 * Counts with the code that makes builds, without its self-checks and for texts that are not finished: one that ends with a
 * question, or trains nothing yet, has a length all the same. What the template refuses is told in its words.
 */
export async function gaugeOf(content: DraftContent, engine: { template: ChatTemplate; tokenizer: Tokenizer }): Promise<Gauge> {
  const { template, tokenizer } = engine
  try {
    const rendering = template.render(content)
    const encoded = await encodeRendering(tokenizer, rendering)
    const labels = labelsOf(rendering, encoded, lossSpans(template, content, rendering, 'token'))
    const counts = countTokens(content, rendering, encoded).perMessageTokens
    return {
      ok: true,
      tokens: encoded.ids.length,
      trained: labels.reduce((sum, label) => sum + (label === IGNORED ? 0 : 1), 0),
      perMessage: Object.fromEntries(content.messages.map(({ id }, index) => [id, counts[index] ?? 0])),
    }
  } catch (error) {
    if (error instanceof TemplateRefusal || error instanceof TemplateError || error instanceof RowRefusal)
      return { ok: false, message: error.message }
    throw error
  }
}
