'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import type { Recipe } from '#lib/domain/sft/recipe.ts'
import { LedgerReason } from './ledger-reason.tsx'
import { ModelView } from './model-view.tsx'

const SHOWN = 3

function PreviewRow({
  conversationId,
  revisionId,
  modelId,
  recipe,
}: {
  conversationId: string
  revisionId: string
  modelId: string
  recipe: Recipe
}) {
  const t = useTranslations('builds')
  const project = useProject()
  const conversation = useQuery(query.getConversation.queryOptions({ input: { conversationId } }))
  const revision = conversation.data?.revisions.find((each) => each.id === revisionId)
  const rendering = useQuery(
    query.renderExample.queryOptions({
      input: { projectId: project.id, modelId, messages: revision?.messages ?? [], tools: revision?.tools ?? [], recipe },
      enabled: revision !== undefined,
      placeholderData: keepPreviousData,
    }),
  )
  const failed = [conversation, rendering].find((each) => each.error)
  if (failed?.error) return <ErrorState error={failed.error} onRetry={failed.refetch} />
  if (!rendering.data) return <SkeletonRows rows={5} label={t('loading')} />
  if (rendering.data.refusal)
    return (
      <div role="alert" className="border-rejected border-l-2 pl-3">
        <LedgerReason code={rendering.data.refusal.code} detail={rendering.data.refusal.message} />
      </div>
    )
  return rendering.data.view && <ModelView view={rendering.data.view} />
}

/** Rows of the snapshot as the chosen model would see them, by the code that makes the build. */
export function RecipePreview({ snapshotId, modelId, recipe }: { snapshotId: string; modelId: string; recipe: Recipe }) {
  const t = useTranslations('builds')
  const [after, setAfter] = useState(-1)
  const rows = useQuery(query.listSnapshotRows.queryOptions({ input: { snapshotId, after, limit: SHOWN }, placeholderData: keepPreviousData }))
  if (rows.error) return <ErrorState error={rows.error} onRetry={rows.refetch} />
  if (!rows.data) return <SkeletonRows rows={9} label={t('loading')} />
  return (
    <div className="space-y-6">
      <div className="flex items-baseline justify-between">
        <h2 className="font-semibold text-md">{t('asTheModelSeesIt')}</h2>
        <Button size="sm" variant="quiet" onClick={() => setAfter(rows.data.nextAfter ?? -1)}>
          {t('otherRows')}
        </Button>
      </div>
      {rows.data.items.map((row) => (
        <PreviewRow key={row.revisionId} conversationId={row.conversationId} revisionId={row.revisionId} modelId={modelId} recipe={recipe} />
      ))}
    </div>
  )
}
