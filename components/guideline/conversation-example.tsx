'use client'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { isApiError, query } from '#lib/client/api.ts'

// Only for those who open one: it brings the whole view of conversations.
const ConversationView = dynamic(() => import('#components/conversation/conversation-view.tsx').then((module) => module.ConversationView), {
  loading: () => null,
})

function Messages({ conversationId }: { conversationId: string }) {
  const t = useTranslations('guideline')
  const project = useProject()
  const conversation = useQuery(query.getConversation.queryOptions({ input: { conversationId } }))
  if (conversation.error) {
    const isHidden = isApiError(conversation.error) && (conversation.error.code === 'not-found' || conversation.error.code === 'forbidden')
    return isHidden ? (
      <p className="text-ink-3 text-sm">{t('exampleHidden')}</p>
    ) : (
      <ErrorState error={conversation.error} onRetry={conversation.refetch} />
    )
  }
  const newest = conversation.data?.revisions.at(-1)
  if (!newest) return <SkeletonRows rows={3} label={t('loadingExample')} />
  return (
    <div className="mt-2">
      <ConversationView messages={newest.messages} tools={newest.tools} />
      <Link href={project.path(`/conversations/${conversationId}`)} className="mt-2 inline-block text-accent text-sm underline underline-offset-2">
        {t('openConversation')}
      </Link>
    </div>
  )
}

/** A conversation of the project as an example, loaded when it is opened, for those who may read it. */
export function ConversationExample({ conversationId }: { conversationId: string }) {
  const t = useTranslations('guideline')
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer text-sm">{t('fromProject')}</summary>
      {isOpen && <Messages conversationId={conversationId} />}
    </details>
  )
}
