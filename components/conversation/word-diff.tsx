'use client'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { classNames } from '#components/ui/class-names.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { diffMessages, type MessageDiff, toolCallText } from '#lib/domain/message-diff.ts'
import type { DiffPart } from '#lib/domain/text-diff.ts'
import { ROLE_RULE, RoleLabel } from './role-label.tsx'

/** Parts of a text: what was added is underlined on green, what was removed struck through on red; both are named for screen readers. */
export function DiffText({ parts, className }: { parts: readonly DiffPart[]; className?: string }) {
  const t = useTranslations('conversation')
  let at = 0
  return (
    <div dir="auto" className={classNames('whitespace-pre-wrap', className)}>
      {parts.map(({ kind, text, block }) => {
        const key = `${kind}${at}`
        at += text.length
        if (kind === 'same') return <span key={key}>{text}</span>
        const Tag = kind === 'added' ? 'ins' : 'del'
        return (
          <Tag
            key={key}
            className={classNames(
              kind === 'added'
                ? 'bg-inserted underline decoration-approved decoration-2 underline-offset-2'
                : 'bg-removed line-through decoration-rejected',
              block && 'my-1 block px-1.5',
            )}
          >
            <span className="sr-only">{t(kind === 'added' ? 'diff.addedStart' : 'diff.removedStart')}</span>
            {/^[\r\n]+$/.test(text) ? `⏎${text}` : text}
            <span className="sr-only">{t('diff.end')}</span>
          </Tag>
        )
      })}
    </div>
  )
}

const same = (text: string | undefined): DiffPart[] => (text ? [{ kind: 'same', text }] : [])

/** What changed about a message besides its text, in words. */
function useFacts(): (row: MessageDiff) => string[] {
  const t = useTranslations('conversation')
  return ({ kind, before, after, moved }) => {
    const facts = kind === 'changed' || kind === 'same' ? [] : [t(`diff.${kind}`)]
    if (moved) facts.push(t('diff.moved'))
    if (before && after && before.role !== after.role) facts.push(t('diff.role', { role: t(`role.${before.role}`) }))
    if (before && after && before.train !== after.train) facts.push(t(after.train ? 'diff.trainOn' : 'diff.trainOff'))
    if (before && after && before.toolCallId !== after.toolCallId) facts.push(t('diff.link'))
    return facts
  }
}

function MessageDiffRow({ row }: { row: MessageDiff }) {
  const t = useTranslations('conversation')
  const facts = useFacts()(row)
  const shown = row.after ?? row.before
  if (!shown) return null
  return (
    <article data-message={row.id} className={classNames('border-l-2 pl-4', ROLE_RULE[shown.role])}>
      <header className="flex flex-wrap items-baseline gap-x-3">
        <RoleLabel role={shown.role} />
        {facts.length > 0 && <span className="text-ink-2 text-xs">{facts.join(' · ')}</span>}
      </header>
      {(row.reasoning || shown.reasoning) && (
        <section aria-label={t('thinking')} className="mt-1 text-ink-2">
          <p className="text-ink-3 text-xs">{t('thinking')}</p>
          <DiffText parts={row.reasoning ?? same(shown.reasoning)} className="prose-conversation" />
        </section>
      )}
      <DiffText parts={row.content ?? same(shown.content)} className="prose-conversation mt-1" />
      {(row.toolCalls || shown.toolCalls?.length) && (
        <DiffText parts={row.toolCalls ?? same(toolCallText(shown))} className="mt-2 font-mono text-sm" />
      )}
    </article>
  )
}

type Props = {
  before: readonly Message[]
  after: readonly Message[]
  /** Leaves out messages that are the same in both, saying how many. */
  changedOnly?: boolean
}

/** What changed between two revisions, message by message and word by word. */
export function WordDiff({ before, after, changedOnly = false }: Props) {
  const t = useTranslations('conversation')
  const rows = useMemo(() => diffMessages(before, after), [before, after])
  const shown = changedOnly ? rows.filter((row) => row.kind !== 'same' || row.moved) : rows
  const left = rows.length - shown.length
  if (rows.every((row) => row.kind === 'same' && !row.moved)) return <p className="text-ink-2">{t('diff.none')}</p>
  return (
    <div className="flex flex-col gap-6">
      {shown.map((row) => (
        <MessageDiffRow key={`${row.id}:${row.kind}`} row={row} />
      ))}
      {left > 0 && <p className="text-ink-3 text-sm">{t('diff.unchanged', { count: left })}</p>}
    </div>
  )
}
