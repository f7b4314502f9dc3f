'use client'
import type { ConfigChange } from '#lib/domain/training/config.ts'
import { useSettingWords } from './use-setting-words.ts'

/** Settings that differ, each with what it was and what it is. */
export function ConfigChanges({ changes }: { changes: readonly ConfigChange[] }) {
  const { nameOf, wordsFor } = useSettingWords()
  return (
    <dl className="text-sm">
      {changes.map((change) => (
        <div key={change.path} className="flex flex-wrap gap-x-3 py-0.5">
          <dt className="text-ink-3">{nameOf(change.path)}</dt>
          <dd className="break-all">
            <del className="text-ink-3">{wordsFor(change.path, change.from)}</del> →{' '}
            <ins className="no-underline">{wordsFor(change.path, change.to)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}
