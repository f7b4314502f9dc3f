import { HydrationBoundary } from '@tanstack/react-query'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { Frame } from '#components/frame/frame.tsx'
import { LastProject } from '#components/frame/last-project.tsx'
import { prefetch, serverQuery, signInAddress } from '#lib/api/server.ts'
import { findPerson } from '#lib/auth/session.ts'
import { PROJECT_COOKIE, RAIL_COOKIE } from '#lib/web/frame-cookies.ts'

/** Everything behind the sign-in. */
export default async function WorkLayout({ children }: { children: ReactNode }) {
  const person = await findPerson()
  if (!person) redirect(await signInAddress())
  if (person.mustChangePassword) redirect('/change-password')
  const query = await serverQuery()
  const state = await prefetch(query.getMe.queryOptions({ input: {} }))
  const jar = await cookies()
  return (
    <HydrationBoundary state={state}>
      <LastProject value={jar.get(PROJECT_COOKIE)?.value ?? null}>
        <Frame railCollapsed={jar.get(RAIL_COOKIE)?.value === 'collapsed'}>{children}</Frame>
      </LastProject>
    </HydrationBoundary>
  )
}
