'use client'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { Section } from '#components/ui/section.tsx'
import type { api } from '#lib/client/api.ts'

type Home = Awaited<ReturnType<typeof api.getHome>>

/** What a new project needs before the first conversation; gone when it is there. */
export function FirstSteps({ home }: { home: Home }) {
  const t = useTranslations('home')
  const project = useProject()
  const steps = [
    { done: home.hasGuideline, label: t('stepGuideline'), path: '/guideline/edit' },
    { done: home.hasPrompts, label: t('stepPrompts'), path: '/prompts' },
    { done: home.hasConversations, label: t('stepWrite'), path: '/write' },
  ]
  if (steps.every((step) => step.done)) return null
  return (
    <Section title={t('firstSteps')}>
      <ol className="space-y-2">
        {steps.map((step, index) => (
          <li key={step.path} className={step.done ? 'text-ink-3 line-through' : ''}>
            {index + 1}.{' '}
            <Link href={project.path(step.path)} className="text-accent hover:underline">
              {step.label}
            </Link>
          </li>
        ))}
      </ol>
    </Section>
  )
}
