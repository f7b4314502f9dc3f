// Runs the table over a conversation; the same in the editor's worker and in the operation.
import type { DraftContent, Message } from '../conversation.ts'
import { type CheckLevel, type Finding, type Hit, PATTERN_PREFIX, type Part, quoteOf } from './finding.ts'
import { findPattern, findPhrase } from './pattern.ts'
import { remember } from './remember.ts'
import type { CheckSettings } from './settings.ts'
import { CHECK_IDS, CHECKS, type Check, type CheckId } from './table.ts'

export function partsOf(message: Message): Part[] {
  const { role } = message
  const parts: Part[] = [{ role, field: role === 'tool' ? 'result' : 'content', text: message.content }]
  if (message.reasoning) parts.push({ role, field: 'reasoning', text: message.reasoning })
  for (const [call, { arguments: text }] of (message.toolCalls ?? []).entries()) parts.push({ role, field: 'arguments', call, text })
  return parts
}

const textAt = (message: Message, at: { field: Part['field']; call?: number }): string =>
  at.field === 'reasoning'
    ? (message.reasoning ?? '')
    : at.field === 'arguments'
      ? (message.toolCalls?.[at.call ?? 0]?.arguments ?? '')
      : message.content

type Kind = { check: string; level: CheckLevel; rule?: string; message?: string }

function findingOf(kind: Kind, message: Message, at: { field: Part['field']; call?: number }, hit: Hit): Finding {
  return {
    ...kind,
    at: { message: message.id, field: at.field, ...(at.call !== undefined && { call: at.call }), from: hit.from, to: hit.to },
    quote: quoteOf(textAt(message, at), hit),
    values: hit.values ?? {},
  }
}

export const levelOf = (id: CheckId, settings: Pick<CheckSettings, 'levels'>): CheckLevel | 'off' => settings.levels[id] ?? CHECKS[id].level

/** `rule` only where there is one. */
const kindOf = (check: string, level: CheckLevel, rule?: string, message?: string): Kind => ({
  check,
  level,
  ...(rule && { rule }),
  ...(message && { message }),
})

function checkTexts(message: Message, settings: CheckSettings): Finding[] {
  const findings: Finding[] = []
  for (const part of partsOf(message)) {
    const add = (kind: Kind, hits: Hit[]) => findings.push(...hits.map((hit) => findingOf(kind, message, part, hit)))
    for (const id of CHECK_IDS) {
      const check: Check = CHECKS[id]
      const level = levelOf(id, settings)
      if (level === 'off' || check.scope !== 'text') continue
      if (check.roles && !check.roles.includes(part.role)) continue
      if (check.fields && !check.fields.includes(part.field)) continue
      add(kindOf(id, level, check.rule), check.find(part.text, settings))
    }
    if (part.role === 'assistant')
      for (const { text, level, rule, message: words } of settings.phrases) add(kindOf('phrase', level, rule, words), findPhrase(part.text, text))
    for (const { id, expression, roles, level, rule, message: words } of settings.patterns)
      if (roles.includes(part.role)) add(kindOf(PATTERN_PREFIX + id, level, rule, words), findPattern(part.text, expression))
  }
  return findings
}

function checkTurns(content: DraftContent, settings: CheckSettings): Finding[] {
  return CHECK_IDS.flatMap((id) => {
    const check: Check = CHECKS[id]
    const level = levelOf(id, settings)
    if (level === 'off' || check.scope !== 'turns') return []
    return check.find(content, settings).flatMap((hit) => {
      const message = content.messages[hit.index]
      return message ? [findingOf(kindOf(id, level, check.rule), message, hit, hit)] : []
    })
  })
}

const RANK: Record<CheckLevel, number> = { error: 0, warning: 1, note: 2 }

/** A checker for one setting of checks. It remembers what it found in a message while that stays the same object. */
export function makeChecker(settings: CheckSettings): (content: DraftContent) => Finding[] {
  const inText = remember((message: Message) => checkTexts(message, settings))
  return (content) => {
    const order = new Map(content.messages.map(({ id }, index) => [id, index]))
    const inTexts = content.messages.flatMap(inText)
    // Gravest first, then as they stand in the text.
    return [...inTexts, ...checkTurns(content, settings)].sort(
      (a, b) => RANK[a.level] - RANK[b.level] || (order.get(a.at.message) ?? 0) - (order.get(b.at.message) ?? 0) || a.at.from - b.at.from,
    )
  }
}
