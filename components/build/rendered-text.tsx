'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import type { Message, Tool } from '#lib/domain/conversation.ts'
import { LedgerReason } from './ledger-reason.tsx'
import { ModelView } from './model-view.tsx'

/** A text as the project's model would see it, rendered by the code that makes builds. */
export function RenderedText({ messages, tools }: { messages: readonly Message[]; tools: readonly Tool[] }) {
  const t = useTranslations('builds')
  const project = useProject()
  const models = useQuery(query.listModels.queryOptions({ input: { projectId: project.id }, staleTime: 60_000 }))
  const model = models.data?.items.find((item) => item.kind !== 'endpoint' && item.state === 'ready')
  const rendering = useQuery(
    query.renderExample.queryOptions({
      input: { projectId: project.id, modelId: model?.id ?? '', messages: [...messages], tools: [...tools] },
      enabled: model !== undefined && messages.length > 0,
      staleTime: Number.POSITIVE_INFINITY,
      placeholderData: keepPreviousData,
    }),
  )
  const failed = [models, rendering].find((each) => each.error)
  if (failed?.error) return <ErrorState error={failed.error} onRetry={failed.refetch} />
  if (models.data && !model) return <p className="text-ink-3">{t('view.noModel')}</p>
  if (!rendering.data) return <SkeletonRows rows={6} label={t('view.loading')} />
  if (rendering.data.refusal) return <LedgerReason code={rendering.data.refusal.code} detail={rendering.data.refusal.message} />
  return rendering.data.view && <ModelView view={rendering.data.view} />
}
