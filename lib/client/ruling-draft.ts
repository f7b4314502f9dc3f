import type { RuleFinding, RulingInput } from '#lib/domain/ruling.ts'

/** A ruling being written. */
export type UnfinishedRuling = {
  question: string
  decision: string
  reasons: string
  rules: { rule: string; finding: RuleFinding | null }[]
  gap: boolean
}

export const NO_RULING: UnfinishedRuling = { question: '', decision: '', reasons: '', rules: [], gap: false }

/** Has anything of it been said? */
export const isBegun = ({ question, decision, reasons, rules, gap }: UnfinishedRuling): boolean =>
  [question, decision, reasons].some((text) => text.trim() !== '') || rules.length > 0 || gap

export type RulingPart = 'question' | 'decision' | 'rules' | 'finding'

/** The first part that is not there yet, in the order of the form. */
export function missingIn({ question, decision, rules, gap }: UnfinishedRuling): RulingPart | null {
  if (!question.trim()) return 'question'
  if (!decision.trim()) return 'decision'
  if (rules.length === 0 && !gap) return 'rules'
  return rules.some(({ finding }) => finding === null) ? 'finding' : null
}

/** The ruling as it is sent. */
export const rulingOf = ({ rules, ...rest }: UnfinishedRuling): RulingInput => ({
  ...rest,
  rules: rules.flatMap(({ rule, finding }) => (finding ? [{ rule, finding }] : [])),
})
