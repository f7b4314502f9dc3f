// A reason given for a warning. It holds for the same words in the same message, and for nothing else.
import { z } from 'zod'
import { PlainText } from '../plain-text.ts'
import type { Finding } from './finding.ts'

export const Acknowledgement = z.strictObject({
  check: z.string().max(120),
  message: z.string().max(64).describe('Id of the message'),
  quote: PlainText.max(80).describe('The words it was given for'),
  reason: PlainText.min(1, 'says why this is right here').max(500),
})
export type Acknowledgement = z.infer<typeof Acknowledgement>

const keyOf = (check: string, message: string, quote: string) => JSON.stringify([check, message, quote])

/** What still stands in the way of a submission: errors, and warnings without a reason. */
export function openFindings(findings: readonly Finding[], given: readonly Acknowledgement[]): Finding[] {
  const reasons = new Set(given.map(({ check, message, quote }) => keyOf(check, message, quote)))
  return findings.filter(({ level, check, at, quote }) => level === 'error' || (level === 'warning' && !reasons.has(keyOf(check, at.message, quote))))
}
