import { QueryClient } from '@tanstack/react-query'
import { isApiError } from './api.ts'

const TRIES = 3

/** Refusals are answers and are not asked again; a lost network or database is. */
const shouldRetry = (failures: number, error: unknown): boolean => failures < TRIES && !(isApiError(error) && error.status < 500)

/** Settings of all queries, on the server for prefetching and in the browser. */
export const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, retry: shouldRetry, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  })
