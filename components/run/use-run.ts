'use client'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type api, query } from '#lib/client/api.ts'
import { isMoving } from '#lib/domain/training/control.ts'

export type Run = Awaited<ReturnType<typeof api.getRun>>
export type RunEvent = Awaited<ReturnType<typeof api.listRunEvents>>['items'][number]

const POLL_MS = 1000
const EVENTS_A_PAGE = 2000

/** The run, asked for again and again while it moves. */
export const useRun = (runId: string) =>
  useQuery(
    query.getRun.queryOptions({
      input: { runId },
      staleTime: 0,
      refetchInterval: (state) => (state.state.data && isMoving(state.state.data.state) ? POLL_MS : false),
    }),
  )

/** Its curves, fetched anew whenever it has gone on by a step. */
export const useSeries = (run: Run) =>
  useQuery(
    query.getRunSeries.queryOptions({
      input: { runId: run.id },
      refetchInterval: isMoving(run.state) ? POLL_MS * 2 : false,
      staleTime: 0,
    }),
  )

/** All its events of these types, each once; those that come later are appended. */
export function useRunEvents(run: Run, types: string[]): { events: RunEvent[]; isPending: boolean; error: unknown; refetch: () => void } {
  const events = useInfiniteQuery({
    ...query.listRunEvents.infiniteOptions({
      input: (cursor: string) => ({ runId: run.id, cursor, type: types, limit: EVENTS_A_PAGE }),
      initialPageParam: '0.0',
      // The API always says where to go on: a page that was the last may not be it any more.
      getNextPageParam: (page) => page.nextCursor,
    }),
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { fetchNextPage, isFetching, data } = events
  const hasMore = data?.pages.at(-1)?.hasMore ?? false
  const newest = run.latest?.at
  // biome-ignore lint/correctness/useExhaustiveDependencies: `newest` and `state` are when there may be more
  useEffect(() => {
    if (data && !isFetching) void fetchNextPage()
  }, [newest, run.state, hasMore, data === undefined])
  return { events: data?.pages.flatMap((page) => page.items) ?? [], isPending: events.isPending, error: events.error, refetch: events.refetch }
}
