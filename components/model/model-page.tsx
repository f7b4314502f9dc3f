'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { MessageCircle } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useFormatter, useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { CopyId } from '#components/ui/copy-id.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import { type api, query } from '#lib/client/api.ts'

type Model = Awaited<ReturnType<typeof api.getModel>>

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[11rem_minmax(0,1fr)] gap-x-4 py-1">
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}

/** The name has to be typed: what a removed tuned model weighed is gone with it. */
function RemoveModel({ model, onClose }: { model: Model; onClose: () => void }) {
  const t = useTranslations('models')
  const common = useTranslations('common')
  const project = useProject()
  const router = useRouter()
  const client = useQueryClient()
  const [typed, setTyped] = useState('')
  const remove = useMutation(
    query.removeModel.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: query.listModels.key() })
        router.push(project.path('/models'))
      },
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('removeTitle', { name: model.name })}
      description={t(model.kind === 'tuned' ? 'removeTuned' : 'removeOther')}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button
            variant="danger"
            disabled={typed !== model.name}
            pending={remove.isPending}
            onClick={() => remove.mutate({ projectId: project.id, modelId: model.id })}
          >
            {common('remove')}
          </Button>
        </>
      }
    >
      <Field label={t('typeName')}>
        <Input value={typed} onChange={(event) => setTyped(event.target.value)} spellCheck={false} />
      </Field>
      <Problem error={remove.error} />
    </Dialog>
  )
}

function Details({ model }: { model: Model }) {
  const t = useTranslations('models')
  const format = useFormatter()
  const project = useProject()
  const { details, endpoint, lineage } = model
  const number = (value: number | null | undefined) => (value === null || value === undefined ? null : format.number(value))
  const facts: [string, ReactNode][] = [
    [t('architecture'), details.architecture],
    [t('parameters'), number(details.parameters)],
    [t('layers'), number(details.layers)],
    [t('context'), details.contextTokens ? t('tokens', { count: details.contextTokens }) : null],
    [t('vocabulary'), number(details.vocabularySize)],
    [t('licence'), model.licence],
    [t('path'), model.path && <CopyId value={model.path} label={t('path')} />],
    [t('address'), endpoint?.baseUrl],
    [t('remoteName'), endpoint?.model],
    [t('weightsHash'), model.contentHash && <CopyId value={model.contentHash} short={16} label={t('weightsHash')} />],
    [t('tokenizerHash'), details.tokenizerHash && <CopyId value={details.tokenizerHash} short={16} label={t('tokenizerHash')} />],
    [t('templateHash'), details.chatTemplateHash && <CopyId value={details.chatTemplateHash} short={16} label={t('templateHash')} />],
    [
      t('run'),
      model.runId && (
        <Link href={project.path(`/runs/${model.runId}`)} className="text-accent hover:underline">
          {t('toRun')}
        </Link>
      ),
    ],
    [
      t('build'),
      lineage && (
        <Link href={project.path(`/builds/${lineage.buildId}`)} className="text-accent hover:underline">
          {t('toBuild')}
        </Link>
      ),
    ],
  ]
  return (
    <>
      {model.injectedIdentity && (
        <p className="mb-6 max-w-read border-changes border-l-2 pl-3">
          {t('injects')} <q>{model.injectedIdentity}</q>
        </p>
      )}
      <Section title={t('facts')}>
        <dl>
          {facts.map(
            ([name, value]) =>
              value && (
                <Fact key={name} name={name}>
                  {value}
                </Fact>
              ),
          )}
        </dl>
      </Section>
    </>
  )
}

/** One model: what it is, where it comes from, its files. */
export function ModelPage({ modelId }: { modelId: string }) {
  const t = useTranslations('models')
  const common = useTranslations('common')
  const format = useFormatter()
  const project = useProject()
  const model = useQuery(query.getModel.queryOptions({ input: { projectId: project.id, modelId } }))
  const [isRemoving, setRemoving] = useState(false)
  const { data } = model
  if (model.error) return <ErrorState error={model.error} onRetry={model.refetch} />
  if (!data) return <SkeletonRows rows={8} label={t('loading')} />
  const talk = project.path(data.baseModelId ? `/talk?left=${data.baseModelId}&right=${data.id}` : `/talk?right=${data.id}`)
  return (
    <Page>
      <PageHeader
        title={data.name}
        parent={{ href: project.path('/models'), label: t('title') }}
        state={<Badge>{t(data.isAdapter ? 'kinds.adapter' : `kinds.${data.kind}`)}</Badge>}
        facts={
          <>
            <RelativeTime at={data.createdAt} />
            <CopyId value={data.id} short={8} label={t('id')} />
          </>
        }
        actions={
          <>
            {(data.projectId !== null || data.kind === 'endpoint') && (
              <Button variant="quiet" onClick={() => setRemoving(true)}>
                {common('remove')}
              </Button>
            )}
            {project.can('model:generate') && (
              <Button asChild variant="primary">
                <Link href={talk}>
                  <MessageCircle className="size-4" /> {t('talk')}
                </Link>
              </Button>
            )}
          </>
        }
      />
      <Details model={data} />
      {data.files.length > 0 && (
        <Section title={t('files')}>
          <ul className="divide-y">
            {data.files.map((file) => (
              <li key={file.path} className="flex flex-wrap items-baseline gap-x-4 py-1.5">
                <a className="font-mono text-accent text-sm hover:underline" href={fileAddress(project.id, data.id, file.path)} download>
                  {file.path}
                </a>
                <span className="text-ink-3 tabular-nums">{format.number(file.bytes)} B</span>
                <CopyId value={file.sha256} short={16} label="SHA-256" className="ml-auto" />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {isRemoving && <RemoveModel model={data} onClose={() => setRemoving(false)} />}
    </Page>
  )
}

const fileAddress = (projectId: string, modelId: string, path: string): string =>
  `/api/v1/projects/${projectId}/models/${modelId}/download?path=${encodeURIComponent(path)}`
