import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { ChecksPage } from '#components/check/checks-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('settings'))('checks') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await getMembership((await params).project)
  const query = await serverQuery()
  const state = await prefetch(query.getProjectChecks.queryOptions({ input: { projectId: project.id } }))
  return (
    <HydrationBoundary state={state}>
      <ChecksPage />
    </HydrationBoundary>
  )
}
