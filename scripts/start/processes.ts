import { rmSync } from 'node:fs'
import { writePrivate } from './write-private.ts'

export type ProcessName = 'supervisor' | 'web' | 'worker' | 'database'

/** A file that names the product's processes by their numbers as they come and go, for whoever has to look at one of them. */
export class ProcessFile {
  readonly #file: string
  readonly #pids: Partial<Record<ProcessName, number>> = { supervisor: process.pid }

  constructor(file: string) {
    this.#file = file
  }

  note(name: ProcessName, pid: number | null): void {
    if (pid === null) delete this.#pids[name]
    else this.#pids[name] = pid
    writePrivate(this.#file, this.#pids)
  }

  remove(): void {
    rmSync(this.#file, { force: true })
  }
}
