import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { ImportList } from '#components/prompt/import-list.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'
import { pages } from '#lib/client/paging.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('prompts'))('imports') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project: slug } = await params
  const { project } = await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.listImports.infiniteOptions(pages({ projectId: project.id })))
  return (
    <HydrationBoundary state={state}>
      <ImportList />
    </HydrationBoundary>
  )
}
