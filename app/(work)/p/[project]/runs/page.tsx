import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { RunList } from '#components/run/run-list.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'
import { pages } from '#lib/client/paging.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('runs'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project: slug } = await params
  const { project } = await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(
    query.getTrainerEnvironment.queryOptions({ input: { projectId: project.id } }),
    query.listRuns.infiniteOptions(pages({ projectId: project.id })),
  )
  return (
    <HydrationBoundary state={state}>
      <RunList />
    </HydrationBoundary>
  )
}
