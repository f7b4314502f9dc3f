import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { canonicalJson } from '#lib/domain/content-hash.ts'
import { type BuildCounts, type BuildInput, buildDataset, type ExportedRow } from '#lib/domain/sft/build.ts'
import type { LedgerEntry } from '#lib/domain/sft/ledger.ts'
import { recipeHash } from '#lib/domain/sft/recipe.ts'
import { datasetCard } from './dataset-card.ts'
import { Manifest, type ManifestFile, manifestIsWhole, sealManifest } from './manifest.ts'
import { ShardWriter } from './shards.ts'

/** Version of the engine; a change of any byte it writes for the same input raises it. */
export const ENGINE_VERSION = '1.1.0'

export type BuildFolderInput = BuildInput & {
  /** Where the finished build appears; must not exist, its parent must. */
  directory: string
  name: string
  snapshotHash: string
  /** sha256 of tokenizer.json and of `chatTemplate`; null in a `messages` build. */
  tokenizerHash: string | null
  chatTemplateHash: string | null
  /** The template's text as the model folder has it. */
  chatTemplate: string | null
  /** Receives the ledger in batches, in order, while the build runs. */
  onLedger?: (entries: LedgerEntry[]) => Promise<void>
}

const LEDGER_BATCH = 500

/**
 * Writes a whole build: shards, README.md, chat_template.jinja, ledger.jsonl and manifest.json. Everything goes to a
 * sibling directory first, is flushed to disk and renamed, so `directory` either holds a complete build or does not exist.
 * The same rows, recipe, template and tokenizer give the same bytes.
 * Throws Error when the directory exists, SelfCheckError when the engine contradicts itself, the signal's reason when aborted.
 */
export async function writeBuildFolder(input: BuildFolderInput): Promise<Manifest> {
  if (await stat(input.directory).catch(() => null)) throw new Error(`${input.directory} exists already; a build is never overwritten`)
  const temporary = `${input.directory}.partial-${randomBytes(6).toString('hex')}`
  try {
    await mkdir(path.join(temporary, 'data'), { recursive: true })
    const manifest = await fill(temporary, input)
    await syncDirectory(path.join(temporary, 'data'))
    await syncDirectory(temporary)
    input.signal?.throwIfAborted()
    await rename(temporary, input.directory)
    await syncDirectory(path.dirname(input.directory))
    return manifest
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
}

async function fill(directory: string, input: BuildFolderInput): Promise<Manifest> {
  const shards = new ShardWriter(directory, input.recipe)
  const ledger = await open(path.join(directory, 'ledger.jsonl'), 'w')
  const ledgerHash = createHash('sha256')
  let ledgerBytes = 0
  let batch: LedgerEntry[] = []
  const flush = async () => {
    const text = batch.map((entry) => `${canonicalJson(entry)}\n`).join('')
    ledgerHash.update(text)
    ledgerBytes += Buffer.byteLength(text)
    await ledger.write(text)
    if (batch.length > 0) await input.onLedger?.(batch)
    batch = []
  }
  let counts: BuildCounts
  const languages = new Set<string>()
  try {
    const events = buildDataset(input)
    for (;;) {
      const { done, value } = await events.next()
      if (done) {
        counts = value
        break
      }
      if (value.type === 'row') {
        noteLanguages(languages, value.row)
        await shards.add(value.row)
      } else if (batch.push(value.entry) >= LEDGER_BATCH) await flush()
    }
    await flush()
    await ledger.sync()
  } finally {
    await ledger.close()
  }
  const files = await shards.finish()
  const extras = [{ path: 'ledger.jsonl', bytes: ledgerBytes, sha256: ledgerHash.digest('hex') }]
  return finish(directory, input, counts, files, extras, [...languages].sort())
}

function noteLanguages(languages: Set<string>, row: ExportedRow): void {
  for (const { language } of row.sources) if (language) languages.add(language)
}

async function finish(
  directory: string,
  input: BuildFolderInput,
  counts: BuildCounts,
  files: ManifestFile[],
  extras: Manifest['extras'],
  languages: string[],
): Promise<Manifest> {
  const { recipe, snapshotHash, name } = input
  const hash = await recipeHash(recipe)
  const packed = recipe.format === 'tokenized' && recipe.packing !== 'none'
  const texts: [string, string][] = [
    ['README.md', datasetCard({ name, format: recipe.format, packed, files, snapshotHash, recipeHash: hash, languages })],
  ]
  if (input.chatTemplate !== null) texts.push(['chat_template.jinja', input.chatTemplate])
  for (const [file, text] of texts) extras.push({ path: file, ...(await writeDurably(path.join(directory, file), text)) })
  const manifest = await sealManifest({
    version: 1,
    engine: { name: 'exemplar', version: ENGINE_VERSION },
    name,
    snapshotHash,
    recipe,
    recipeHash: hash,
    tokenizerHash: input.tokenizerHash,
    chatTemplateHash: input.chatTemplateHash,
    chatTemplate: input.chatTemplate === null ? null : 'chat_template.jinja',
    counts,
    ledger: totals(counts),
    files,
    extras: extras.sort((a, b) => (a.path < b.path ? -1 : 1)),
  })
  await writeDurably(path.join(directory, 'manifest.json'), canonicalJson(manifest))
  return manifest
}

function totals(counts: BuildCounts): Manifest['ledger'] {
  const sum: Manifest['ledger'] = { candidates: 0, exported: 0, truncated: 0, excluded: {} }
  for (const split of Object.values(counts)) {
    sum.candidates += split.candidates
    sum.exported += split.exported
    sum.truncated += split.truncated
    for (const [reason, rows] of Object.entries(split.excluded)) sum.excluded[reason] = (sum.excluded[reason] ?? 0) + rows
  }
  return sum
}

/** Writes a file, flushes it to disk and returns its size and sha256. */
export async function writeDurably(file: string, data: string | Uint8Array): Promise<{ bytes: number; sha256: string }> {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data
  const handle = await open(file, 'w')
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Reads a build's manifest and compares every file with it. Returns the paths that differ or are missing;
 * an empty list means the folder is the build the manifest names. Throws ZodError or SyntaxError for a broken manifest.
 */
export async function checkBuildFolder(directory: string): Promise<{ manifest: Manifest; faults: string[] }> {
  const manifest = Manifest.parse(JSON.parse(await readFile(path.join(directory, 'manifest.json'), 'utf8')))
  const faults: string[] = (await manifestIsWhole(manifest)) ? [] : ['manifest.json']
  for (const file of [...manifest.files, ...manifest.extras]) {
    const data = await readFile(path.join(directory, file.path)).catch(() => null)
    if (!data || data.length !== file.bytes || createHash('sha256').update(data).digest('hex') !== file.sha256) faults.push(file.path)
  }
  return { manifest, faults }
}
