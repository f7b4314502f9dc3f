import { createHash } from 'node:crypto'
import { createReadStream, openAsBlob } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { home } from '#lib/home.ts'

/** A place in the artifact store. */
export const artifactPath = (...parts: readonly string[]): string => path.join(home.artifacts, ...parts)

/** Where a build's folder is, or will be. */
export const buildDirectory = (buildId: string): string => artifactPath('builds', buildId)

/** Makes the parent of build folders and removes what a build that was killed left beside its place. */
export async function prepareBuildDirectory(buildId: string): Promise<string> {
  const directory = buildDirectory(buildId)
  const parent = path.dirname(directory)
  await mkdir(parent, { recursive: true })
  for (const name of await readdir(parent)) {
    if (name.startsWith(`${buildId}.partial-`)) await rm(path.join(parent, name), { recursive: true, force: true })
  }
  return directory
}

/** Forgets a build's folder, published or not. */
export const removeBuildDirectory = (buildId: string): Promise<void> => rm(buildDirectory(buildId), { recursive: true, force: true })

/** A file of a build as a Blob read from disk as it is sent; null when it is not there. */
export async function openBuildFile(buildId: string, name: string, type: string): Promise<Blob | null> {
  const file = path.join(buildDirectory(buildId), name)
  const found = await stat(file).catch(() => null)
  return found?.isFile() ? openAsBlob(file, { type }) : null
}

/** Size and sha256 (hex) of a file of a build, read in pieces. */
export async function describeBuildFile(buildId: string, name: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path.join(buildDirectory(buildId), name))) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return { bytes, sha256: hash.digest('hex') }
}
