import { type CheckLevel, type Finding, quoteOf } from '../check/finding.ts'
import type { Message } from '../conversation.ts'
import type { Likeness } from './likeness.ts'

const CHECK = 'near-duplicate'

const textOf = (messages: readonly Message[], messageId: string): string => messages.find(({ id }) => id === messageId)?.content ?? ''

/** What a near-duplicate is told as among the findings of the checks. `conversation` is empty for whoever may not read the other one. */
export function nearDuplicateFinding(messages: readonly Message[], { share, passage }: Likeness, level: CheckLevel, conversation: string): Finding {
  return {
    check: CHECK,
    level,
    at: { ...passage, field: 'content' },
    quote: quoteOf(textOf(messages, passage.message), passage),
    values: { percent: Math.floor(share * 100), conversation },
  }
}

/**
 * What the server found in a text a moment ago, in the text as it is now: where its words stand by now. Those whose words are gone are left
 * out, and of the same words told twice the first is kept.
 */
export function standingDuplicates(findings: readonly Finding[], messages: readonly Message[]): Finding[] {
  const seen = new Set<string>()
  return findings.flatMap((finding) => {
    const text = textOf(messages, finding.at.message)
    const from = text.startsWith(finding.quote, finding.at.from) ? finding.at.from : text.indexOf(finding.quote)
    const key = JSON.stringify([finding.at.message, finding.quote])
    if (finding.check !== CHECK || from < 0 || finding.quote === '' || seen.has(key)) return []
    seen.add(key)
    const to = Math.min(text.length, from + finding.at.to - finding.at.from)
    return [{ ...finding, at: { ...finding.at, from, to } }]
  })
}
