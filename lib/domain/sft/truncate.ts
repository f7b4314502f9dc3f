import { z } from 'zod'
import type { Message } from '#lib/domain/conversation.ts'
import { IGNORED } from './mask.ts'

/**
 * What happens to a row longer than the recipe's `maxLength`: leave it out, keep its first or last tokens, or drop
 * whole turns from the end until an assistant's answer ends a conversation that fits.
 */
export const TruncationPolicy = z.enum(['refuse', 'keep-start', 'keep-end', 'drop-turns'])
export type TruncationPolicy = z.infer<typeof TruncationPolicy>

/** Token ids and labels of one row; both of one length. */
export type TokenRow = { ids: Int32Array; labels: Int32Array }

export const countTrained = (labels: Int32Array): number => {
  let trained = 0
  for (const label of labels) if (label !== IGNORED) trained++
  return trained
}

/** The row cut to `maxLength` tokens, and how many tokens that took away. */
export function cutTokens({ ids, labels }: TokenRow, maxLength: number, keep: 'start' | 'end'): TokenRow & { truncatedTokens: number } {
  const truncatedTokens = Math.max(0, ids.length - maxLength)
  const from = keep === 'end' ? truncatedTokens : 0
  const to = from + ids.length - truncatedTokens
  return { ids: ids.slice(from, to), labels: labels.slice(from, to), truncatedTokens }
}

/**
 * The shorter conversations that dropping turns from the end can leave, as message counts, longest first. Each ends
 * with an assistant turn that waits for no tool result.
 */
export function turnCuts(messages: readonly Message[]): number[] {
  const cuts: number[] = []
  for (let count = messages.length - 1; count > 0; count--) {
    const last = messages[count - 1]
    if (last?.role === 'assistant' && (last.toolCalls ?? []).length === 0) cuts.push(count)
  }
  return cuts
}
