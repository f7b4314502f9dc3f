import { createHash } from 'node:crypto'
import { db } from '#lib/db.ts'
import type { Batch } from './import-queue.ts'
import type { ReadRow } from './import-reader.ts'
import { type ImportTarget, type OpenedImport, promptOf } from './import-target.ts'
import { type NewPrompt, promptHash } from './prompt-insert.ts'
import { autocommit } from './transaction.ts'

/** The beginning of a sha256, in the form of a UUID: sixteen bytes in the database. */
const asKey = (hash: string): string => hash.slice(0, 32).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
const externalKey = (externalId: string): string => asKey(createHash('sha256').update(`id:${externalId}`).digest('hex'))

/** A dry run: counts what a real one would do. What it has seen lies in the database, because in memory it would grow with the file. */
export class ImportRehearsal implements ImportTarget {
  readonly id = null
  readonly #opened: OpenedImport
  readonly #runId: string

  private constructor(opened: OpenedImport, runId: string) {
    this.#opened = opened
    this.#runId = runId
  }

  static async open(opened: OpenedImport): Promise<ImportRehearsal> {
    const { projectId, personId, query } = opened
    const { id } = await db.promptImport.create({
      data: { projectId, fileName: query.fileName, format: query.format, isDryRun: true, createdById: personId },
      select: { id: true },
    })
    return new ImportRehearsal(opened, id)
  }

  async write({ rows }: Batch): Promise<readonly ReadRow[]> {
    const prompts = rows.map((row) => promptOf(this.#opened, row))
    const hashes = prompts.map(promptHash)
    const keyed = prompts.map(({ externalId }, at) => [asKey(hashes[at] ?? ''), ...(externalId ? [externalKey(externalId)] : [])])
    const taken = new Set([...(await this.#inProject(prompts, hashes)), ...(await this.#seen(keyed.flat()))])
    // One row after the other, as the table's unique keys would decide: a duplicate takes no place itself.
    const isNew = keyed.map((keys) => {
      if (keys.some((key) => taken.has(key))) return false
      for (const key of keys) taken.add(key)
      return true
    })
    const added = keyed.filter((_keys, at) => isNew[at])
    await autocommit.$executeRaw`
      INSERT INTO "import_key" ("importId", key) SELECT ${this.#runId}::uuid, unnest(${added.flat()}::uuid[]) ON CONFLICT DO NOTHING`
    return rows.filter((_row, at) => isNew[at])
  }

  async #inProject(prompts: readonly NewPrompt[], hashes: readonly string[]): Promise<string[]> {
    const { projectId } = this.#opened
    const externalIds = prompts.flatMap((prompt) => prompt.externalId ?? [])
    const present = await autocommit.$queryRaw<{ contentHash: string | null; externalId: string | null }[]>`
      SELECT "contentHash", NULL AS "externalId" FROM "prompt" WHERE "projectId" = ${projectId}::uuid AND "contentHash" = ANY (${hashes}::text[])
      UNION ALL
      SELECT NULL, "externalId" FROM "prompt" WHERE "projectId" = ${projectId}::uuid AND "externalId" = ANY (${externalIds}::text[])`
    return present.map(({ contentHash, externalId }) => (contentHash === null ? externalKey(externalId ?? '') : asKey(contentHash)))
  }

  async #seen(keys: readonly string[]): Promise<string[]> {
    const rows = await autocommit.$queryRaw<{ key: string }[]>`
      SELECT key::text FROM "import_key" WHERE "importId" = ${this.#runId}::uuid AND key = ANY (${keys}::uuid[])`
    return rows.map((row) => row.key)
  }

  async touch(): Promise<void> {
    await db.promptImport.updateMany({ where: { id: this.#runId }, data: { touchedAt: new Date() } })
  }

  /** Leaves nothing behind. */
  async close(): Promise<void> {
    await db.promptImport.deleteMany({ where: { id: this.#runId } })
  }
}
