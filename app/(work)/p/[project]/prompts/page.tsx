import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { PromptList } from '#components/prompt/prompt-list.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'
import { countedPages } from '#lib/client/paging.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('prompts'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project: slug } = await params
  const { project } = await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.listPrompts.infiniteOptions(countedPages({ projectId: project.id })))
  return (
    <HydrationBoundary state={state}>
      <PromptList />
    </HydrationBoundary>
  )
}
