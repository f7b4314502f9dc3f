import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { SnapshotPage } from '#components/snapshot/snapshot-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('snapshots'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string; snapshot: string }> }) {
  const { project: slug, snapshot } = await params
  await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getSnapshot.queryOptions({ input: { snapshotId: snapshot } }))
  return (
    <HydrationBoundary state={state}>
      <SnapshotPage snapshotId={snapshot} />
    </HydrationBoundary>
  )
}
