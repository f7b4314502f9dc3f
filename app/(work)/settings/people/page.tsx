import { HydrationBoundary } from '@tanstack/react-query'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { userPages } from '#components/settings/list-options.ts'
import { PeoplePage } from '#components/settings/people-page.tsx'
import { prefetch, serverQuery } from '#lib/api/server.ts'
import { findActor } from '#lib/auth/session.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('settings'))('people') })

export default async function Page() {
  if (!(await findActor())?.isAdmin) notFound()
  const query = await serverQuery()
  const state = await prefetch(query.listUsers.infiniteOptions(userPages('')))
  return (
    <HydrationBoundary state={state}>
      <PeoplePage />
    </HydrationBoundary>
  )
}
