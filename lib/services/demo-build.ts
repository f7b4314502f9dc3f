import { randomUUID } from 'node:crypto'
import { db } from '#lib/db.ts'
import { SYSTEM } from '#lib/domain/actor.ts'
import { env } from '#lib/env.ts'
import { startBuild } from './build.ts'
import { invoke } from './operation.ts'

export const DEMO_SLUG = 'demo'

/**
 * Builds the demo project's snapshot for the bundled model as soon as that model is there: the seed runs before it. Does
 * nothing once any build of the demo project exists.
 */
export async function ensureDemoBuild(): Promise<void> {
  if (env.EXEMPLAR_DEMO === 'off') return
  const project = await db.project.findUnique({ where: { slug: DEMO_SLUG }, include: { builds: { take: 1, select: { id: true } } } })
  if (!project || project.builds.length > 0) return
  const snapshot = await db.snapshot.findFirst({ where: { projectId: project.id, state: 'frozen' }, orderBy: { createdAt: 'asc' } })
  const model = await db.model.findFirst({ where: { projectId: null, kind: 'base', state: 'ready' } })
  if (!snapshot || !model) return
  const context = { actor: SYSTEM, requestId: randomUUID(), via: 'worker' } as const
  await invoke(
    startBuild,
    { projectId: project.id, snapshotId: snapshot.id, modelId: model.id, recipe: { maxLength: 1024, truncation: 'refuse' } },
    { context },
  )
}
