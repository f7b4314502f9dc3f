'use client'
import { useTranslations } from 'next-intl'
import { type MouseEvent, useRef, useState } from 'react'
import { Checkbox } from './checkbox.tsx'
import type { Column } from './data-table.tsx'

type Options<Row> = {
  /** Those there are so far, as they stand. */
  rows: readonly Row[]
  keyOf: (row: Row) => string
  /** Says which row it is to who cannot see it. */
  nameOf: (row: Row) => string
}

/** A column of boxes to choose rows by; with Shift all up to the one chosen before. */
export function useSelectionColumn<Row>({ rows, keyOf, nameOf }: Options<Row>) {
  const t = useTranslations('common')
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set())
  const last = useRef<string | null>(null)
  const chosen = rows.filter((row) => keys.has(keyOf(row)))
  const isAll = rows.length > 0 && chosen.length === rows.length
  const choose = (row: Row, { shiftKey }: { shiftKey: boolean }) => {
    const key = keyOf(row)
    const at = rows.indexOf(row)
    const from = shiftKey ? rows.findIndex((each) => keyOf(each) === last.current) : -1
    const [start, end] = from < 0 ? [at, at] : [Math.min(from, at), Math.max(from, at)]
    const after = new Set(keys)
    for (const each of rows.slice(start, end + 1)) {
      if (keys.has(key)) after.delete(keyOf(each))
      else after.add(keyOf(each))
    }
    last.current = key
    setKeys(after)
  }
  const column: Column<Row> = {
    id: 'choose',
    header: (
      <Checkbox
        label={t('chooseAll')}
        labelHidden
        checked={isAll}
        ref={(box) => {
          if (box) box.indeterminate = chosen.length > 0 && !isAll
        }}
        onChange={() => setKeys(new Set(isAll ? [] : rows.map(keyOf)))}
      />
    ),
    cell: (row) => (
      <Checkbox
        label={t('choose', { name: nameOf(row) })}
        labelHidden
        checked={keys.has(keyOf(row))}
        onChange={() => {}}
        onClick={(event: MouseEvent) => choose(row, event)}
      />
    ),
    className: 'w-8',
  }
  return { column, chosen, clear: () => setKeys(new Set()) }
}
