'use client'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useRouter, useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { PagedSelect, useChoice } from '#components/ui/paged-select.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import { pages } from '#lib/client/paging.ts'
import { Recipe } from '#lib/domain/sft/recipe.ts'
import { RecipePreview } from './recipe-preview.tsx'

/** Written as the names of their texts. */
const CHOICES = {
  format: ['format.tokenized', 'format.messages'],
  truncation: ['truncation.refuse', 'truncation.keep-start', 'truncation.keep-end', 'truncation.drop-turns'],
  packing: ['packing.none', 'packing.bfd'],
  eot: ['eot.token', 'eot.suffix'],
} as const

function RecipeFields({ recipe, onChange }: { recipe: Recipe; onChange: (recipe: Recipe) => void }) {
  const t = useTranslations('builds')
  return (
    <>
      {(Object.keys(CHOICES) as (keyof typeof CHOICES)[]).map((name) => (
        <Field key={name} label={t(`recipe.${name}.label`)} hint={t(`recipe.${name}.hint`)}>
          <Select value={recipe[name]} onChange={(event) => onChange(Recipe.parse({ ...recipe, [name]: event.target.value }))}>
            {CHOICES[name].map((option) => (
              <option key={option} value={option.slice(name.length + 1)}>
                {t(`recipe.${option}`)}
              </option>
            ))}
          </Select>
        </Field>
      ))}
      <Field label={t('recipe.maxLength.label')} hint={t('recipe.maxLength.hint')}>
        <Input
          type="number"
          min={16}
          value={recipe.maxLength}
          onChange={(event) => {
            const next = Recipe.safeParse({ ...recipe, maxLength: Number(event.target.value) })
            if (next.success) onChange(next.data)
          }}
        />
      </Field>
    </>
  )
}

/** Snapshot, model and recipe at the left; at the right three rows as that model would see them. */
export function NewBuild() {
  const t = useTranslations('builds')
  const project = useProject()
  const router = useRouter()
  const asked = useSearchParams().get('snapshot')
  const snapshots = useInfiniteQuery(query.listSnapshots.infiniteOptions(pages({ projectId: project.id })))
  const models = useQuery(
    query.listModels.queryOptions({
      input: { projectId: project.id },
      refetchInterval: (state) => (state.state.data?.items.length === 0 ? 3000 : false),
    }),
  )
  const [chosenSnapshot, setSnapshot] = useState(asked)
  const [chosenModel, setModel] = useState<string | null>(null)
  const [recipe, setRecipe] = useState(() => Recipe.parse({ maxLength: 1024 }))
  const start = useMutation(query.startBuild.mutationOptions({ onSuccess: ({ id }) => router.push(project.path(`/builds/${id}`)) }))
  const { usable: frozen, isSettled } = useChoice(snapshots, (item) => item.state === 'frozen', chosenSnapshot)
  const usable = models.data?.items.filter((item) => item.kind !== 'endpoint' && item.state === 'ready') ?? []
  const snapshotId = chosenSnapshot ?? frozen[0]?.id ?? null
  const modelId = chosenModel ?? usable[0]?.id ?? null
  const submit = () => snapshotId && modelId && start.mutate({ projectId: project.id, snapshotId, modelId, recipe })
  useCommands([{ id: 'start', title: t('start'), keys: 'mod+enter', run: () => void submit(), disabled: !snapshotId || !modelId || start.isPending }])
  const failed = [snapshots, models].find((each) => each.error)
  if (failed?.error) return <ErrorState error={failed.error} onRetry={failed.refetch} />
  if (!isSettled || !models.data) return <SkeletonRows rows={8} label={t('loading')} />
  return (
    <Page>
      <PageHeader
        title={t('new')}
        parent={{ href: project.path('/builds'), label: t('title') }}
        actions={
          <Button variant="primary" keys="mod+enter" disabled={!snapshotId || !modelId} pending={start.isPending} onClick={submit}>
            {t('start')}
          </Button>
        }
      />
      <Problem error={start.error} className="mb-4" />
      <div className="grid grid-cols-1 gap-10 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <div className="space-y-4">
          <PagedSelect
            list={snapshots}
            rows={frozen}
            label={t('snapshot')}
            error={frozen.length === 0 ? t('noSnapshot') : undefined}
            value={snapshotId ?? ''}
            textOf={(item) => t('snapshotOption', { name: item.name, rows: item.rowCount })}
            onChange={setSnapshot}
          />
          <Field label={t('model')} hint={t('modelHint')} error={usable.length === 0 ? t('noModel') : undefined}>
            <Select value={modelId ?? ''} onChange={(event) => setModel(event.target.value)}>
              {usable.map((item) => (
                <option key={item.id} value={item.id}>
                  {item.name}
                </option>
              ))}
            </Select>
          </Field>
          <RecipeFields recipe={recipe} onChange={setRecipe} />
        </div>
        <div className="min-w-0">{snapshotId && modelId && <RecipePreview snapshotId={snapshotId} modelId={modelId} recipe={recipe} />}</div>
      </div>
    </Page>
  )
}
