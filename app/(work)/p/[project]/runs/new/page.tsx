import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { NewRun } from '#components/run/new-run.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'
import { pages } from '#lib/client/paging.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('runs'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project: slug } = await params
  const { project } = await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.listBuilds.infiniteOptions(pages({ projectId: project.id, state: 'ready' as const })))
  return (
    <HydrationBoundary state={state}>
      <NewRun />
    </HydrationBoundary>
  )
}
