'use client'
import { useTranslations } from 'next-intl'
import type { KeyboardEvent } from 'react'
import { Kbd } from '#components/ui/kbd.tsx'
import { isTyping, useCommands } from '#components/ui/shortcuts.tsx'
import { Severity } from '#lib/domain/review.ts'

/** The grade a digit stands for; null while it is text, or part of another combination. */
export function severityOfKey(event: KeyboardEvent): Severity | null {
  if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return null
  return Severity.options[Number(event.key) - 1] ?? null
}

/** Four grades by number: 1 to 4 anywhere in the form (`severityOfKey`), with Alt while one writes. */
export function SeverityChoice({ value, onChange }: { value: Severity; onChange: (severity: Severity) => void }) {
  const t = useTranslations('review')
  useCommands(
    Severity.options.map((option, index) => ({
      id: `severity-${option}`,
      title: t('severityIs', { severity: t(`severity.${option}`) }),
      keys: `alt+${index + 1}`,
      run: () => onChange(option),
    })),
  )
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium text-sm">{t('severityLabel')}</legend>
      <div className="flex flex-wrap gap-1">
        {Severity.options.map((option, index) => (
          <label
            key={option}
            className="flex cursor-pointer items-center gap-1 rounded-md border border-transparent px-2 py-0.5 text-sm outline-offset-2 hover:bg-surface-2 has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input type="radio" name="severity" className="sr-only" checked={value === option} onChange={() => onChange(option)} />
            {t(`severity.${option}`)} <Kbd keys={String(index + 1)} />
          </label>
        ))}
      </div>
    </fieldset>
  )
}
