import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { RunPage } from '#components/run/run-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('runs'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string; run: string }> }) {
  const { project: slug, run } = await params
  await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getRun.queryOptions({ input: { runId: run } }))
  return (
    <HydrationBoundary state={state}>
      <RunPage runId={run} />
    </HydrationBoundary>
  )
}
