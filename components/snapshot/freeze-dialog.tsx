'use client'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useDeferredValue, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import { Composition } from './composition.tsx'

const words = (text: string): string[] =>
  text
    .split(/[,，\s]+/)
    .map((word) => word.trim())
    .filter(Boolean)

/** Chooses what to freeze, with a live preview of what that is. */
export function FreezeDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations('snapshots')
  const project = useProject()
  const router = useRouter()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [categories, setCategories] = useState('')
  const [languages, setLanguages] = useState('')
  const [seed, setSeed] = useState('1')
  const [validation, setValidation] = useState(5)
  const [test, setTest] = useState(5)
  const choice = useDeferredValue({ categories, languages, seed, validation, test })
  const input = {
    projectId: project.id,
    query: {
      ...(words(choice.categories).length > 0 ? { categories: words(choice.categories) } : {}),
      ...(words(choice.languages).length > 0 ? { languages: words(choice.languages) } : {}),
    },
    seed: choice.seed || '1',
    shares: { train: (100 - choice.validation - choice.test) / 100, validation: choice.validation / 100, test: choice.test / 100 },
  }
  const isSound = choice.validation >= 0 && choice.test >= 0 && choice.validation + choice.test <= 100
  const preview = useQuery(query.previewSnapshot.queryOptions({ input, enabled: isSound, placeholderData: keepPreviousData }))
  const freeze = useMutation(
    query.freezeSnapshot.mutationOptions({
      onSuccess: async ({ id }) => {
        await client.invalidateQueries({ queryKey: query.listSnapshots.key() })
        router.push(project.path(`/snapshots/${id}`))
      },
    }),
  )
  return (
    <Dialog
      open
      size="lg"
      onOpenChange={(open) => !open && onClose()}
      title={t('freeze')}
      description={t('freezeHint')}
      footer={
        <Button
          variant="primary"
          disabled={!name.trim() || !preview.data?.rowCount}
          pending={freeze.isPending}
          onClick={() => freeze.mutate({ ...input, name })}
        >
          {t('freezeCount', { count: preview.data?.rowCount ?? 0 })}
        </Button>
      }
    >
      <div className="grid grid-cols-1 gap-x-8 gap-y-4 md:grid-cols-2">
        <div className="space-y-3">
          <Field label={t('name')} required>
            <Input value={name} onChange={(event) => setName(event.target.value)} autoFocus />
          </Field>
          <Field label={t('categories')} hint={t('allWhenEmpty')}>
            <Input value={categories} onChange={(event) => setCategories(event.target.value)} />
          </Field>
          <Field label={t('languages')} hint={t('allWhenEmpty')}>
            <Input value={languages} onChange={(event) => setLanguages(event.target.value)} />
          </Field>
          <div className="grid grid-cols-3 gap-3">
            <Field label={t('validationShare')}>
              <Input type="number" min={0} max={100} value={validation} onChange={(event) => setValidation(Number(event.target.value))} />
            </Field>
            <Field label={t('testShare')}>
              <Input type="number" min={0} max={100} value={test} onChange={(event) => setTest(Number(event.target.value))} />
            </Field>
            <Field label={t('seed')}>
              <Input value={seed} onChange={(event) => setSeed(event.target.value)} />
            </Field>
          </div>
          {!isSound && <p className="text-rejected text-sm">{t('sharesFault')}</p>}
        </div>
        <div>
          {preview.error && <ErrorState error={preview.error} onRetry={preview.refetch} />}
          {preview.isPending && <SkeletonRows rows={6} label={t('loading')} />}
          {preview.data && <Composition facts={preview.data} />}
        </div>
      </div>
      {freeze.error && (
        <div className="mt-4">
          <Problem error={freeze.error} />
        </div>
      )}
    </Dialog>
  )
}
