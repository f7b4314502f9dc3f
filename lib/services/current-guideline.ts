import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Tx } from './operation.ts'

/** The newest version first. */
export const NEWEST_VERSION: Prisma.GuidelineVersionOrderByWithRelationInput[] = [{ major: 'desc' }, { minor: 'desc' }, { patch: 'desc' }]

/** The project's newest guideline, which work done now is done under. */
export async function currentGuideline(tx: Tx, projectId: string) {
  return tx.guidelineVersion.findFirst({ where: { projectId }, orderBy: NEWEST_VERSION, select: { id: true, version: true } })
}

/** The id of the same, within a statement. */
export const currentGuidelineId = (projectId: string) => Prisma.sql`
  (SELECT id FROM "guideline_version" WHERE "projectId" = ${projectId}::uuid ORDER BY major DESC, minor DESC, patch DESC LIMIT 1)`
