import { createHash } from 'node:crypto'
import { db } from '#lib/db.ts'
import type { Batch } from './import-queue.ts'
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

  async write({ rows }: Batch): Promise<number> {
    const prompts = rows.map((row) => promptOf(this.#opened.query, row))
    const keyed = prompts.map((prompt) => ({ hash: promptHash(prompt), externalId: prompt.externalId }))
    const keysOf = ({ hash, externalId }: (typeof keyed)[number]) => [asKey(hash), ...(externalId ? [externalKey(externalId)] : [])]
    const taken = new Set([...(await this.#inProject(prompts, keyed)), ...(await this.#seen(keyed.flatMap(keysOf)))])
    // One row after the other, as the table's unique keys would decide: a duplicate takes no place itself.
    const added = keyed.map(keysOf).filter((keys) => {
      if (keys.some((key) => taken.has(key))) return false
      for (const key of keys) taken.add(key)
      return true
    })
    await autocommit.$executeRaw`
      INSERT INTO "import_key" ("importId", key) SELECT ${this.#runId}::uuid, unnest(${added.flat()}::uuid[]) ON CONFLICT DO NOTHING`
    return added.length
  }

  async #inProject(prompts: readonly NewPrompt[], keyed: readonly { hash: string }[]): Promise<string[]> {
    const { projectId } = this.#opened
    const hashes = keyed.map(({ hash }) => hash)
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
