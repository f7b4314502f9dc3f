'use client'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useTranslations } from 'next-intl'
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'

export type Column<Row> = {
  id: string
  header: ReactNode
  cell: (row: Row) => ReactNode
  /** Width and visibility by class on head and cells, e.g. `w-28 max-md:hidden text-right`. Columns without width share the rest. */
  className?: string
}

type Props<Row> = {
  /** Names the table for screen readers. */
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  /** ↵ or a click; the row also carries `href` semantics through its first cell if you put a link there. */
  onOpen?: (row: Row) => void
  /** Space: peek. */
  onPeek?: (row: Row) => void
  /** The next keyset page; called when the end comes near, and by the button below. */
  onMore?: () => void
  hasMore?: boolean
  isLoadingMore?: boolean
  /** Pixels; rows have one height so that nothing jumps. */
  rowHeight?: 36 | 44 | 56
}

const HEIGHT = { 36: 'h-9', 44: 'h-11', 56: 'h-14' } as const
/** Up to here all rows are simply in the page. */
const PLAIN_ROWS = 120

/** A list of rows of one height, of any length: keyset pages, only what is seen is in the page, j/k and arrows move, ↵ opens. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  onOpen,
  onPeek,
  onMore,
  hasMore = false,
  isLoadingMore = false,
  rowHeight = 44,
}: Props<Row>) {
  const t = useTranslations('common')
  const body = useRef<HTMLTableSectionElement>(null)
  const [offset, setOffset] = useState(0)
  const [focused, setFocused] = useState(0)
  const isVirtual = rows.length > PLAIN_ROWS
  useLayoutEffect(() => setOffset((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY), [])
  const virtual = useWindowVirtualizer({ count: isVirtual ? rows.length : 0, estimateSize: () => rowHeight, overscan: 12, scrollMargin: offset })
  const items = virtual.getVirtualItems()
  const shown = isVirtual ? items.map((item) => item.index) : rows.map((_, index) => index)
  const lastShown = shown.at(-1) ?? 0
  useEffect(() => {
    if (isVirtual && hasMore && !isLoadingMore && lastShown > rows.length - 30) onMore?.()
  }, [isVirtual, hasMore, isLoadingMore, lastShown, rows.length, onMore])

  const goTo = (index: number) => {
    const target = Math.min(rows.length - 1, Math.max(0, index))
    setFocused(target)
    if (isVirtual) virtual.scrollToIndex(target)
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-row="${target}"]`)?.focus())
  }
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const row = rows[index]
    if (row === undefined || event.target !== event.currentTarget || event.metaKey || event.ctrlKey || event.altKey) return
    const act = {
      ArrowDown: () => goTo(index + 1),
      j: () => goTo(index + 1),
      ArrowUp: () => goTo(index - 1),
      k: () => goTo(index - 1),
      Home: () => goTo(0),
      End: () => goTo(rows.length - 1),
      Enter: () => onOpen?.(row),
      ' ': () => onPeek?.(row),
    }[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  const before = isVirtual ? (items[0]?.start ?? offset) - offset : 0
  const after = isVirtual ? virtual.getTotalSize() - ((items.at(-1)?.end ?? offset) - offset) : 0
  return (
    <>
      <table aria-label={label} aria-rowcount={hasMore ? -1 : rows.length + 1} className="w-full table-fixed border-collapse text-left">
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={classNames('h-8 truncate border-b px-2 font-normal text-ink-3 text-xs first:pl-0 last:pr-0', column.className)}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <Spacer pixels={before} columns={columns.length} />
          {shown.map((index) => {
            const row = rows[index]
            if (row === undefined) return null
            return (
              <tr
                key={rowKey(row)}
                data-row={index}
                aria-rowindex={index + 2}
                tabIndex={onOpen || onPeek ? (index === focused ? 0 : -1) : undefined}
                onKeyDown={(event) => onKeyDown(event, index)}
                onFocus={() => setFocused(index)}
                onClick={(event) => !(event.target as HTMLElement).closest('a, button, input, label') && onOpen?.(row)}
                className={classNames(
                  HEIGHT[rowHeight],
                  'border-b outline-offset-[-2px] last:border-b-0',
                  (onOpen || onPeek) && 'cursor-pointer hover:bg-surface-1 focus-visible:bg-surface-1',
                )}
              >
                {columns.map((column) => (
                  <td key={column.id} className={classNames('truncate px-2 first:pl-0 last:pr-0', column.className)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
          <Spacer pixels={after} columns={columns.length} />
        </tbody>
      </table>
      {hasMore && (
        <div className="py-4">
          <Button variant="quiet" pending={isLoadingMore} onClick={onMore}>
            {t('more')}
          </Button>
        </div>
      )}
    </>
  )
}

/** Height through the DOM: a style attribute in the server's HTML would be refused by the content security policy. */
function Spacer({ pixels, columns }: { pixels: number; columns: number }) {
  const cell = useRef<HTMLTableCellElement>(null)
  useLayoutEffect(() => {
    if (cell.current) cell.current.style.height = `${pixels}px`
  }, [pixels])
  if (pixels <= 0) return null
  return (
    <tr aria-hidden>
      <td ref={cell} colSpan={columns} className="p-0" />
    </tr>
  )
}
