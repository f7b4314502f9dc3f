import { type CheckLevel, type Finding, quoteOf } from '../check/finding.ts'
import type { Message } from '../conversation.ts'
import type { Likeness } from './likeness.ts'

const CHECK = 'near-duplicate'

/**
 * What a near-duplicate is told as among the findings of the checks. It speaks of a whole message: a reason holds as long as its first words
 * stay, though the passage both have moves. `conversation` is empty for whoever may not read the other one. Null when the message is gone.
 */
export function nearDuplicateFinding(
  messages: readonly Message[],
  { share, passage }: Likeness,
  level: CheckLevel,
  conversation: string,
): Finding | null {
  const text = messages.find(({ id }) => id === passage.message)?.content
  if (text === undefined) return null
  const [from, to] = [Math.min(passage.from, text.length), Math.min(passage.to, text.length)]
  return {
    check: CHECK,
    level,
    at: { message: passage.message, field: 'content', from, to },
    quote: quoteOf(text, { from: 0, to: text.length }),
    values: { percent: Math.floor(share * 100), conversation },
  }
}

/** Of what a text was refused for, what is about messages that are still what they were. */
export const standingDuplicates = (findings: readonly Finding[], of: readonly Message[], messages: readonly Message[]): Finding[] => {
  const textOf = (among: readonly Message[], id: string) => among.find((message) => message.id === id)?.content
  return findings.filter(({ check, at }) => check === CHECK && textOf(of, at.message) === textOf(messages, at.message))
}
