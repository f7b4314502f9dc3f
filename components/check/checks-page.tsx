'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { RuleLink } from '#components/guideline/rule-link.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select, Textarea } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Section } from '#components/ui/section.tsx'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { notify } from '#components/ui/toast.tsx'
import { type api, query } from '#lib/client/api.ts'
import { CHECK_LEVELS } from '#lib/domain/check/finding.ts'
import { patternFault } from '#lib/domain/check/pattern.ts'
import type { CheckId } from '#lib/domain/check/table.ts'
import { newId } from '#lib/domain/new-id.ts'
import { PatternTrial } from './pattern-trial.tsx'
import { type Pattern, PatternRows, type Phrase, PhraseRows, type Row } from './word-rows.tsx'

type Settings = Awaited<ReturnType<typeof api.getProjectChecks>>
type Levels = Settings['checks']['levels']

const keyed = <T,>(rows: readonly T[]): Row<T>[] => rows.map((row) => ({ ...row, key: newId() }))
const unkeyed = <T,>(rows: readonly Row<T>[]) => rows.map(({ key: _, ...row }) => row)

function LevelTable({ available, levels, onChange }: { available: Settings['available']; levels: Levels; onChange: (levels: Levels) => void }) {
  const t = useTranslations('settings.checksPage')
  const c = useTranslations('checks')
  return (
    <ul className="max-w-2xl divide-y">
      {available.map(({ id, level, rule }) => (
        <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-1.5">
          <span className="min-w-48 flex-1">
            {c(`name.${id as CheckId}`)}
            {rule && (
              <span className="ml-2">
                <RuleLink slug={rule} />
              </span>
            )}
          </span>
          <Field label={t('checkLevel')} labelHidden className="w-40 max-rail:w-52">
            <Select
              aria-label={`${c(`name.${id as CheckId}`)}: ${t('checkLevel')}`}
              value={levels[id] ?? level}
              onChange={(event) => {
                const { [id]: _, ...others } = levels
                const chosen = event.target.value as Levels[string]
                onChange(chosen === level ? others : { ...others, [id]: chosen })
              }}
            >
              {[...CHECK_LEVELS, 'off' as const].map((each) => (
                <option key={each} value={each}>
                  {each === level ? t('asUsual', { level: c(`level.${each}`) }) : c(`level.${each}`)}
                </option>
              ))}
            </Select>
          </Field>
        </li>
      ))}
    </ul>
  )
}

function ChecksForm({ projectId, settings }: { projectId: string; settings: Settings }) {
  const t = useTranslations('settings.checksPage')
  const client = useQueryClient()
  const [values, setValues] = useState(settings.checks)
  const [names, setNames] = useState(settings.checks.ownNames.join('\n'))
  const [phrases, setPhrases] = useState(() => keyed<Phrase>(settings.checks.phrases))
  const [patterns, setPatterns] = useState(() => keyed<Pattern>(settings.checks.patterns))
  const save = useMutation(
    query.setProjectChecks.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: query.getProjectChecks.key() })
        notify(t('checksSaved'))
      },
    }),
  )
  const number = (name: 'maxMessageCharacters' | 'maxTurns') => (
    <Field label={t(name)}>
      <Input
        type="number"
        className="max-w-32"
        min={1}
        value={values[name]}
        onChange={(event) => setValues({ ...values, [name]: event.target.valueAsNumber || values[name] })}
      />
    </Field>
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const ownNames = names.split('\n').flatMap((name) => name.trim() || [])
    save.mutate({ projectId, checks: { ...values, ownNames, phrases: unkeyed(phrases), patterns: unkeyed(patterns) } })
  }
  return (
    <form onSubmit={submit}>
      <Section title={t('check')} hint={t('checksHint')}>
        <LevelTable available={settings.available} levels={values.levels} onChange={(levels) => setValues({ ...values, levels })} />
      </Section>
      <Section title={t('measures')}>
        <div className="flex max-w-lg flex-col gap-4">
          <Field label={t('ownNames')} hint={t('ownNamesHint')}>
            <Textarea value={names} onChange={(event) => setNames(event.target.value)} />
          </Field>
          {number('maxMessageCharacters')}
          {number('maxTurns')}
        </div>
      </Section>
      <Section title={t('phrases')} hint={t('phrasesHint')}>
        <PhraseRows
          rows={phrases}
          onChange={setPhrases}
          onAdd={() => setPhrases([...phrases, { key: newId(), text: '', level: 'warning', message: '' }])}
        />
      </Section>
      <Section title={t('patterns')} hint={t('patternsHint')}>
        <PatternRows
          rows={patterns}
          onChange={setPatterns}
          onAdd={() => setPatterns([...patterns, { key: newId(), id: '', expression: '', roles: ['assistant'], level: 'warning', message: '' }])}
          faultOf={patternFault}
        />
        <PatternTrial patterns={patterns} />
      </Section>
      <Problem error={save.error} className="mb-4" />
      <Button type="submit" variant="primary" pending={save.isPending}>
        {t('saveChecks')}
      </Button>
    </form>
  )
}

/** What the project looks for in its texts, to set. */
export function ChecksPage() {
  const { id } = useProject()
  const settings = useQuery(query.getProjectChecks.queryOptions({ input: { projectId: id } }))
  if (settings.error) return <ErrorState error={settings.error} onRetry={settings.refetch} />
  if (!settings.data) return <Skeleton className="h-64 w-full max-w-lg" />
  return <ChecksForm projectId={id} settings={settings.data} />
}
