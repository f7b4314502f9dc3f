import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { WritePage } from '#components/write/write-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('write'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string; conversation: string }> }) {
  const { project: slug, conversation } = await params
  await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getConversation.queryOptions({ input: { conversationId: conversation } }))
  return (
    <HydrationBoundary state={state}>
      <WritePage key={conversation} conversationId={conversation} />
    </HydrationBoundary>
  )
}
