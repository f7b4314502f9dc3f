'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { FORMATS } from '#lib/domain/import/formats.ts'

export type ImportSettings = {
  format: 'auto' | (typeof FORMATS)[number]
  answers: 'ignore' | 'submit'
  category: string
  language: string
  licence: string
  /** What to put for each blank, by its name. */
  replacements: Readonly<Record<string, string>>
}

export const START: ImportSettings = { format: 'auto', answers: 'ignore', category: '', language: '', licence: '', replacements: {} }

/** The settings as the operation takes them. */
export const queryOf = ({ replacements, ...settings }: ImportSettings) => ({
  ...settings,
  replacements: Object.entries(replacements)
    .filter(([, text]) => text)
    .map(([name, text]) => `${name}=${text}`)
    .join('\n'),
})

/** A text that counts when it is left or ↵ is pressed: each change has the whole file read again. */
function SettledInput({ value, onSettle, ...field }: { value: string; onSettle: (value: string) => void; id?: string }) {
  const [text, setText] = useState(value)
  const settle = () => text !== value && onSettle(text)
  return (
    <Input
      {...field}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={settle}
      onKeyDown={(event) => event.key === 'Enter' && settle()}
    />
  )
}

type Props = { settings: ImportSettings; blanks: readonly string[]; onChange: (settings: ImportSettings) => void }

/** How to read the file, what to put where its rows say nothing, and whether its answers come along. */
export function ImportSettingsFields({ settings, blanks, onChange }: Props) {
  const t = useTranslations('prompts')
  const set = (change: Partial<ImportSettings>) => onChange({ ...settings, ...change })
  return (
    <details className="mt-3">
      <summary className="cursor-pointer text-ink-2 text-sm">{t('options')}</summary>
      <div className="mt-3 grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Field label={t('format')}>
          <Select value={settings.format} onChange={(event) => set({ format: event.target.value as ImportSettings['format'] })}>
            {(['auto', ...FORMATS] as const).map((format) => (
              <option key={format} value={format}>
                {t(`formats.${format}`)}
              </option>
            ))}
          </Select>
        </Field>
        {(['category', 'language', 'licence'] as const).map((name) => (
          <Field key={name} label={t(name)} hint={t('whenAbsent')}>
            <SettledInput value={settings[name]} onSettle={(value) => set({ [name]: value })} />
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
        {settings.answers === 'submit' && blanks.length > 0 && (
          <>
            <p className="text-ink-2 text-sm sm:col-span-2">{t('blanksHint')}</p>
            {blanks.map((name) => (
              <Field key={name} label={t('blank', { blank: `{{${name}}}` })}>
                <SettledInput
                  value={settings.replacements[name] ?? ''}
                  onSettle={(value) => set({ replacements: { ...settings.replacements, [name]: value } })}
                />
              </Field>
            ))}
          </>
        )}
      </div>
    </details>
  )
}
