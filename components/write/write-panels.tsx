'use client'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { useDeferredValue } from 'react'
import { ChecksPanel } from '#components/check/checks-panel.tsx'
import { RuleSearch } from '#components/guideline/rule-search.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Tabs } from '#components/ui/tabs.tsx'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { Finding, Place } from '#lib/domain/check/finding.ts'
import { openFindings } from '#lib/domain/check/open-findings.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'
import type { TurnFault } from '#lib/domain/turns.ts'
import type { Conversation } from './write-page.tsx'

// Of panels that are opened when the text stands.
const RenderedText = dynamic(() => import('#components/build/rendered-text.tsx').then((module) => module.RenderedText), { loading: () => null })
const WordDiff = dynamic(() => import('#components/conversation/word-diff.tsx').then((module) => module.WordDiff), { loading: () => null })

/** Rendered when typing pauses: the text goes to the server and back. */
function Rendered({ content }: { content: DraftContent }) {
  const settled = useDeferredValue(content)
  return <RenderedText messages={settled.messages} tools={settled.tools} />
}

function History({ conversation, content }: { conversation: Conversation; content: DraftContent }) {
  const t = useTranslations('write')
  const settled = useDeferredValue(content)
  const last = conversation.revisions.at(-1)
  if (!last) return <p className="text-ink-3">{t('firstRound')}</p>
  return (
    <div className="space-y-4">
      <ol className="text-sm">
        {conversation.revisions.map((revision) => (
          <li key={revision.id} className="flex justify-between gap-2 py-0.5">
            <span>{t('revision', { number: revision.number })}</span>
            <RelativeTime at={revision.createdAt} />
          </li>
        ))}
      </ol>
      <h3 className="font-medium">{t('sinceReview')}</h3>
      <WordDiff before={last.messages} after={settled.messages} />
    </div>
  )
}

type Props = {
  value: string
  onChange: (id: string) => void
  conversation: Conversation
  document: ConversationDocument
  content: DraftContent
  faults: readonly TurnFault[]
  findings: readonly Finding[] | null
  /** Goes to a place in the text. */
  onShow: (place: Pick<Place, 'message'> & Partial<Place>) => void
  citedRules: readonly string[]
  /** A rule to go to. */
  shownRule: { slug: string } | null
}

/** Rules, checks, the model's view and the history, beside the text. */
export function WritePanels({ value, onChange, conversation, document, content, faults, findings, onShow, citedRules, shownRule }: Props) {
  const t = useTranslations('write')
  const open = faults.length + openFindings(findings ?? [], content.acknowledgements ?? []).length
  return (
    <aside
      aria-label={t('panels')}
      className="min-w-0 xl:sticky xl:top-6 xl:max-h-[calc(100dvh-var(--foot,4rem)-2.5rem)] xl:self-start xl:overflow-y-auto"
    >
      <Tabs
        label={t('panels')}
        value={value}
        onChange={onChange}
        tabs={[
          { id: 'guideline', label: t('guideline'), content: <RuleSearch task={conversation.prompt} cited={citedRules} shown={shownRule} /> },
          {
            id: 'checks',
            label: t('checks'),
            count: open,
            content: <ChecksPanel document={document} content={content} faults={faults} findings={findings} onShow={onShow} />,
          },
          { id: 'model', label: t('modelView'), content: <Rendered content={content} /> },
          { id: 'history', label: t('history'), content: <History conversation={conversation} content={content} /> },
        ]}
      />
    </aside>
  )
}
