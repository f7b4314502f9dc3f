'use client'
import type { ReactNode } from 'react'
import { type Column, DataTable } from './data-table.tsx'
import { ErrorState } from './error-state.tsx'
import { SkeletonRows } from './skeleton.tsx'

/** What useInfiniteQuery gives for a list whose pages have `items`. */
export type PagedQuery<Row> = {
  data: { pages: readonly { items: readonly Row[] }[] } | undefined
  error: unknown
  isPending: boolean
  hasNextPage: boolean
  isFetchingNextPage: boolean
  refetch: () => unknown
  fetchNextPage: () => unknown
}

/** The rows of all pages fetched so far. */
export const rowsOf = <Row,>(list: Pick<PagedQuery<Row>, 'data'>): Row[] => list.data?.pages.flatMap((page) => page.items) ?? []

type Props<Row> = {
  list: PagedQuery<Row>
  /** Names the table for screen readers. */
  label: string
  columns: readonly Column<Row>[]
  rowKey: (row: Row) => string
  /** What stands in place of an empty list. */
  empty?: ReactNode
  loadingLabel: string
  loadingRows?: number
  rowHeight?: 36 | 44 | 56
  onOpen?: (row: Row) => void
  onPeek?: (row: Row) => void
}

/** A list of the API with its four faces: loading, error with retry, empty, and rows, of which more come as one goes on. */
export function PagedList<Row>({ list, empty, loadingLabel, loadingRows = 6, ...table }: Props<Row>) {
  const rows = rowsOf(list)
  return (
    <>
      {Boolean(list.error) && <ErrorState error={list.error} onRetry={list.refetch} />}
      {list.isPending && <SkeletonRows rows={loadingRows} label={loadingLabel} />}
      {list.data && rows.length === 0 && empty}
      {rows.length > 0 && (
        <DataTable
          {...table}
          rows={rows}
          hasMore={list.hasNextPage}
          isLoadingMore={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </>
  )
}
