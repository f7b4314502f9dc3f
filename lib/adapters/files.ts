// Reading and writing files so that a half-written one is never taken for a whole one.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, readFile, rename, stat } from 'node:fs/promises'
import path from 'node:path'
import type { z } from 'zod'

const isAbsent = (error: NodeJS.ErrnoException): boolean => error.code === 'ENOENT' || error.code === 'ENOTDIR'

/** The text of a file, or null when there is none. */
export async function readTextFile(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (isAbsent(error)) return null
    throw error
  })
}

/** A JSON file of the given shape; null when it is absent or (being written by something careless) not readable. */
export async function readJsonFile<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S> | null> {
  const text = await readTextFile(file)
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
async function listFiles(folder: string): Promise<string[]> {
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

/** Every file below a folder with its size and hash, and what they come to; reads every byte. */
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
