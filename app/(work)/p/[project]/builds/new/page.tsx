import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { NewBuild } from '#components/build/new-build.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'
import { pages } from '#lib/client/paging.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('builds'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project: slug } = await params
  const { project } = await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.listSnapshots.infiniteOptions(pages({ projectId: project.id })))
  return (
    <HydrationBoundary state={state}>
      <NewBuild />
    </HydrationBoundary>
  )
}
