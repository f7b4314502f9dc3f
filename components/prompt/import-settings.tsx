'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { FORMATS } from '#lib/domain/import/formats.ts'
import type { ImportResult } from './import-dialog.tsx'

export type ImportSettings = {
  format: 'auto' | (typeof FORMATS)[number]
  answers: 'ignore' | 'submit'
  category: string
  language: string
  licence: string
  /** What to put for each blank, by its name. */
  replacements: Readonly<Record<string, string>>
}

/** Rows that name no language are taken to be in the project's. */
export const startOf = (language: string): ImportSettings => ({
  format: 'auto',
  answers: 'ignore',
  category: '',
  language,
  licence: '',
  replacements: {},
})

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

/** How to read the file, what to put where its rows say nothing, and whether its answers come along. */
export function ImportSettingsFields({ settings, recognised, onChange }: Props & { recognised: Recognised }) {
  const t = useTranslations('prompts')
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
          <Field key={name} label={t(name)} hint={t('whenAbsent')}>
            <Input value={settings[name]} onChange={(event) => set({ [name]: event.target.value })} />
          </Field>
        ))}
        <div className="sm:col-span-2">
          <Checkbox
            label={t('submitAnswers')}
            hint={t('submitAnswersHint')}
            checked={settings.answers === 'submit'}
            onChange={(event) => set({ answers: event.target.checked ? 'submit' : 'ignore' })}
          />
        </div>
      </div>
    </details>
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
