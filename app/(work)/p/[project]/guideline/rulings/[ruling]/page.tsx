import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { RulingPage } from '#components/ruling/ruling-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('rulings'))('one') })

export default async function Page({ params }: { params: Promise<{ project: string; ruling: string }> }) {
  const { project: slug, ruling } = await params
  await getMembership(slug)
  const query = await serverQuery()
  const state = await prefetch(query.getRuling.queryOptions({ input: { rulingId: ruling } }))
  return (
    <HydrationBoundary state={state}>
      <RulingPage rulingId={ruling} />
    </HydrationBoundary>
  )
}
