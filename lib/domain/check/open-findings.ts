import type { DraftContent } from '../conversation.ts'
import type { Acknowledgement } from './acknowledgement.ts'
import type { Finding } from './finding.ts'

/** What a reason is given for: the check, the message and the words. */
export const acknowledgementKey = ({ check, message, quote }: Pick<Acknowledgement, 'check' | 'message' | 'quote'>): string =>
  JSON.stringify([check, message, quote])

export const findingKey = ({ check, at, quote }: Finding): string => acknowledgementKey({ check, message: at.message, quote })

/** What still stands in the way of a submission: errors, and warnings without a reason. */
export function openFindings(findings: readonly Finding[], given: readonly Acknowledgement[]): Finding[] {
  const reasons = new Set(given.map(acknowledgementKey))
  return findings.filter((finding) => finding.level === 'error' || (finding.level === 'warning' && !reasons.has(findingKey(finding))))
}

/** A text with a reason given for a finding, or taken back (null). */
export function acknowledge(content: DraftContent, finding: Finding, reason: string | null): DraftContent {
  const key = findingKey(finding)
  const others = (content.acknowledgements ?? []).filter((given) => acknowledgementKey(given) !== key)
  const given = reason === null ? others : [...others, { check: finding.check, message: finding.at.message, quote: finding.quote, reason }]
  const { acknowledgements: _, ...rest } = content
  return given.length > 0 ? { ...rest, acknowledgements: given } : rest
}

/** The reason given for a finding, if there is one. */
export const reasonFor = (finding: Finding, given: readonly Acknowledgement[]): string | null =>
  given.find((each) => acknowledgementKey(each) === findingKey(finding))?.reason ?? null
