import type { ConfigChange } from '#lib/domain/training/config.ts'

const shown = (value: ConfigChange['to']): string => (value === null ? '–' : String(value))

/** Settings that differ, each with what it was and what it is. */
export function ConfigChanges({ changes }: { changes: readonly ConfigChange[] }) {
  return (
    <dl className="font-mono text-sm">
      {changes.map((change) => (
        <div key={change.path} className="flex flex-wrap gap-x-3 py-0.5">
          <dt className="text-ink-3">{change.path}</dt>
          <dd className="break-all">
            <del className="text-ink-3">{shown(change.from)}</del> → <ins className="no-underline">{shown(change.to)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}
