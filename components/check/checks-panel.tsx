'use client'
import { useTranslations } from 'next-intl'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { Finding, Place } from '#lib/domain/check/finding.ts'
import { acknowledge, findingKey, reasonFor } from '#lib/domain/check/open-findings.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'
import type { TurnFault } from '#lib/domain/turns.ts'
import { FindingItem } from './finding-item.tsx'

type Props = {
  document: ConversationDocument
  content: DraftContent
  faults: readonly TurnFault[]
  /** Null before the first look at the text. */
  findings: readonly Finding[] | null
  onShow: (place: Pick<Place, 'message'> & Partial<Place>) => void
}

/** Puts the cursor where the first open check wants an answer: its reason, or the place of an error. */
export function focusFirstOpen(): void {
  const open = document.querySelector('[data-open-check]')
  open?.querySelector<HTMLElement>('input')?.focus()
  if (!open?.contains(document.activeElement)) open?.querySelector('button')?.focus()
}

/** What stands in the way of submitting, then what deserves a look. */
export function ChecksPanel({ document, content, faults, findings, onShow }: Props) {
  const t = useTranslations('write')
  const c = useTranslations('checks')
  const given = content.acknowledgements ?? []
  const positions = new Map(content.messages.map(({ id }, index) => [id, index + 1]))
  // What was found in a text that has moved on since is looked for again in a moment.
  const shown = (findings ?? []).filter(({ at }) => positions.has(at.message))
  const seen = new Map<string, number>()
  if (faults.length === 0 && shown.length === 0)
    return findings ? <p className="text-approved">{t('allGood')}</p> : <p className="text-ink-3">{c('looking')}</p>
  return (
    <ul className="divide-y">
      {faults.map((fault) => (
        <li key={`${fault.index}-${fault.code}-${fault.field}`} className="py-2.5">
          <button
            type="button"
            onClick={() => {
              const message = content.messages[fault.index]?.id
              if (message) onShow({ message })
            }}
            className="w-full rounded text-left hover:text-accent"
          >
            {t(`fault.${fault.code}`)}
            <span className="block text-ink-3 text-xs">{c('inMessage', { position: fault.index + 1 })}</span>
          </button>
        </li>
      ))}
      {shown.map((finding) => {
        const key = findingKey(finding)
        const count = seen.get(key) ?? 0
        seen.set(key, count + 1)
        return (
          <FindingItem
            key={`${key}-${finding.at.field}-${count}`}
            finding={finding}
            position={positions.get(finding.at.message) ?? 0}
            reason={reasonFor(finding, given)}
            onShow={() => onShow(finding.at)}
            onReason={(reason) => document.apply((before) => acknowledge(before, finding, reason))}
          />
        )
      })}
    </ul>
  )
}
