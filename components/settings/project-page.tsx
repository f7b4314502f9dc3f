'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { CopyId } from '#components/ui/copy-id.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select, Textarea } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Section } from '#components/ui/section.tsx'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { notify } from '#components/ui/toast.tsx'
import { type api, query } from '#lib/client/api.ts'

type Project = Awaited<ReturnType<typeof api.getProject>>
const HOUR_MINUTES = 60

function ProjectForm({ project }: { project: Project }) {
  const t = useTranslations('settings')
  const client = useQueryClient()
  const [values, setValues] = useState(project)
  const set = (change: Partial<Project>) => setValues({ ...values, ...change })
  const save = useMutation(
    query.updateProject.mutationOptions({
      onSuccess: async (saved) => {
        setValues(saved)
        await client.invalidateQueries({ queryKey: query.getMe.key() })
        await client.invalidateQueries({ queryKey: query.getProject.key() })
        notify(t('projectSaved'))
      },
    }),
  )
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault()
    const { name, description, leaseMinutes, requiredApprovals, requiresReading, maxAnswersPerAuthor } = values
    const language = values.language === 'zh' ? 'zh' : 'en'
    save.mutate({ projectId: project.id, name, description, language, leaseMinutes, requiredApprovals, requiresReading, maxAnswersPerAuthor })
  }
  return (
    <form onSubmit={handleSubmit}>
      <Section title={t('aboutProject')}>
        <div className="flex max-w-lg flex-col gap-4">
          <Field label={t('projectName')} required>
            <Input value={values.name} onChange={(event) => set({ name: event.target.value })} maxLength={100} />
          </Field>
          <Field label={t('description')}>
            <Textarea value={values.description} onChange={(event) => set({ description: event.target.value })} maxLength={2000} />
          </Field>
          <Field label={t('mainLanguage')} hint={t('mainLanguageHint')}>
            <Select className="w-48" value={values.language} onChange={(event) => set({ language: event.target.value })}>
              <option value="en">English</option>
              <option value="zh">中文</option>
            </Select>
          </Field>
        </div>
      </Section>
      <Section title={t('queue')} hint={t('queueHint')}>
        <div className="flex max-w-lg flex-col gap-4">
          <Field label={t('leaseHours')} hint={t('leaseHint')}>
            <Input
              type="number"
              className="max-w-28"
              min={0.25}
              max={168}
              step={0.25}
              value={values.leaseMinutes / HOUR_MINUTES}
              onChange={(event) => set({ leaseMinutes: Math.round(event.target.valueAsNumber * HOUR_MINUTES) || values.leaseMinutes })}
            />
          </Field>
          <Field label={t('requiredApprovals')} hint={t('requiredApprovalsHint')}>
            <Select className="w-28" value={values.requiredApprovals} onChange={(event) => set({ requiredApprovals: Number(event.target.value) })}>
              {[1, 2, 3, 4, 5].map((count) => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={t('maxAnswers')} hint={t('maxAnswersHint')}>
            <Input
              type="number"
              className="max-w-28"
              min={1}
              max={1_000_000}
              placeholder={t('noLimit')}
              value={values.maxAnswersPerAuthor ?? ''}
              onChange={(event) => set({ maxAnswersPerAuthor: event.target.valueAsNumber || null })}
            />
          </Field>
          <Checkbox
            label={t('requiresReading')}
            hint={t('requiresReadingHint')}
            checked={values.requiresReading}
            onChange={(event) => set({ requiresReading: event.target.checked })}
          />
          <Problem error={save.error} />
          <Button type="submit" variant="primary" className="self-start" disabled={!values.name.trim()} pending={save.isPending}>
            {t('saveProject')}
          </Button>
        </div>
      </Section>
    </form>
  )
}

/** What the project is, for those who may not change it. */
function ProjectFacts({ project }: { project: Project }) {
  const t = useTranslations('settings')
  const facts = [
    [t('projectName'), project.name],
    [t('description'), project.description || '–'],
    [t('mainLanguage'), project.language === 'zh' ? '中文' : 'English'],
    [t('leaseHours'), String(project.leaseMinutes / HOUR_MINUTES)],
    [t('requiredApprovals'), String(project.requiredApprovals)],
    [t('maxAnswers'), project.maxAnswersPerAuthor === null ? t('noLimit') : String(project.maxAnswersPerAuthor)],
    [t('requiresReading'), t(project.requiresReading ? 'yes' : 'no')],
  ]
  return (
    <Section title={t('aboutProject')} hint={t('onlyManagers')}>
      <dl className="grid max-w-lg grid-cols-[max-content_1fr] gap-x-8 gap-y-2">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

export function ProjectPage() {
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const { id, slug, can, roles } = useProject()
  const roleName = useTranslations('roles')
  const project = useQuery(query.getProject.queryOptions({ input: { projectId: id } }))
  if (project.error) return <ErrorState error={project.error} onRetry={project.refetch} />
  if (!project.data) return <Skeleton className="h-64 w-full max-w-lg" />
  return (
    <>
      {can('project:update') ? <ProjectForm key={project.data.id} project={project.data} /> : <ProjectFacts project={project.data} />}
      <Section title={t('forScripts')} hint={t('forScriptsHint')}>
        <dl className="grid max-w-lg grid-cols-[max-content_1fr] gap-x-8 gap-y-2">
          <dt className="text-ink-3">{t('projectId')}</dt>
          <dd className="min-w-0">
            <CopyId value={id} label={t('projectId')} />
          </dd>
          <dt className="text-ink-3">{t('address')}</dt>
          <dd className="font-mono text-sm">/p/{slug}</dd>
          <dt className="text-ink-3">{t('yourRoles')}</dt>
          <dd>{roles.map((role) => roleName(role)).join(common('comma'))}</dd>
        </dl>
      </Section>
    </>
  )
}
