import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { GuidelineReader } from '#components/guideline/guideline-reader.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('guideline'))('title') })

type Props = { params: Promise<{ project: string }>; searchParams: Promise<{ version?: string }> }

export default async function GuidelinePage({ params, searchParams }: Props) {
  const { project } = await getMembership((await params).project)
  const { version } = await searchParams
  const query = await serverQuery()
  const state = await prefetch(query.listGuidelineVersions.queryOptions({ input: { projectId: project.id } }))
  return (
    <HydrationBoundary state={state}>
      <GuidelineReader version={version ?? null} />
    </HydrationBoundary>
  )
}
