import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { buildDirectory, describeBuildFile, prepareBuildDirectory, removeBuildDirectory } from '#lib/adapters/artifacts/store.ts'
import { type BuildFolderInput, checkBuildFolder, writeBuildFolder } from '#lib/adapters/parquet/build-folder.ts'
import type { Manifest } from '#lib/adapters/parquet/manifest.ts'
import { db } from '#lib/db.ts'
import { Message, Tool } from '#lib/domain/conversation.ts'
import { Refusal } from '#lib/domain/errors.ts'
import type { Failure } from '#lib/domain/failure.ts'
import type { CandidateRow } from '#lib/domain/sft/build.ts'
import type { LedgerEntry } from '#lib/domain/sft/ledger.ts'
import { Recipe } from '#lib/domain/sft/recipe.ts'
import { SelfCheckError } from '#lib/domain/sft/refusal.ts'
import { log } from '#lib/log.ts'
import { auditByWorker } from './audit.ts'
import { buildSubject } from './build.ts'
import { loadEngine } from './engine.ts'
import { transact } from './transaction.ts'
import { transition } from './transition.ts'

const PAGE = 500
const PROGRESS_EVERY_MS = 500

type Build = NonNullable<Awaited<ReturnType<typeof buildSubject>>>

/** Rows of the snapshot in order, page by page: constant memory, and no transaction held open over the whole build. */
async function* rowsOf(snapshotId: string): AsyncGenerator<CandidateRow> {
  let after = -1
  for (;;) {
    const rows = await db.snapshotRow.findMany({
      where: { snapshotId, position: { gt: after } },
      orderBy: { position: 'asc' },
      take: PAGE,
      include: { revision: { select: { messages: true, tools: true } }, conversation: { select: { category: true, language: true } } },
    })
    for (const { revision, conversation, position, conversationId, revisionId, split, contentHash } of rows) {
      yield {
        position,
        conversationId,
        revisionId,
        split,
        contentHash,
        category: conversation.category || null,
        language: conversation.language || null,
        messages: Message.array().parse(revision.messages),
        tools: Tool.array().parse(revision.tools),
      }
    }
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = last.position
  }
}

/** Tells how far the build is, at most twice a second, and aborts it when somebody asked for that. */
function watch(build: Build, controller: AbortController) {
  let told = 0
  return ({ candidates }: { candidates: number }) => {
    if (Date.now() - told < PROGRESS_EVERY_MS) return
    told = Date.now()
    const progress = Math.min(1, candidates / Math.max(1, build.snapshot.rowCount))
    db.build
      .update({ where: { id: build.id }, data: { progress }, select: { cancelRequestedAt: true } })
      .then(({ cancelRequestedAt }) => cancelRequestedAt && controller.abort(new Cancelled()))
      .catch((error: unknown) => log.warn({ err: error, buildId: build.id }, 'progress not noted'))
  }
}

class Cancelled extends Error {}

type Writing = Pick<BuildFolderInput, 'directory' | 'onProgress' | 'signal' | 'onLedger'>

async function write(build: Build, writing: Writing): Promise<Manifest> {
  const recipe = Recipe.parse(build.recipe)
  const engine = recipe.format === 'tokenized' ? await loadEngine(build.model, recipe) : null
  return writeBuildFolder({
    ...writing,
    name: build.snapshot.name,
    rows: rowsOf(build.snapshotId),
    recipe,
    template: engine?.template ?? null,
    tokenizer: engine?.tokenizer ?? null,
    snapshotHash: build.snapshot.contentHash ?? '',
    tokenizerHash: engine?.tokenizerHash ?? null,
    chatTemplateHash: engine?.chatTemplateHash ?? null,
    chatTemplate: engine?.chatTemplate ?? null,
  })
}

