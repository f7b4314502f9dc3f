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
