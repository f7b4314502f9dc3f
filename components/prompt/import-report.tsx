'use client'
import { useTranslations } from 'next-intl'
import type { ImportResult } from './import-dialog.tsx'

/** What a file holds: the balance of its rows, the first prompts, and every bad row with its cure. */
export function ImportReport({ result }: { result: ImportResult }) {
  const t = useTranslations('prompts')
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
        <div className="max-h-64 overflow-auto">
          <table className="w-full text-left text-sm">
            <caption className="mb-1 text-left font-medium">{t('badRows', { count: result.faulty })}</caption>
            <thead className="text-ink-3">
              <tr>
                <th scope="col" className="w-16 py-1 font-normal">
                  {t('line')}
                </th>
                <th scope="col" className="w-40 py-1 font-normal">
                  {t('field')}
                </th>
                <th scope="col" className="py-1 font-normal">
                  {t('cure')}
                </th>
              </tr>
            </thead>
            <tbody>
              {result.faults.map((fault) => (
                <tr key={`${fault.row}-${fault.code}`} className="border-t align-top">
                  <td className="py-1.5 tabular-nums">{fault.line}</td>
                  <td className="break-all py-1.5 font-mono text-xs">{fault.field || '–'}</td>
                  <td className="py-1.5">
                    {fault.message}
                    <span className="block truncate font-mono text-ink-3 text-xs">{fault.excerpt}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}
