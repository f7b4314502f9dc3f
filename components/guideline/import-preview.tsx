'use client'
import { useTranslations } from 'next-intl'
import { Badge } from '#components/ui/state-pill.tsx'
import type { api } from '#lib/client/api.ts'
import { CHANGE_TONE } from './change-tone.ts'

type Preview = Awaited<ReturnType<typeof api.previewGuidelineImport>>

function Faults({ faults }: Pick<Preview, 'faults'>) {
  const t = useTranslations('guideline')
  return (
    <div role="alert">
      <p className="font-medium text-rejected">{t('importFaults', { count: faults.length })}</p>
      <ol className="mt-2 max-h-72 divide-y overflow-y-auto text-sm">
        {faults.map(({ line, heading, message }) => (
          <li key={`${line} ${message}`} className="py-1.5">
            <span className="font-medium tabular-nums">{t('importLine', { line })}</span>
            {heading && <span className="text-ink-3"> · {heading}</span>}
            <span className="block break-words">{message}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}

/** What a file would change in the draft by part and rule, or what keeps it from being read. */
export function ImportPreview({ preview: { faults, changes } }: { preview: Preview }) {
  const t = useTranslations('guideline')
  if (!changes) return <Faults faults={faults} />
  const { rules } = changes
  const parts = (['title', 'body', 'procedure', 'order'] as const).filter((part) => changes[part])
  if (rules.length === 0 && parts.length === 0) return <p role="status">{t('importNothing')}</p>
  return (
    <div role="status" className="rounded-md bg-surface-1 p-3 text-sm">
      <p className="font-medium">
        {t('importCounts', {
          added: rules.filter(({ kind }) => kind === 'added').length,
          changed: rules.filter(({ kind }) => kind === 'changed').length,
          removed: rules.filter(({ kind }) => kind === 'removed').length,
        })}
      </p>
      {parts.length > 0 && <p className="text-ink-2">{parts.map((part) => t(`importPart.${part}`)).join(' ')}</p>}
      <ul className="mt-2 max-h-72 overflow-y-auto">
        {rules.map(({ slug, kind }) => (
          <li key={slug} className="flex items-baseline justify-between gap-4 py-0.5">
            <span className="min-w-0 break-words font-mono text-xs">{slug}</span>
            <Badge tone={CHANGE_TONE[kind]}>{t(`change.${kind}`)}</Badge>
          </li>
        ))}
      </ul>
    </div>
  )
}
