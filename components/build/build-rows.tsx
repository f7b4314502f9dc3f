'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Select } from '#components/ui/input.tsx'
import { Skeleton, SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import type { BuildDetail } from './ledger.tsx'
import { ModelView } from './model-view.tsx'

/** Rows read from the build's own files, one at a time, with the way back to the conversation. */
export function BuildRows({ build }: { build: BuildDetail }) {
  const t = useTranslations('builds')
  const project = useProject()
  const splits = [...new Set(build.manifest?.files.map((file) => file.split) ?? [])]
  const [split, setSplit] = useState(splits.includes('train') ? 'train' : (splits[0] ?? 'train'))
  const [rowIndex, setRowIndex] = useState(0)
  const row = useQuery(query.getBuildRow.queryOptions({ input: { buildId: build.id, split, rowIndex }, placeholderData: keepPreviousData }))
  const rows = row.data?.rows ?? 0
  return (
    <div>
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <Select
          aria-label={t('split')}
          className="w-auto"
          value={split}
          onChange={(event) => {
            setSplit(event.target.value)
            setRowIndex(0)
          }}
        >
          {splits.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </Select>
        <IconButton label={t('previousRow')} icon={<ChevronLeft />} disabled={rowIndex === 0} onClick={() => setRowIndex(rowIndex - 1)} />
        {row.data ? <span className="tabular-nums">{t('rowOf', { row: rowIndex + 1, rows })}</span> : <Skeleton className="h-4 w-24" />}
        <IconButton label={t('nextRow')} icon={<ChevronRight />} disabled={rowIndex + 1 >= rows} onClick={() => setRowIndex(rowIndex + 1)} />
        {row.data?.conversationIds.map((id) => (
          <Link key={id} href={project.path(`/conversations/${id}`)} className="text-accent text-sm hover:underline">
            {t('toConversation')}
          </Link>
        ))}
      </div>
      {row.error && <ErrorState error={row.error} onRetry={row.refetch} />}
      {row.isPending && <SkeletonRows rows={6} label={t('loading')} />}
      {row.data && <ModelView view={row.data.view} />}
    </div>
  )
}
