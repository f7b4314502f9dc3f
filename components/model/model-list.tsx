'use client'
import { useQuery } from '@tanstack/react-query'
import { FolderPlus, Globe } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useFormatter, useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { useMe } from '#components/frame/use-me.ts'
import { TrainerState } from '#components/run/trainer-state.tsx'
import { Button } from '#components/ui/button.tsx'
import { type Column, DataTable } from '#components/ui/data-table.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { RegisterEndpoint } from './register-endpoint.tsx'
import { RegisterFolder } from './register-folder.tsx'

type Model = Awaited<ReturnType<typeof api.listModels>>['items'][number]

/** Base models, what was tuned from them, and endpoints. */
export function ModelList() {
  const t = useTranslations('models')
  const format = useFormatter()
  const project = useProject()
  const router = useRouter()
  const { isAdmin } = useMe()
  const models = useQuery(query.listModels.queryOptions({ input: { projectId: project.id } }))
  const [open, setOpen] = useState<'folder' | 'endpoint' | null>(null)
  const rows = models.data?.items ?? []
  useCommands([
    { id: 'folder', title: t('registerFolder'), keys: 'n', run: () => setOpen('folder') },
    { id: 'endpoint', title: t('registerEndpoint'), run: () => setOpen('endpoint'), disabled: !isAdmin },
  ])
  const size = (model: Model) => (model.bytes > 0 ? `${format.number(model.bytes / 2 ** 20, { maximumFractionDigits: 1 })} MiB` : '–')
  const columns: Column<Model>[] = [
    { id: 'name', header: t('name'), cell: (model) => model.name },
    { id: 'kind', header: t('kind'), cell: (model) => t(model.isAdapter ? 'kinds.adapter' : `kinds.${model.kind}`), className: 'w-32' },
    {
      id: 'base',
      header: t('base'),
      cell: (model) => rows.find((one) => one.id === model.baseModelId)?.name ?? '–',
      className: 'w-56 max-md:hidden',
    },
    { id: 'size', header: t('size'), cell: size, className: 'w-28 text-right tabular-nums max-sm:hidden' },
    { id: 'licence', header: t('licence'), cell: (model) => model.licence || '–', className: 'w-32 max-lg:hidden' },
    { id: 'created', header: t('created'), cell: (model) => <RelativeTime at={model.createdAt} />, className: 'w-32 max-md:hidden' },
  ]
  const close = (changed: boolean) => {
    setOpen(null)
    if (changed) void models.refetch()
  }
  return (
    <Page>
      <PageHeader
        title={t('title')}
        actions={
          <>
            {isAdmin && (
              <Button icon={<Globe className="size-4" />} onClick={() => setOpen('endpoint')}>
                {t('registerEndpoint')}
              </Button>
            )}
            <Button variant="primary" icon={<FolderPlus className="size-4" />} onClick={() => setOpen('folder')}>
              {t('registerFolder')}
            </Button>
          </>
        }
      />
      <TrainerState />
      {models.error && <ErrorState error={models.error} onRetry={models.refetch} />}
      {models.isPending && <SkeletonRows rows={4} label={t('loading')} />}
      {models.data && rows.length === 0 && <EmptyState title={t('empty')}>{t('emptyHint')}</EmptyState>}
      {rows.length > 0 && (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={rows}
          rowKey={(model) => model.id}
          onOpen={(model) => router.push(project.path(`/models/${model.id}`))}
        />
      )}
      {open === 'folder' && <RegisterFolder onClose={close} />}
      {open === 'endpoint' && <RegisterEndpoint onClose={close} />}
    </Page>
  )
}
