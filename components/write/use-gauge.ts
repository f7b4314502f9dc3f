'use client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useBackground } from '#components/conversation/use-background.ts'
import { query } from '#lib/client/api.ts'
import type { GaugeSetup } from '#lib/client/gauge.worker.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'
import type { Gauge } from '#lib/domain/sft/gauge.ts'

const start = () => new Worker(new URL('../../lib/client/gauge.worker.ts', import.meta.url), { type: 'module' })

/** How long the text is for the project's model, counted in the background; null until it is known, or where there is no model. */
export function useGauge(projectId: string, content: DraftContent): { gauge: Gauge; limit: number | null } | null {
  const models = useQuery(query.listModels.queryOptions({ input: { projectId }, staleTime: 60_000 }))
  const model = models.data?.items.find((item) => item.kind !== 'endpoint' && item.state === 'ready')
  const files = useQuery(
    query.getTokenizer.queryOptions({
      // With the hash the browser keeps the answer: it is some megabytes and never another.
      input: { projectId, modelId: model?.id ?? '', ...(model?.contentHash && { contentHash: model.contentHash }) },
      enabled: model !== undefined,
      staleTime: Number.POSITIVE_INFINITY,
    }),
  ).data
  const setup = useMemo((): GaugeSetup | null => files ?? null, [files])
  const seen = useBackground<GaugeSetup, Gauge>(start, setup, content)
  return seen && { gauge: seen.answer, limit: files?.contextTokens ?? null }
}
