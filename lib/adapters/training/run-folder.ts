import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { readJsonFile } from '#lib/adapters/files.ts'
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

/** Written into a checkpoint last, with the size and hash of every other file. */
const COMPLETE = 'COMPLETE'

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

const CompleteFile = z.looseObject({ files: z.array(z.looseObject({ path: z.string(), bytes: z.int().min(0) })) })

/**
 * Is the checkpoint there as it was saved? A save cut by a crash has no COMPLETE file. Sizes only: the trainer compares
 * the hashes before it goes on from it, and steps back to an older one by itself.
 */
async function isWhole(checkpoint: string): Promise<boolean> {
  const complete = await readJsonFile(path.join(checkpoint, COMPLETE), CompleteFile)
  if (!complete) return false
  const sizes = await Promise.all(
    complete.files.map((file) =>
      stat(path.join(checkpoint, file.path)).then(
        ({ size }) => size === file.bytes,
        () => false,
      ),
    ),
  )
  return sizes.every(Boolean)
}

/** The checkpoint folders of an attempt by falling step, whole or not, as absolute paths. */
export async function listCheckpoints(directory: string): Promise<string[]> {
  const folder = path.join(directory, FILES.checkpoints)
  const names = await readdir(folder).catch(() => [] as string[])
  const steps = names.flatMap((name) => {
    const [, step] = /^checkpoint-(\d+)$/.exec(name) ?? []
    return step ? [Number(step)] : []
  })
  return steps.sort((a, b) => b - a).map((step) => path.join(folder, `checkpoint-${step}`))
}

/** Newest whole checkpoint, as an absolute path. */
export async function newestCheckpoint(directory: string): Promise<string | null> {
  for (const checkpoint of await listCheckpoints(directory)) if (await isWhole(checkpoint)) return checkpoint
  return null
}

/** Deletes a folder of a run; one that does not lie below the folder of all runs is left alone. */
export async function removeFromRuns(folder: string): Promise<void> {
  const relative = path.relative(home.runs, path.resolve(folder))
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) return
  await rm(folder, { recursive: true, force: true })
}

/** Deletes an attempt's folder, or all in it but one entry. */
export async function emptyRunFolder(directory: string, kept: string | null): Promise<void> {
  if (kept === null) return removeFromRuns(directory)
  const names = await readdir(directory).catch(() => [] as string[])
  for (const name of names) if (name !== kept) await removeFromRuns(path.join(directory, name))
}
