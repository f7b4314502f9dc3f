'use client'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { RuleLink } from '#components/guideline/rule-link.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import type { api } from '#lib/client/api.ts'

export type Ruling = Awaited<ReturnType<typeof api.listRulings>>['items'][number]
type Words = Pick<Ruling, 'question' | 'decision' | 'reasons' | 'isGap' | 'rules'>

/** What a ruling says: the question, the decision, the rules it reads; the reasons unfold. */
export function RulingWords({ ruling, children }: { ruling: Words; children?: ReactNode }) {
  const t = useTranslations('rulings')
  return (
    <>
      <p className="whitespace-pre-wrap break-words font-semibold">{ruling.question}</p>
      <p className="mt-1 whitespace-pre-wrap break-words">{ruling.decision}</p>
      <ul className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1">
        {ruling.rules.map(({ slug, version, finding }) => (
          <li key={slug} className="flex flex-wrap items-baseline gap-x-1.5">
            <Badge tone={finding === 'kept' ? 'approved' : 'rejected'}>{t(finding)}</Badge>
            <RuleLink slug={slug} version={version} />
          </li>
        ))}
        {ruling.isGap && (
          <li>
            <Badge tone="changes">{t('gap')}</Badge>
          </li>
        )}
      </ul>
      {ruling.reasons && (
        <details className="mt-1.5">
          <summary className="cursor-pointer text-ink-3 text-sm">{t('reasons')}</summary>
          <p className="mt-1 whitespace-pre-wrap break-words text-ink-2">{ruling.reasons}</p>
        </details>
      )}
      {children}
    </>
  )
}

/** A ruling of the case law, with its standing, and for those who may know where it comes from. */
export function RulingText({ ruling, action }: { ruling: Ruling; action?: ReactNode }) {
  const t = useTranslations('rulings')
  const project = useProject()
  const { overruled } = ruling
  return (
    <article aria-label={ruling.question} className="min-w-0">
      {overruled && (
        <p className="mb-1 flex flex-wrap items-baseline gap-x-2 text-ink-3 text-sm">
          <Badge tone="changes">{t('overruled')}</Badge>
          <RelativeTime at={overruled.at} />
          {overruled.overruler && <span>{t('by', { name: overruled.overruler })}</span>}
          <Link href={project.path(`/guideline/rulings/${overruled.byId}`)} className="text-accent hover:underline">
            {t('standsInstead')}
          </Link>
        </p>
      )}
      <RulingWords ruling={ruling} />
      <p className="mt-1.5 flex flex-wrap gap-x-3 text-ink-3 text-sm">
        <Link href={project.path(`/guideline/rulings/${ruling.id}`)} title={t('permalink')} className="hover:text-accent">
          <RelativeTime at={ruling.createdAt} />
        </Link>
        {ruling.decidedBy && <span>{t('by', { name: ruling.decidedBy })}</span>}
        {ruling.conversationId && (
          <Link href={project.path(`/conversations/${ruling.conversationId}`)} className="text-accent hover:underline">
            {t('conversation')}
          </Link>
        )}
      </p>
      {action}
    </article>
  )
}
