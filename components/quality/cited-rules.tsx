'use client'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { ShareBar } from '#components/ui/share-bar.tsx'
import type { api } from '#lib/client/api.ts'

type Quality = Awaited<ReturnType<typeof api.getQuality>>
const SEVERITIES = ['critical', 'major', 'minor', 'nit'] as const

/** Rules by how often verdicts cite them, and how gravely their comments do. */
export function CitedRules({ rules }: { rules: Quality['rules'] }) {
  const t = useTranslations('quality')
  const project = useProject()
  const most = Math.max(1, ...rules.map((rule) => rule.citations))
  if (rules.length === 0) return <p className="text-ink-3">{t('noRules')}</p>
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left">
        <thead className="text-ink-3 text-xs">
          <tr>
            <th className="py-1 font-normal">{t('rule')}</th>
            <th className="py-1 font-normal">{t('citations')}</th>
            <th className="py-1 text-right font-normal">{t('conversations')}</th>
            {SEVERITIES.map((severity) => (
              <th key={severity} className="py-1 pl-4 text-right font-normal">
                {t(`severity.${severity}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.slug} className="border-t">
              <td className="py-1.5 pr-4">
                <Link href={project.path(`/guideline#${rule.slug}`)} className="font-mono text-accent text-sm hover:underline">
                  {rule.slug}
                </Link>
              </td>
              <td className="py-1.5 tabular-nums">
                <span className="flex items-center gap-2">
                  <ShareBar share={rule.citations / most} className="w-24" />
                  {rule.citations}
                </span>
              </td>
              <td className="py-1.5 text-right tabular-nums">{rule.conversations}</td>
              {SEVERITIES.map((severity) => (
                <td key={severity} className="py-1.5 pl-4 text-right text-ink-2 tabular-nums">
                  {rule.severities[severity] || '·'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
