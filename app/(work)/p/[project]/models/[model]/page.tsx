import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { ModelPage } from '#components/model/model-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('models'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string; model: string }> }) {
  const { project: slug, model } = await params
  const { project } = await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getModel.queryOptions({ input: { projectId: project.id, modelId: model } }))
  return (
    <HydrationBoundary state={state}>
      <ModelPage modelId={model} />
    </HydrationBoundary>
  )
}
