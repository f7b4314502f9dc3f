'use client'
import { useTranslations } from 'next-intl'
import type { KeyboardEvent } from 'react'
import { Kbd } from '#components/ui/kbd.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { Severity } from '#lib/domain/review.ts'

/** Four grades by number: 1 to 4 when the choice has the focus, with Alt while one writes. */
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
  const handleKeyDown = (event: KeyboardEvent) => {
    const option = Severity.options[Number(event.key) - 1]
    if (!option || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    onChange(option)
  }
  return (
    <fieldset onKeyDown={handleKeyDown}>
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
