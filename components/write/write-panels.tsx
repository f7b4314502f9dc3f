'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { useDeferredValue } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { RuleSearch } from '#components/guideline/rule-search.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { Tabs } from '#components/ui/tabs.tsx'
import { query } from '#lib/client/api.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'
import type { TurnFault } from '#lib/domain/turns.ts'
import type { Conversation } from './write-page.tsx'

// Of panels that are opened when the text stands.
const ModelView = dynamic(() => import('#components/build/model-view.tsx').then((module) => module.ModelView))
const WordDiff = dynamic(() => import('#components/conversation/word-diff.tsx').then((module) => module.WordDiff))

function Checks({ faults }: { faults: readonly TurnFault[] }) {
  const t = useTranslations('write')
  if (faults.length === 0) return <p className="text-approved">{t('allGood')}</p>
  const show = (index: number) => document.querySelectorAll<HTMLElement>('[data-message]')[index]?.scrollIntoView({ block: 'center' })
  return (
    <ul className="space-y-2">
      {faults.map((fault) => (
        <li key={`${fault.index}-${fault.code}-${fault.field}`}>
          <button type="button" onClick={() => show(fault.index)} className="w-full rounded px-2 py-1.5 text-left hover:bg-surface-1">
            <span className="block text-ink-3 text-xs">{t('inMessage', { position: fault.index + 1 })}</span>
            {t(`fault.${fault.code}`)}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** The text as the project's model would see it, rendered by the code that makes builds. */
function Rendered({ content }: { content: DraftContent }) {
  const t = useTranslations('write')
  const project = useProject()
  const settled = useDeferredValue(content)
  const models = useQuery(query.listModels.queryOptions({ input: { projectId: project.id }, staleTime: 60_000 }))
  const model = models.data?.items.find((item) => item.kind !== 'endpoint' && item.state === 'ready')
  const rendering = useQuery(
    query.renderExample.queryOptions({
      input: { projectId: project.id, modelId: model?.id ?? '', messages: settled.messages, tools: settled.tools },
      enabled: model !== undefined && settled.messages.length > 0,
      placeholderData: keepPreviousData,
    }),
  )
  if (rendering.error) return <ErrorState error={rendering.error} onRetry={rendering.refetch} />
  if (models.data && !model) return <p className="text-ink-3">{t('noModel')}</p>
  if (!rendering.data) return <SkeletonRows rows={4} label={t('loading')} />
  if (rendering.data.refusal) return <p className="text-changes">{rendering.data.refusal.message}</p>
  return rendering.data.view && <ModelView view={rendering.data.view} />
}

function History({ conversation, content }: { conversation: Conversation; content: DraftContent }) {
  const t = useTranslations('write')
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
      <WordDiff before={last.messages} after={content.messages} />
    </div>
  )
}

type Props = {
  value: string
  onChange: (id: string) => void
  conversation: Conversation
  content: DraftContent
  faults: readonly TurnFault[]
  citedRules: readonly string[]
}

/** Rules, checks, the model's view and the history, beside the text. */
export function WritePanels({ value, onChange, conversation, content, faults, citedRules }: Props) {
  const t = useTranslations('write')
  return (
    <aside aria-label={t('panels')} className="min-w-0 xl:sticky xl:top-6 xl:max-h-[calc(100dvh-6rem)] xl:self-start xl:overflow-y-auto">
      <Tabs
        label={t('panels')}
        value={value}
        onChange={onChange}
        tabs={[
          { id: 'guideline', label: t('guideline'), content: <RuleSearch cited={citedRules} /> },
          { id: 'checks', label: t('checks'), count: faults.length, content: <Checks faults={faults} /> },
          { id: 'model', label: t('modelView'), content: <Rendered content={content} /> },
          { id: 'history', label: t('history'), content: <History conversation={conversation} content={content} /> },
        ]}
      />
    </aside>
  )
}