/** Builds into another folder, compares it with what was published, and leaves nothing behind. */
export async function rebuildAndCompare(build: Build, directory: string, signal: AbortSignal | undefined) {
  try {
    await mkdir(path.dirname(directory), { recursive: true })
    const again = await write(build, { directory, ...(signal ? { signal } : {}) })
    const kept = await checkBuildFolder(buildDirectory(build.id))
    const hashes = new Map([...again.files, ...again.extras].map((file) => [file.path, file.sha256]))
    const differences = [...kept.manifest.files, ...kept.manifest.extras]
      .filter((file) => hashes.get(file.path) !== file.sha256)
      .map((file) => file.path)
    if (again.buildHash !== build.contentHash) differences.push('manifest.json')
    return {
      isEqual: differences.length + kept.faults.length === 0,
      buildHash: again.buildHash,
      differences: [...new Set([...differences, ...kept.faults])],
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const sum = (manifest: Manifest, field: 'tokens' | 'trainedTokens' | 'truncatedTokens'): bigint =>
  BigInt(Object.values(manifest.counts).reduce((total, counts) => total + counts[field], 0))

/** Publishes in one transaction: state, counts, files. The folder is there already, whole. */
async function publish(build: Build, manifest: Manifest): Promise<void> {
  const manifestFile = await describeBuildFile(build.id, 'manifest.json')
  await transact(async (tx) => {
    const current = await tx.build.findUniqueOrThrow({ where: { id: build.id } })
    const { candidates, exported, truncated, excluded } = manifest.ledger
    await tx.buildFile.deleteMany({ where: { buildId: build.id } })
    await tx.buildFile.createMany({
      data: [
        ...manifest.files.map(({ path, split, rows, bytes, sha256 }) => ({ buildId: build.id, path, split, rows, bytes, sha256 })),
        ...manifest.extras.map((extra) => ({ buildId: build.id, ...extra })),
        { buildId: build.id, path: 'manifest.json', ...manifestFile },
      ],
    })
    await transition(tx, 'build', current, 'ready', {
      candidates,
      exported,
      truncated,
      excluded: Object.values(excluded).reduce((total, count) => total + count, 0),
      tokens: sum(manifest, 'tokens'),
      trainedTokens: sum(manifest, 'trainedTokens'),
      truncatedTokens: sum(manifest, 'truncatedTokens'),
      manifest,
      contentHash: manifest.buildHash,
      progress: 1,
      finishedAt: new Date(),
    })
    await auditByWorker(tx, {
      projectId: build.projectId,
      event: 'build.finished',
      job: 'build.run',
      action: 'build:start',
      subjectId: build.id,
      data: { contentHash: manifest.buildHash },
    })
  })
}

function failureOf(error: unknown): Failure | null {
  if (error instanceof SelfCheckError)
    return {
      code: 'self-check',
      detail: error.message,
      cure: 'The engine contradicts itself on this row. Withdraw or edit the conversation named, and report it.',
    }
  if (error instanceof Refusal) return { code: error.code, detail: error.message, cure: 'Choose another model, or repair its folder.' }
  if ((error as NodeJS.ErrnoException)?.code === 'ENOSPC')
    return { code: 'disk-full', detail: 'The disk is full.', cure: 'Free some space and start the build again.' }
  return null
}

/** Ends a build that will not become ready; one that has ended already stays as it is. */
export async function endBuild(buildId: string, to: 'failed' | 'cancelled', failure: Failure | null): Promise<void> {
  const isUnfinished = ({ state }: { state: string }) => state === 'queued' || state === 'building'
  if (!isUnfinished(await db.build.findUniqueOrThrow({ where: { id: buildId } }))) return
  await removeBuildDirectory(buildId)
  await transact(async (tx) => {
    const current = await tx.build.findUniqueOrThrow({ where: { id: buildId } })
    if (!isUnfinished(current)) return
    await tx.ledgerEntry.deleteMany({ where: { buildId } })
    await transition(tx, 'build', current, to, { finishedAt: new Date(), ...(failure ? { failure } : {}) })
    await auditByWorker(tx, {
      projectId: current.projectId,
      event: to === 'failed' ? 'build.failed' : 'build.cancelled',
      job: 'build.run',
      action: 'build:start',
      subjectId: buildId,
      data: failure ? { code: failure.code } : {},
    })
  })
}

/**
 * The job `build.run`. A build that a dead worker left half-done starts over and gives the same bytes. An error that will
 * not go away by itself fails the build with its cure; any other is thrown, and the queue tries again.
 */
export async function runBuild({ buildId }: { buildId: string }): Promise<void> {
  const build = await transact(async (tx) => {
    const row = await buildSubject(tx, buildId)
    if (row?.state !== 'queued' && row?.state !== 'building') return null
    if (row.state === 'queued') await transition(tx, 'build', row, 'building', { progress: 0 })
    await tx.ledgerEntry.deleteMany({ where: { buildId } })
    return row
  })
  if (!build) return
  // A folder that is there was published by rename before its worker died; it is rewritten, which gives the same bytes.
  await removeBuildDirectory(buildId)
  const controller = new AbortController()
  try {
    const onLedger = async (entries: LedgerEntry[]) => {
      await db.ledgerEntry.createMany({ data: entries.map((entry) => ({ ...entry, buildId })) })
    }
    const directory = await prepareBuildDirectory(buildId)
    await publish(build, await write(build, { directory, onProgress: watch(build, controller), signal: controller.signal, onLedger }))
  } catch (error) {
    if (error instanceof Cancelled) return endBuild(buildId, 'cancelled', null)
    const failure = failureOf(error)
    if (!failure) throw error
    log.error({ err: error, buildId }, 'build failed')
    await endBuild(buildId, 'failed', failure)
  }
}
