'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { FORMATS } from '#lib/domain/import/formats.ts'
import type { ImportResult } from './import-dialog.tsx'
import { useLanguageName } from './use-language-name.ts'

export type ImportSettings = {
  format: 'auto' | (typeof FORMATS)[number]
  answers: 'ignore' | 'submit'
  category: string
  language: string
  licence: string
  /** What to put for each blank, by its name. */
  replacements: Readonly<Record<string, string>>
}

export const START: ImportSettings = {
  format: 'auto',
  answers: 'ignore',
  category: '',
  language: '',
  licence: '',
  replacements: {},
}

/** What became of recognising the format: nothing yet, the format, or that the file is in none that is known. */
export type Recognised = ImportResult['format'] | 'none' | null

/** The settings as the operation takes them. */
export const queryOf = ({ replacements, ...settings }: ImportSettings) => ({
  ...settings,
  replacements: Object.entries(replacements)
    .filter(([, text]) => text)
    .map(([name, text]) => `${name}=${text}`)
    .join('\n'),
})

type Props = { settings: ImportSettings; onChange: (settings: ImportSettings) => void }

/** How to read the file, and what to put where its rows say nothing. */
export function ImportSettingsFields({ settings, recognised, onChange }: Props & { recognised: Recognised }) {
  const t = useTranslations('prompts')
  const project = useProject()
  const languageName = useLanguageName()
  const isUnknown = recognised === 'none'
  const [isOpen, setOpen] = useState(false)
  // A choice that has to be made is in sight, and stays there once it is made.
  if (isUnknown && !isOpen) setOpen(true)
  const nameOf = (format: ImportSettings['format']) => {
    if (format !== 'auto' || !recognised || recognised === 'auto') return t(`formats.${format}`)
    return isUnknown ? t('notRecognised') : t('recognised', { format: t(`formats.${recognised}`) })
  }
  const set = (change: Partial<ImportSettings>) => onChange({ ...settings, ...change })
  return (
    <details className="mt-3" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer text-ink-2 text-sm">{t('options')}</summary>
      <div className="mt-3 grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Field label={t('format')} error={isUnknown ? t('chooseFormat') : null}>
          <Select value={settings.format} onChange={(event) => set({ format: event.target.value as ImportSettings['format'] })}>
            {(['auto', ...FORMATS] as const).map((format) => (
              <option key={format} value={format}>
                {nameOf(format)}
              </option>
            ))}
          </Select>
        </Field>
        {(['category', 'language', 'licence'] as const).map((name) => (
          <Field
            key={name}
            label={t(name)}
            hint={name === 'language' ? t('languageWhenAbsent', { language: languageName(project.language) }) : t('whenAbsent')}
          >
            <Input value={settings[name]} onChange={(event) => set({ [name]: event.target.value })} />
          </Field>
        ))}
      </div>
    </details>
  )
}

type AnswersProps = Props & { told: Pick<ImportResult, 'answers' | 'answersOfDuplicates'>; isDone: boolean }

/** What becomes of the answers in the file, said before anything is imported and beside the choice; of duplicates none is ever taken. */
export function Answers({ settings, told: { answers, answersOfDuplicates }, isDone, onChange }: AnswersProps) {
  const t = useTranslations('prompts')
  const isSubmitted = settings.answers === 'submit'
  // Rows with an open blank are bad, so that none may be left to count: the choice that was made stays in sight.
  const isChoice = !isDone && (answers > 0 || isSubmitted)
  if (!isChoice && answers === 0 && answersOfDuplicates === 0) return null
  return (
    <section aria-label={t('answers')} className="mt-4 space-y-2">
      {answers > 0 && <p>{t(isSubmitted ? 'answersSubmitted' : 'answersLeftOut', { count: answers, isDone: String(isDone) })}</p>}
      {isChoice && (
        <Checkbox
          label={t('submitAnswers')}
          hint={t('submitAnswersHint')}
          checked={isSubmitted}
          onChange={(event) => onChange({ ...settings, answers: event.target.checked ? 'submit' : 'ignore' })}
        />
      )}
      {answersOfDuplicates > 0 && <p className="text-ink-2">{t('answersOfDuplicates', { count: answersOfDuplicates, isDone: String(isDone) })}</p>}
    </section>
  )
}

/** The blanks of the file's answers, with what to put in their place: rows with an empty one are bad, so they are in sight. */
export function BlankFields({ settings, blanks, onChange }: Props & { blanks: readonly string[] }) {
  const t = useTranslations('prompts')
  return (
    <fieldset className="mt-4">
      <legend className="mb-2 text-ink-2 text-sm">{t('blanksHint')}</legend>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        {blanks.map((name) => (
          <Field key={name} label={t('blank', { blank: `{{${name}}}` })}>
            <Input
              value={settings.replacements[name] ?? ''}
              onChange={(event) => onChange({ ...settings, replacements: { ...settings.replacements, [name]: event.target.value } })}
            />
          </Field>
        ))}
      </div>
    </fieldset>
  )
}
