import { createHash } from 'node:crypto'
import { open, rename } from 'node:fs/promises'
import path from 'node:path'
import { canonicalJson } from '#lib/domain/content-hash.ts'
import type { ExportedRow } from '#lib/domain/sft/build.ts'
import type { Recipe } from '#lib/domain/sft/recipe.ts'
import type { TokenizedRow } from './columns.ts'
import type { ManifestFile } from './manifest.ts'
import { encodeParquet } from './writer.ts'

/** A shard is closed at this many rows or tokens: WebAssembly holds it whole while it is written. */
const MAX_ROWS = 50_000
const MAX_TOKENS = 16_000_000

type Waiting = { rows: ExportedRow[]; tokens: number }
type Shard = Omit<ManifestFile, 'path'> & { temporary: string }

const five = (n: number): string => String(n).padStart(5, '0')

/** Writes rows to `data/<split>-00000-of-00001.parquet` (or `.jsonl`), shard by shard. */
export class ShardWriter {
  private readonly directory: string
  private readonly packed: boolean
  private readonly extension: string
  private readonly waiting = new Map<string, Waiting>()
  private readonly shards: Shard[] = []

  constructor(directory: string, recipe: Recipe) {
    this.directory = directory
    this.packed = recipe.packing !== 'none'
    this.extension = recipe.format === 'tokenized' ? 'parquet' : 'jsonl'
  }

  async add(row: ExportedRow): Promise<void> {
    if (!/^\w+$/.test(row.split)) throw new Error(`the split name ${JSON.stringify(row.split)} has characters a file name cannot have`)
    let waiting = this.waiting.get(row.split)
    if (!waiting) {
      waiting = { rows: [], tokens: 0 }
      this.waiting.set(row.split, waiting)
    }
    waiting.rows.push(row)
    waiting.tokens += row.kind === 'tokenized' ? row.ids.length : 0
    if (waiting.rows.length >= MAX_ROWS || waiting.tokens >= MAX_TOKENS) await this.write(row.split, waiting)
  }

  private async write(split: string, waiting: Waiting): Promise<void> {
    const temporary = path.join('data', `${split}-${this.shards.length}.partial`)
    const data = encodeRows(waiting.rows, this.packed)
    const handle = await open(path.join(this.directory, temporary), 'w')
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }
    this.shards.push({ split, rows: waiting.rows.length, bytes: data.length, sha256: createHash('sha256').update(data).digest('hex'), temporary })
    this.waiting.set(split, { rows: [], tokens: 0 })
  }

  /** Writes what is left and gives the shards their names, which tell how many there are. */
  async finish(): Promise<ManifestFile[]> {
    for (const [split, waiting] of this.waiting) if (waiting.rows.length > 0) await this.write(split, waiting)
    const files: ManifestFile[] = []
    for (const split of [...new Set(this.shards.map((shard) => shard.split))].sort()) {
      const own = this.shards.filter((shard) => shard.split === split)
      for (const [i, { temporary, ...shard }] of own.entries()) {
        const name = `data/${split}-${five(i)}-of-${five(own.length)}.${this.extension}`
        await rename(path.join(this.directory, temporary), path.join(this.directory, name))
        files.push({ ...shard, path: name })
      }
    }
    return files
  }
}

function encodeRows(rows: readonly ExportedRow[], packed: boolean): Uint8Array {
  const tokenized = rows.filter((row): row is TokenizedRow => row.kind === 'tokenized')
  if (tokenized.length > 0) return encodeParquet(tokenized, packed)
  return Buffer.from(rows.flatMap((row) => (row.kind === 'messages' ? [`${canonicalJson(row.record)}\n`] : [])).join(''), 'utf8')
}
