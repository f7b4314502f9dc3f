import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { home } from '#lib/home.ts'

/** The files of an attempt's folder, as the trainer writes them. */
export const FILES = {
  run: 'run.json',
  events: 'events.jsonl',
  log: 'log.txt',
  pid: 'pid.json',
  exit: 'exit.json',
  result: 'result.json',
  stop: 'stop',
  checkpoints: 'checkpoints',
  output: 'output',
} as const

export const ExitFile = z.looseObject({ exitCode: z.int().nullable(), signal: z.union([z.string(), z.number()]).nullish(), endedAt: z.string() })

export const ResultFile = z.looseObject({
  schemaVersion: z.literal(1),
  runId: z.string(),
  attemptId: z.string(),
  status: z.literal('succeeded'),
  artifact: z.looseObject({
    kind: z.enum(['adapter', 'model']),
    path: z.string(),
    files: z.array(z.looseObject({ path: z.string(), bytes: z.int().min(0), sha256: z.string() })).min(1),
  }),
})

/** A JSON file of the given shape; null when it is absent or (being written by something careless) not readable. */
export async function readJsonFile<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S> | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** A reader sees the old file or the whole new one. */
export async function writeFileAtomically(file: string, text: string, mode = 0o644): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  const handle = await open(temporary, 'wx', mode)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

export const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

/** Lower-case hex SHA-256 of a file, read as a stream. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part as Buffer)
  return hash.digest('hex')
}

/** Regular files below a folder, as relative POSIX paths, in byte order. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
  return files.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/** The content hash of a model folder: SHA-256 of what `sha256sum` prints for its files. */
export const contentHashOf = (files: readonly { path: string; sha256: string }[]): string =>
  createHash('sha256')
    .update(files.map((file) => `${file.sha256}  ${file.path}\n`).join(''))
    .digest('hex')

export async function describeFolder(
  folder: string,
): Promise<{ files: { path: string; bytes: number; sha256: string }[]; bytes: number; contentHash: string }> {
  const files = []
  for (const name of await listFiles(folder)) {
    const file = path.join(folder, name)
    files.push({ path: name, bytes: (await stat(file)).size, sha256: await sha256OfFile(file) })
  }
  return { files, bytes: files.reduce((sum, file) => sum + file.bytes, 0), contentHash: contentHashOf(files) }
}

/** Newest checkpoint with its COMPLETE file, as an absolute path. A save cut by a crash has none and does not count. */
export async function newestCheckpoint(directory: string): Promise<string | null> {
  const folder = path.join(directory, FILES.checkpoints)
  const names = await readdir(folder).catch(() => [] as string[])
  const steps = names.flatMap((name) => {
    const [, step] = /^checkpoint-(\d+)$/.exec(name) ?? []
    return step ? [Number(step)] : []
  })
  for (const step of steps.sort((a, b) => b - a)) {
    const checkpoint = path.join(folder, `checkpoint-${step}`)
    if (await exists(path.join(checkpoint, 'COMPLETE'))) return checkpoint
  }
  return null
}

/** Deletes the output of a run; any folder that does not lie among the runs is left alone. */
export async function removeOutput(folder: string): Promise<void> {
  const relative = path.relative(home.runs, path.resolve(folder))
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) return
  await rm(folder, { recursive: true, force: true })
}
