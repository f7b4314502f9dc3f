import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { QueuePage } from '#components/prompt/queue-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('prompts'))('queue') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project: slug } = await params
  const { project } = await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getWorkQueue.queryOptions({ input: { projectId: project.id } }))
  return (
    <HydrationBoundary state={state}>
      <QueuePage />
    </HydrationBoundary>
  )
}
