import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { BuildPage } from '#components/build/build-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('builds'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string; build: string }> }) {
  const { project: slug, build } = await params
  await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getBuild.queryOptions({ input: { buildId: build } }))
  return (
    <HydrationBoundary state={state}>
      <BuildPage buildId={build} />
    </HydrationBoundary>
  )
}
