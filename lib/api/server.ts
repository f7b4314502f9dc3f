import { randomUUID } from 'node:crypto'
import { createJsonifiedRouterClient } from '@orpc/openapi'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { dehydrate, type FetchInfiniteQueryOptions, type FetchQueryOptions } from '@tanstack/react-query'
import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { cache } from 'react'
import { findActor } from '#lib/auth/session.ts'
import { isApiError } from '#lib/client/api.ts'
import { createQueryClient } from '#lib/client/query-client.ts'
import type { Context } from '#lib/services/operation.ts'
import { router } from './router.ts'

/** Operations called in this process for the person a page is rendered for; answers have the shape the API gives (ISO times). */
export const serverApi = cache(async () => {
  const context: Context = { actor: await findActor(), requestId: (await headers()).get('x-request-id') ?? randomUUID(), via: 'page' }
  return createJsonifiedRouterClient(router, { context })
})

/** As `query` of lib/client/api.ts, with the same keys, for prefetching on the server. */
export const serverQuery = cache(async () => createTanstackQueryUtils(await serverApi()))

/** Where to sign in and come back from there to this page. */
export async function signInAddress(): Promise<string> {
  const page = (await headers()).get('x-page') ?? '/'
  return page === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(page)}`
}

/** Turns a refusal into the page for it: sign-in, a new password, not-found. Anything else is thrown on to error.tsx. */
export async function leave(error: unknown): Promise<never> {
  if (isApiError(error) && error.code === 'unauthenticated') redirect(await signInAddress())
  if (isApiError(error) && error.code === 'password-change-required') redirect('/change-password')
  if (isApiError(error) && (error.code === 'not-found' || error.code === 'invalid-input')) notFound()
  throw error
}

// biome-ignore lint/suspicious/noExplicitAny: every operation has other types, and TanStack's options are invariant in them
type InfiniteOptions = FetchInfiniteQueryOptions<any, any, any, any, any>
// biome-ignore lint/suspicious/noExplicitAny: as above
type Options = FetchQueryOptions<any, any, any, any> | InfiniteOptions

const isInfinite = (options: Options): options is InfiniteOptions => 'initialPageParam' in options

/**
 * Fetches queries for a page and gives their state for `<HydrationBoundary state>`. A row that is not there makes the
 * not-found page, an ended sign-in the sign-in page; any other failure is left to the browser, which retries and shows it.
 */
export async function prefetch(...queries: readonly Options[]) {
  const client = createQueryClient()
  client.setDefaultOptions({ queries: { retry: false } })
  await Promise.all(
    queries.map(async (options) => {
      try {
        if (isInfinite(options)) await client.fetchInfiniteQuery(options as never)
        else await client.fetchQuery(options)
      } catch (error) {
        if (isApiError(error) && ['unauthenticated', 'password-change-required', 'not-found', 'invalid-input'].includes(error.code))
          await leave(error)
      }
    }),
  )
  return dehydrate(client)
}

/** The membership of the signed-in person in the project of that slug, null for strangers; asked once a request. */
export const findMembership = cache(async (slug: string) => {
  const me = await (await serverApi()).getMe({}).catch(leave)
  return me.memberships.find(({ project }) => project.slug === slug) ?? null
})

/** As findMembership, for pages: a foreign or absent project is not found. */
export const getMembership = async (slug: string) => (await findMembership(slug)) ?? notFound()
