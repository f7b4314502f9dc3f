import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { GuidelineEditor } from '#components/guideline/guideline-editor.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('guideline'))('editTitle') })

export default async function EditGuidelinePage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await getMembership((await params).project)
  const query = await serverQuery()
  const state = await prefetch(query.getGuidelineDraft.queryOptions({ input: { projectId: project.id } }))
  return (
    <HydrationBoundary state={state}>
      <GuidelineEditor />
    </HydrationBoundary>
  )
}
