import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'

import { ProjectPage } from '#components/settings/project-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('settings'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await getMembership((await params).project)
  const query = await serverQuery()
  const state = await prefetch(query.getProject.queryOptions({ input: { projectId: project.id } }))
  return (
    <HydrationBoundary state={state}>
      <ProjectPage />
    </HydrationBoundary>
  )
}
