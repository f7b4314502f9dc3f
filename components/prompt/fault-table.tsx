'use client'
import { useTranslations } from 'next-intl'
import { type Fault, useFaultText } from './use-fault-text.ts'

const PLACES = ['row', 'line', 'column'] as const

/** Bad rows with their place in the file, what is wrong with each and what to do. */
export function FaultTable({ faults, label }: { faults: readonly Fault[]; label: string }) {
  const t = useTranslations('prompts')
  const textOf = useFaultText()
  return (
    <table aria-label={label} className="w-full table-fixed text-left text-sm">
      <thead className="text-ink-3">
        <tr>
          {PLACES.map((place) => (
            <th key={place} scope="col" className="w-16 py-1 pr-4 text-right font-normal max-sm:w-12 max-sm:pr-2">
              {t(place)}
            </th>
          ))}
          <th scope="col" className="w-44 py-1 pr-4 font-normal max-sm:hidden">
            {t('field')}
          </th>
          <th scope="col" className="py-1 font-normal">
            {t('cure')}
          </th>
        </tr>
      </thead>
      <tbody>
        {faults.map((fault) => {
          const { message, cure } = textOf(fault)
          return (
            <tr key={fault.row} className="border-t align-top">
              {PLACES.map((place) => (
                <td key={place} className="py-1.5 pr-4 text-right tabular-nums max-sm:pr-2">
                  {fault[place] ?? '–'}
                </td>
              ))}
              <td className="break-all py-1.5 pr-4 font-mono text-xs leading-5 max-sm:hidden">
                {fault.field || <span className="font-sans text-ink-3">{t('wholeRow')}</span>}
              </td>
              <td className="break-words py-1.5">
                {fault.field && <span className="block break-all font-mono text-xs sm:hidden">{fault.field}</span>}
                {message} <span className="text-ink-2">{cure}</span>
                <span className="block truncate font-mono text-ink-3 text-xs">{fault.excerpt}</span>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
