import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type BuildFolderInput, checkBuildFolder, writeBuildFolder } from '#lib/adapters/parquet/build-folder.ts'
import { readParquetFooter, readParquetRows } from '#lib/adapters/parquet/reader.ts'
import type { CandidateRow } from '#lib/domain/sft/build.ts'
import type { LedgerEntry } from '#lib/domain/sft/ledger.ts'
import { Recipe } from '#lib/domain/sft/recipe.ts'
import { compileTemplate } from '#lib/domain/sft/template.ts'
import { message, rust, template, templateText } from './fixtures.ts'

vi.setConfig({ testTimeout: 60_000 })

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'exemplar-build-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const rows = Array.from(
  { length: 40 },
  (_, position): CandidateRow => ({
    position,
    conversationId: `conversation-${position}`,
    revisionId: `revision-${position}`,
    split: position % 8 === 7 ? 'validation' : 'train',
    category: position % 3 === 0 ? null : 'écriture',
    language: position % 2 === 0 ? 'en' : 'zh',
    contentHash: `hash-${position}`,
    messages: [message('user', `question ${position} 你好`), message('assistant', `answer ${'word '.repeat(position)}`, { train: position !== 5 })],
    tools: [],
  }),
)

const input = (name: string, recipe: object = {}): BuildFolderInput => ({
  rows,
  recipe: Recipe.parse(recipe),
  template: template('chatml'),
  tokenizer: rust,
  directory: path.join(folder, name),
  name: 'Kind answers',
  snapshotHash: 'a'.repeat(64),
  tokenizerHash: 'b'.repeat(64),
  chatTemplateHash: 'c'.repeat(64),
  chatTemplate: templateText('chatml'),
})

const contents = async (directory: string): Promise<Record<string, string>> => {
  const names = (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(names.sort().map(async (name) => [path.relative(directory, name), (await readFile(name)).toString('base64')])),
  )
}

describe.each([
  ['loose', {}],
  ['packed', { packing: 'bfd', maxLength: 128 }],
  ['messages', { format: 'messages' }],
])('%s', (name, recipe) => {
  test('the same input gives the same bytes, and the manifest names them all', async () => {
    const [first, second] = [
      await writeBuildFolder(input(`${name}-1`, recipe)),
      await writeBuildFolder({ ...input(`${name}-2`, recipe), concurrency: 1 }),
    ]
    expect(second).toEqual(first)
    const files = await contents(path.join(folder, `${name}-1`))
    expect(await contents(path.join(folder, `${name}-2`))).toEqual(files)
    expect(Object.keys(files).sort()).toEqual(
      ['manifest.json', ...first.files.map((file) => file.path), ...first.extras.map((file) => file.path)].sort(),
    )
    expect(await checkBuildFolder(path.join(folder, `${name}-1`))).toEqual({ manifest: first, faults: [] })
    expect(first.ledger).toMatchObject({ candidates: 40, excluded: { 'nothing-trained': 1 } })
  })
})

test('rows read back as they were built', async () => {
  const manifest = await writeBuildFolder(input('read'))
  expect(manifest.files.map(({ path: file, split, rows: n }) => [file, split, n])).toEqual([
    ['data/train-00000-of-00001.parquet', 'train', 34],
    ['data/validation-00000-of-00001.parquet', 'validation', 5],
  ])
  const file = path.join(folder, 'read', 'data/train-00000-of-00001.parquet')
  const { rows: count, metadata } = await readParquetFooter(file)
  expect(count).toBe(34)
  expect(JSON.parse(metadata.huggingface ?? '').info.features).toMatchObject({
    input_ids: { feature: { dtype: 'int32', _type: 'Value' }, _type: 'List' },
    attention_mask: { feature: { dtype: 'int8', _type: 'Value' }, _type: 'List' },
    conversation_id: { dtype: 'string', _type: 'Value' },
  })
  const [row] = await readParquetRows(file, 3, 4)
  expect(row).toMatchObject({
    conversation_id: 'conversation-3',
    revision_id: 'revision-3',
    row_id: '3',
    category: null,
    language: 'zh',
    content_hash: 'hash-3',
  })
  expect(await rust.decode(row?.input_ids ?? [])).toContain('question 3 你好<|im_end|>')
  expect(row?.labels.filter((label) => label !== -100).length).toBeGreaterThan(3)
  expect(row?.attention_mask).toEqual(row?.input_ids.map(() => 1))
})

test('packed rows carry the lengths and names of their examples', async () => {
  const manifest = await writeBuildFolder(input('packed', { packing: 'bfd', maxLength: 128 }))
  const [row] = await readParquetRows(path.join(folder, 'packed', manifest.files[0]?.path ?? ''), 0, 1)
  expect(row?.seq_lengths?.reduce((sum, n) => sum + n, 0)).toBe(row?.input_ids.length)
  expect(row?.conversation_id).toHaveLength(row?.seq_lengths?.length ?? 0)
})

test('the ledger goes out in order, and the card says how to load', async () => {
  const entries: LedgerEntry[] = []
  await writeBuildFolder({ ...input('ledger'), onLedger: async (batch) => void entries.push(...batch) })
  expect(entries.map((entry) => entry.position)).toEqual(rows.map((row) => row.position))
  const written = (await readFile(path.join(folder, 'ledger.jsonl').replace('ledger.jsonl', 'ledger/ledger.jsonl'), 'utf8')).trim().split('\n')
  expect(written.map((line) => JSON.parse(line))).toEqual(entries)
  expect(await readFile(path.join(folder, 'ledger/README.md'), 'utf8')).toContain('path: data/train-*.parquet')
})

describe('nothing is left half done', () => {
  test('a failing build leaves no folder', async () => {
    const before = await readdir(folder)
    await expect(
      writeBuildFolder({ ...input('failed'), template: compileTemplate('{% for m in messages %}{{ m.content }}{% endfor %}') }),
    ).rejects.toThrow('end-of-turn')
    await expect(writeBuildFolder({ ...input('aborted'), signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
    expect(await readdir(folder)).toEqual(before)
  })

  test('a finished build is never overwritten, and damage shows', async () => {
    const manifest = await writeBuildFolder(input('kept'))
    await expect(writeBuildFolder(input('kept'))).rejects.toThrow('exists already')
    await writeFile(path.join(folder, 'kept', 'README.md'), 'other')
    await rm(path.join(folder, 'kept', manifest.files[1]?.path ?? ''))
    expect((await checkBuildFolder(path.join(folder, 'kept'))).faults).toEqual([manifest.files[1]?.path, 'README.md'])
    await writeFile(path.join(folder, 'kept', 'manifest.json'), JSON.stringify({ ...manifest, snapshotHash: 'd'.repeat(64) }))
    expect((await checkBuildFolder(path.join(folder, 'kept'))).faults[0]).toBe('manifest.json')
  })
})
