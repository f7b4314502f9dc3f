import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { ImportPage } from '#components/prompt/import-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('prompts'))('imports') })

export default async function Page({ params }: { params: Promise<{ project: string; import: string }> }) {
  const { project: slug, import: importId } = await params
  await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getImport.queryOptions({ input: { importId } }))
  return (
    <HydrationBoundary state={state}>
      <ImportPage importId={importId} />
    </HydrationBoundary>
  )
}
