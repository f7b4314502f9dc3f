import { HydrationBoundary } from '@tanstack/react-query'
import { getTranslations } from 'next-intl/server'
import { RulingsPage } from '#components/ruling/rulings-page.tsx'
import { getMembership, prefetch, serverQuery } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('rulings'))('title') })

type Props = { params: Promise<{ project: string }>; searchParams: Promise<{ text?: string; rule?: string }> }

export default async function Page({ params, searchParams }: Props) {
  const { project } = await getMembership((await params).project)
  const { text = '', rule = '' } = await searchParams
  const query = await serverQuery()
  const state = await prefetch(query.searchRules.queryOptions({ input: { projectId: project.id, search: '' } }))
  return (
    <HydrationBoundary state={state}>
      <RulingsPage asked={{ text, rule }} />
    </HydrationBoundary>
  )
}
