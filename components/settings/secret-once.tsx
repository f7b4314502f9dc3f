'use client'
import { useTranslations } from 'next-intl'
import { CopyId } from '#components/ui/copy-id.tsx'

/** A password or token that is shown this one time. */
export function SecretOnce({ label, value, hint }: { label: string; value: string; hint: string }) {
  const t = useTranslations('settings')
  return (
    <div className="rounded-md bg-changes-soft px-4 py-3" role="status">
      <p className="font-medium text-sm">{label}</p>
      <CopyId value={value} label={label} className="mt-1 text-base text-ink-1" />
      <p className="mt-2 text-ink-2 text-sm">
        {t('shownOnce')} {hint}
      </p>
    </div>
  )
}
