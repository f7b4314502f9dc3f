'use client'
import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { FaultTable } from './fault-table.tsx'
import type { ImportResult } from './import-dialog.tsx'
import { useLanguageName } from './use-language-name.ts'

/** What a file holds: the balance of its rows, the first prompts, and the first bad rows with their cure. */
export function ImportReport({ result }: { result: ImportResult }) {
  const t = useTranslations('prompts')
  const project = useProject()
  const format = useFormatter()
  const languageName = useLanguageName()
  const title = t('badRows', { count: result.faulty })
  return (
    <div className="mt-5 space-y-4">
      <p role="status" className="tabular-nums">
        {t('balance', {
          format: t(`formats.${result.format}`),
          candidates: result.candidates,
          imported: result.imported,
          duplicates: result.duplicates,
          faulty: result.faulty,
          isDryRun: String(result.isDryRun),
        })}
      </p>
      {result.languagesTaken.length > 0 && (
        <p className="text-ink-2">
          {t('languagesTaken', {
            count: result.languagesTaken.reduce((sum, { count }) => sum + count, 0),
            languages: format.list(result.languagesTaken.map(({ language, count }) => t('rowsIn', { count, language: languageName(language) }))),
          })}
        </p>
      )}
      {result.samples.length > 0 && (
        <ul className="border-l-2 pl-3 text-ink-2 text-sm">
          {result.samples.map((sample) => (
            <li key={sample} className="truncate">
              {sample}
            </li>
          ))}
        </ul>
      )}
      {result.faults.length > 0 && (
        <section aria-label={title}>
          <h3 className="mb-1 font-medium text-sm">
            {title}
            {result.faulty > result.faults.length && (
              <span className="ml-2 font-normal text-ink-3">{t('firstBadRows', { shown: result.faults.length })}</span>
            )}
          </h3>
          <div tabIndex={0} className="max-h-64 overflow-auto">
            <FaultTable faults={result.faults} label={title} />
          </div>
          {result.id && (
            <Link href={project.path(`/prompts/imports/${result.id}`)} className="mt-2 inline-block text-accent text-sm hover:underline">
              {t('allBadRows')}
            </Link>
          )}
        </section>
      )}
    </div>
  )
}
