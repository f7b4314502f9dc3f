'use client'
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useRouter, useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useDeferredValue, useRef, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { focusInvalid } from '#components/ui/focus-invalid.ts'
import { Input } from '#components/ui/input.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import type { PagedQuery } from '#components/ui/paged-list.tsx'
import { PagedSelect, useChoice } from '#components/ui/paged-select.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { pages } from '#lib/client/paging.ts'
import { diffConfig, type RunConfig } from '#lib/domain/training/config.ts'
import { ConfigChanges } from './config-changes.tsx'
import { Preflight } from './preflight.tsx'
import { RunSettings } from './run-settings.tsx'
import { SamplePrompts } from './sample-prompts.tsx'
import { TrainerState } from './trainer-state.tsx'

type Defaults = Awaited<ReturnType<typeof api.getRunDefaults>>
type Build = Awaited<ReturnType<typeof api.listBuilds>>['items'][number]

const POLL_MS = 5000
const isTrainable = ({ recipe }: Build): boolean => recipe.format === 'tokenized'

function RunForm({
  defaults,
  list,
  builds,
  buildId,
  onBuild,
}: {
  defaults: Defaults
  list: PagedQuery<Build>
  builds: readonly Build[]
  buildId: string
  onBuild: (id: string) => void
}) {
  const t = useTranslations('runs')
  const project = useProject()
  const router = useRouter()
  const [config, setConfig] = useState<RunConfig>(defaults.config)
  const [name, setName] = useState('')
  const modelId = builds.find((build) => build.id === buildId)?.modelId ?? ''
  const input = useDeferredValue({ projectId: project.id, buildId, modelId, config })
  // Memory and disk change by themselves, and the trainer becomes ready while one looks on.
  const preflight = useQuery(query.preflightRun.queryOptions({ input, placeholderData: keepPreviousData, refetchInterval: POLL_MS }))
  const start = useMutation(query.startRun.mutationOptions({ onSuccess: ({ id }) => router.push(project.path(`/runs/${id}`)) }))
  const canStart = preflight.data?.canStart === true && !preflight.isPlaceholderData
  // Said only while bfloat16 is asked for; a choice of float32 leaves it as it was told last.
  const [lacksBfloat16, setLacksBfloat16] = useState(false)
  if (!lacksBfloat16 && preflight.data?.checks.some(({ reason }) => reason === 'precision-float32')) setLacksBfloat16(true)
  const settings = useRef<HTMLDivElement>(null)
  const submit = () =>
    !focusInvalid(settings.current) &&
    start.mutate({ projectId: project.id, buildId, modelId, name, config, parentRunId: defaults.parent?.id ?? null })
  useCommands([{ id: 'start', title: t('start'), keys: 'mod+enter', run: () => void submit(), disabled: !canStart || start.isPending }])
  const changes = diffConfig(defaults.parent ? defaults.config : defaults.defaults, config).filter(
    (change) => !change.path.startsWith('samples.prompts'),
  )
  return (
    <>
      <PageHeader
        title={defaults.parent ? t('duplicateOf', { name: defaults.parent.name }) : t('new')}
        parent={{ href: project.path('/runs'), label: t('title') }}
        actions={
          <Button variant="primary" keys="mod+enter" disabled={!canStart} pending={start.isPending} onClick={submit}>
            {t('start')}
          </Button>
        }
      />
      <TrainerState />
      <Problem error={start.error} />
      <div className="grid grid-cols-1 gap-x-12 gap-y-8 lg:grid-cols-[24rem_minmax(0,1fr)]">
        <div ref={settings} className="space-y-4">
          <PagedSelect
            list={list}
            rows={builds}
            label={t('build')}
            hint={t('buildHint')}
            value={buildId}
            textOf={(build) => t('buildOption', { snapshot: build.snapshotName, model: build.modelName, tokens: build.trainedTokens })}
            onChange={onBuild}
          />
          <Field label={t('name')} hint={t('nameHint')}>
            <Input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
          </Field>
          <RunSettings config={config} lacksBfloat16={lacksBfloat16} onChange={setConfig} />
        </div>
        <div className="min-w-0 space-y-8">
          <section aria-labelledby="checks">
            <h2 id="checks" className="mb-1 font-semibold text-md">
              {t('checks')}
            </h2>
            {preflight.error && <ErrorState error={preflight.error} onRetry={preflight.refetch} />}
            {preflight.isPending && <SkeletonRows rows={8} label={t('loading')} />}
            {preflight.data && <Preflight checks={preflight.data.checks} />}
          </section>
          {changes.length > 0 && (
            <section aria-labelledby="changes">
              <h2 id="changes" className="mb-1 font-semibold text-md">
                {t(defaults.parent ? 'changedFromParent' : 'changedFromDefaults')}
              </h2>
              <ConfigChanges changes={changes} />
            </section>
          )}
          <SamplePrompts prompts={config.samples.prompts} onChange={(prompts) => setConfig({ ...config, samples: { ...config.samples, prompts } })} />
        </div>
      </div>
    </>
  )
}

/** A build and settings at the left; what was checked, what differs, and the questions asked on the way at the right. */
export function NewRun() {
  const t = useTranslations('runs')
  const project = useProject()
  const search = useSearchParams()
  const parentRunId = search.get('parent')
  const builds = useInfiniteQuery(query.listBuilds.infiniteOptions(pages({ projectId: project.id, state: 'ready' as const })))
  const [chosen, setChosen] = useState(search.get('build'))
  const first = useChoice(builds, isTrainable, chosen)
  const firstGuess = chosen ?? first.usable[0]?.id
  const defaults = useQuery(
    query.getRunDefaults.queryOptions({
      input: { projectId: project.id, ...(firstGuess ? { buildId: firstGuess } : {}), ...(parentRunId ? { parentRunId } : {}) },
      enabled: first.isSettled,
      staleTime: Number.POSITIVE_INFINITY,
      placeholderData: keepPreviousData,
    }),
  )
  // The run it continues may stand on a build further down the list.
  const { usable, isSettled } = useChoice(builds, isTrainable, chosen ?? defaults.data?.parent?.buildId)
  const failed = [builds, defaults].find((each) => each.error)
  const buildId = chosen ?? defaults.data?.parent?.buildId ?? usable[0]?.id
  if (failed?.error) return <ErrorState error={failed.error} onRetry={failed.refetch} />
  if (!isSettled || !defaults.data) return <SkeletonRows rows={10} label={t('loading')} />
  return (
    <Page>
      {buildId ? (
        <RunForm defaults={defaults.data} list={builds} builds={usable} buildId={buildId} onBuild={setChosen} />
      ) : (
        <PageHeader title={t('new')} parent={{ href: project.path('/runs'), label: t('title') }} facts={t('noBuild')} />
      )}
    </Page>
  )
}
