'use client'
import { useTranslations } from 'next-intl'
import { useEffect } from 'react'
import { Button } from './button.tsx'
import { Field } from './field.tsx'
import { Select } from './input.tsx'
import { type PagedQuery, rowsOf } from './paged-list.tsx'

/**
 * The usable rows of a list to choose from. Fetches on by itself while the chosen row is not among them, or none is;
 * `isSettled` says that this is over.
 */
export function useChoice<Row extends { id: string }>(list: PagedQuery<Row>, isUsable: (row: Row) => boolean, chosenId: string | null | undefined) {
  const all = rowsOf(list)
  const usable = all.filter(isUsable)
  const isWanting = usable.length === 0 || Boolean(chosenId && !all.some((row) => row.id === chosenId))
  const { hasNextPage, isFetchingNextPage, fetchNextPage, error } = list
  const goesOn = isWanting && hasNextPage && !error
  useEffect(() => {
    if (goesOn && !isFetchingNextPage) void fetchNextPage()
  }, [goesOn, isFetchingNextPage, fetchNextPage])
  return { usable, isSettled: list.data !== undefined && !goesOn }
}

type Props<Row> = {
  list: Pick<PagedQuery<unknown>, 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'>
  rows: readonly Row[]
  label: string
  hint?: string
  error?: string | undefined
  value: string
  textOf: (row: Row) => string
  onChange: (id: string) => void
}

/** A choice among the rows of a list, with a button for older ones where there are more. */
export function PagedSelect<Row extends { id: string }>({ list, rows, label, hint, error, value, textOf, onChange }: Props<Row>) {
  const t = useTranslations('common')
  return (
    <div className="flex flex-col items-start gap-1">
      <Field label={label} error={error} className="w-full" {...(hint ? { hint } : {})}>
        <Select value={value} onChange={(event) => onChange(event.target.value)}>
          {rows.map((row) => (
            <option key={row.id} value={row.id}>
              {textOf(row)}
            </option>
          ))}
        </Select>
      </Field>
      {list.hasNextPage && (
        <Button size="sm" variant="quiet" pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </div>
  )
}
