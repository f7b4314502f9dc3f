'use client'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'

/** The way to the conversation a finding speaks of. In a tab of its own: the text at hand stays where it is. */
export function OtherConversation({ id }: { id: string }) {
  const t = useTranslations('checks')
  const project = useProject()
  return (
    <a href={project.path(`/conversations/${id}`)} target="_blank" rel="noreferrer" className="underline underline-offset-2 hover:text-accent">
      {t('openOther')}
    </a>
  )
}
