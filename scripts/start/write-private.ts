import { renameSync, writeFileSync } from 'node:fs'

/** Writes JSON that only its own user may read, whole or not at all. */
export function writePrivate(file: string, value: unknown): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, file)
}
