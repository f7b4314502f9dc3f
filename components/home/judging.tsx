'use client'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Section } from '#components/ui/section.tsx'
import type { api } from '#lib/client/api.ts'
import { WorkLine } from './work-line.tsx'

type Home = Awaited<ReturnType<typeof api.getHome>>

const WORDS = {
  review: { title: 'reviewing', hint: 'waiting', next: 'reviewNext' },
  adjudicate: { title: 'adjudicating', hint: 'escalated', next: 'adjudicateNext' },
} as const

/** What waits for one's judgement, as submissions or as escalations, the longest waiting first. */
export function Judging({ kind, waiting: { waiting, oldest } }: { kind: keyof typeof WORDS; waiting: NonNullable<Home['reviewing']> }) {
  const t = useTranslations('home')
  const project = useProject()
  const words = WORDS[kind]
  const more = waiting - oldest.length
  return (
    <Section
      title={t(words.title)}
      hint={t(words.hint, { count: waiting })}
      action={
        <Button asChild variant="primary">
          <Link href={project.path(`/${kind}`)}>{t(words.next)}</Link>
        </Button>
      }
    >
      <ul className="divide-y">
        {oldest.map((work) => (
          <WorkLine key={work.conversationId} href={project.path(`/review/${work.conversationId}`)} work={work} />
        ))}
      </ul>
      {more > 0 && <p className="mt-2 text-ink-3 text-sm">{t('moreWaiting', { count: more })}</p>}
    </Section>
  )
}
