import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { QualityPage } from '#components/quality/quality-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('quality'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project: slug } = await params
  const { project } = await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getQuality.queryOptions({ input: { projectId: project.id, weeks: 12 } }))
  return (
    <HydrationBoundary state={state}>
      <QualityPage />
    </HydrationBoundary>
  )
}
