'use client'
import { useTranslations } from 'next-intl'
import { Field } from '#components/ui/field.tsx'
import { Textarea } from '#components/ui/input.tsx'
import { NumberField } from '#components/ui/number-field.tsx'
import type { TalkSettings as Settings } from '#lib/client/talk-store.ts'

const LIMITS = { temperature: [0, 2], maxTokens: [1, 4096], seed: [0, 4_294_967_295] } as const

/** Settings both sides share, so that only the model differs. */
export function TalkSettings({ settings, onChange }: { settings: Settings; onChange: (settings: Settings) => void }) {
  const t = useTranslations('talk')
  const check = (name: keyof typeof LIMITS) => (value: number | null) => {
    const [low, high] = LIMITS[name]
    const isFine = value !== null && value >= low && value <= high && (name === 'temperature' || Number.isInteger(value))
    return isFine ? null : t('between', { low, high })
  }
  return (
    <details className="mb-4">
      <summary className="text-ink-2">{t('settings')}</summary>
      <div className="mt-3 grid grid-cols-1 gap-4 sm:grid-cols-3">
        {(Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) => (
          <NumberField
            key={name}
            label={t(name)}
            hint={t(`${name}Hint`)}
            value={settings[name]}
            check={check(name)}
            onChange={(value) => value !== null && onChange({ ...settings, [name]: value })}
          />
        ))}
        <Field label={t('system')} hint={t('systemHint')} className="sm:col-span-3">
          <Textarea value={settings.system} maxLength={100_000} onChange={(event) => onChange({ ...settings, system: event.target.value })} />
        </Field>
      </div>
    </details>
  )
}
