import { z } from 'zod'
import { openBuildFile } from '#lib/adapters/artifacts/store.ts'
import { tarOf } from '#lib/adapters/artifacts/tar.ts'
import { refuse } from '#lib/domain/errors.ts'
import { buildSubject } from './build.ts'
import { operation } from './operation.ts'

const TYPES: Record<string, string> = {
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  md: 'text/markdown',
  jinja: 'text/plain',
  parquet: 'application/vnd.apache.parquet',
}
const HASH_SHOWN = 12

const binary = (description: string) => ({
  200: { description, content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } as const } } },
})

function requireReady(build: { state: string }): void {
  if (build.state !== 'ready')
    refuse('build-not-ready', `The build is ${build.state}; its files can be had when it is ready.`, { state: build.state })
}

async function openListed(buildId: string, path: string): Promise<Blob> {
  const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  return (await openBuildFile(buildId, path, type)) ?? refuse('not-found', `${path} is gone from the artifact store. Build it again.`)
}

/** A name that is safe in every file system. */
const folderName = (snapshot: string, hash: string) => `${snapshot.replace(/[^\w.-]+/g, '-').replace(/^[-.]+|-+$/g, '') || 'build'}-${hash}`

export const downloadBuildFile = operation('build:download', {
  name: 'downloadBuildFile',
  route: {
    method: 'GET',
    path: '/builds/{buildId}/download',
    summary: 'One file of a ready build',
    tags: ['builds'],
    spec: (current) => ({ ...current, responses: binary('The file') }),
  },
  input: z.strictObject({ buildId: z.uuid(), path: z.string().max(300).describe('As listBuildFiles names it') }),
  output: z.instanceof(Blob),
  subject: ({ tx, input }) => buildSubject(tx, input.buildId),
  run: async ({ tx, input, subject }) => {
    requireReady(subject)
    // Only names the build lists are opened, so no path leads out of its folder.
    const file = await tx.buildFile.findUnique({ where: { buildId_path: { buildId: subject.id, path: input.path } } })
    if (!file) return refuse('not-found', `The build has no file ${input.path}.`)
    const blob = await openListed(subject.id, file.path)
    return new File([blob], file.path.split('/').at(-1) ?? file.path, { type: blob.type })
  },
})

export const downloadBuild = operation('build:download', {
  name: 'downloadBuild',
  route: {
    method: 'GET',
    path: '/builds/{buildId}/archive',
    summary: 'The folder of a ready build as one tar archive',
    description: 'Unpacked it is a Hugging Face dataset folder. The same build gives the same archive, byte for byte.',
    tags: ['builds'],
    spec: (current) => ({ ...current, responses: binary('The archive, uncompressed: Parquet is compressed already') }),
  },
  input: z.strictObject({ buildId: z.uuid() }),
  output: z.instanceof(Blob),
  subject: ({ tx, input }) => buildSubject(tx, input.buildId),
  run: async ({ tx, subject }) => {
    requireReady(subject)
    const files = await tx.buildFile.findMany({ where: { buildId: subject.id }, orderBy: { path: 'asc' }, select: { path: true } })
    const opened = await Promise.all(files.map(async ({ path }) => ({ path, blob: await openListed(subject.id, path) })))
    const name = folderName(subject.snapshot.name, (subject.contentHash ?? subject.id).slice(0, HASH_SHOWN))
    return new File([tarOf(name, opened)], `${name}.tar`, { type: 'application/x-tar' })
  },
})

export const buildDownloadOperations = { downloadBuild, downloadBuildFile }
