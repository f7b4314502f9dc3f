import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { OwnRecordPage } from '#components/home/own-record-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'
import { USUAL_WEEKS } from '#lib/client/periods.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('own'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project: slug } = await params
  const { project } = await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getOwnRecord.queryOptions({ input: { projectId: project.id, weeks: USUAL_WEEKS } }))
  return (
    <HydrationBoundary state={state}>
      <OwnRecordPage />
    </HydrationBoundary>
  )
}
