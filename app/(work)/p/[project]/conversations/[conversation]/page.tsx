import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { ConversationPage } from '#components/conversation/conversation-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('conversations'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string; conversation: string }> }) {
  const { project: slug, conversation } = await params
  await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getConversation.queryOptions({ input: { conversationId: conversation } }))
  return (
    <HydrationBoundary state={state}>
      <ConversationPage conversationId={conversation} />
    </HydrationBoundary>
  )
}
