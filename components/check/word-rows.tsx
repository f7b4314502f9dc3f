'use client'
import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { CHECK_LEVELS, type CheckLevel } from '#lib/domain/check/finding.ts'
import type { ProjectChecks } from '#lib/domain/check/settings.ts'

export type Phrase = ProjectChecks['phrases'][number]
export type Pattern = ProjectChecks['patterns'][number]

/** A row with the key React knows it by: what people type in it changes all the rest. */
export type Row<T> = T & { key: string }

function LevelField({ value, onChange }: { value: CheckLevel; onChange: (level: CheckLevel) => void }) {
  const t = useTranslations('settings.checksPage')
  const c = useTranslations('checks')
  return (
    <Field label={t('checkLevel')} labelHidden className="w-28">
      <Select value={value} onChange={(event) => onChange(event.target.value as CheckLevel)}>
        {CHECK_LEVELS.map((level) => (
          <option key={level} value={level}>
            {c(`level.${level}`)}
          </option>
        ))}
      </Select>
    </Field>
  )
}

type WordsProps = { value: string; onChange: (words: string) => void }
function WordsField({ value, onChange }: WordsProps) {
  const t = useTranslations('settings.checksPage')
  return (
    <Field label={t('words')} labelHidden className="min-w-40 flex-1">
      <Input placeholder={t('words')} maxLength={300} value={value} onChange={(event) => onChange(event.target.value)} />
    </Field>
  )
}

type RowsProps<T> = { rows: readonly Row<T>[]; onChange: (rows: Row<T>[]) => void; onAdd: () => void }
const changed = <T extends { key: string }>(rows: readonly T[], row: T, change: Partial<T>): T[] =>
  rows.map((each) => (each === row ? { ...each, ...change } : each))

function Rows({ addLabel, onAdd, children }: { addLabel: string; onAdd: () => void; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-2">
      {children}
      <Button size="sm" className="self-start" onClick={onAdd}>
        {addLabel}
      </Button>
    </div>
  )
}

function RemoveRow({ name, onRemove }: { name: string; onRemove: () => void }) {
  const t = useTranslations('settings.checksPage')
  return <IconButton label={t('removeRow', { name: name || t('newRow') })} icon={<X />} onClick={onRemove} />
}

export function PhraseRows({ rows, onChange, onAdd }: RowsProps<Phrase>) {
  const t = useTranslations('settings.checksPage')
  return (
    <Rows addLabel={t('addPhrase')} onAdd={onAdd}>
      {rows.map((row) => (
        <div key={row.key} className="flex flex-wrap items-start gap-2">
          <Field label={t('phrase')} labelHidden className="w-56">
            <Input
              placeholder={t('phrase')}
              maxLength={200}
              value={row.text}
              onChange={(event) => onChange(changed(rows, row, { text: event.target.value }))}
            />
          </Field>
          <LevelField value={row.level} onChange={(level) => onChange(changed(rows, row, { level }))} />
          <WordsField value={row.message} onChange={(message) => onChange(changed(rows, row, { message }))} />
          <RemoveRow name={row.text} onRemove={() => onChange(rows.filter((each) => each !== row))} />
        </div>
      ))}
    </Rows>
  )
}

type PatternProps = RowsProps<Pattern> & {
  /** Why an expression cannot be used, or null. */
  faultOf: (expression: string) => string | null
}
export function PatternRows({ rows, onChange, onAdd, faultOf }: PatternProps) {
  const t = useTranslations('settings.checksPage')
  return (
    <Rows addLabel={t('addPattern')} onAdd={onAdd}>
      {rows.map((row) => (
        <div key={row.key} className="flex flex-wrap items-start gap-2">
          <Field label={t('patternId')} labelHidden className="w-36">
            <Input
              placeholder={t('patternId')}
              maxLength={49}
              value={row.id}
              onChange={(event) => onChange(changed(rows, row, { id: event.target.value }))}
            />
          </Field>
          <Field label={t('expression')} labelHidden className="w-64" error={row.expression ? faultOf(row.expression) : null}>
            <Input
              className="font-mono"
              placeholder={t('expression')}
              maxLength={1000}
              spellCheck={false}
              value={row.expression}
              onChange={(event) => onChange(changed(rows, row, { expression: event.target.value }))}
            />
          </Field>
          <LevelField value={row.level} onChange={(level) => onChange(changed(rows, row, { level }))} />
          <WordsField value={row.message} onChange={(message) => onChange(changed(rows, row, { message }))} />
          <RemoveRow name={row.id} onRemove={() => onChange(rows.filter((each) => each !== row))} />
        </div>
      ))}
    </Rows>
  )
}
