'use client'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from 'next/navigation'
import { query } from '#lib/client/api.ts'
import { useLastProject } from './last-project.tsx'

/** The person signed in, with memberships and what they may do; prefetched by the layout. */
export const useMe = () => useSuspenseQuery({ ...query.getMe.queryOptions({ input: {} }), staleTime: 60_000 }).data

/** The membership the address names, else that of the project looked at last, else the first one; null for somebody in no project. */
export function useMembership() {
  const me = useMe()
  const last = useLastProject()
  const { project } = useParams<{ project?: string }>()
  const find = (slug: string | null) => me.memberships.find((membership) => membership.project.slug === slug)
  return (project ? find(project) : (find(last) ?? me.memberships[0])) ?? null
}
