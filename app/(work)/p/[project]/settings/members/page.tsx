import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { memberPages } from '#components/settings/list-options.ts'
import { MembersPage } from '#components/settings/members-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('settings'))('members') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await getMembership((await params).project)
  const query = await serverQuery()
  const state = await prefetch(query.listMembers.infiniteOptions(memberPages(project.id)))
  return (
    <HydrationBoundary state={state}>
      <MembersPage />
    </HydrationBoundary>
  )
}
