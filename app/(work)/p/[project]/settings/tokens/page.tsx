import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { tokenPages } from '#components/settings/list-options.ts'
import { TokensPage } from '#components/settings/tokens-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('settings'))('apiTokens') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await getMembership((await params).project)
  const query = await serverQuery()
  const state = await prefetch(query.listApiTokens.infiniteOptions(tokenPages(project.id)))
  return (
    <HydrationBoundary state={state}>
      <TokensPage />
    </HydrationBoundary>
  )
}
