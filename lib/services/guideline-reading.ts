import { z } from 'zod'
import { ProjectRole, personOf } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { currentGuideline, NEWEST_VERSION } from './current-guideline.ts'
import { operation, type Tx } from './operation.ts'
import { projectSubject } from './subject.ts'

/** A version somebody confirmed to have read, and when. */
export const Reading = z.object({ version: z.string(), readAt: z.date() })
export type Reading = z.infer<typeof Reading>

/** What each of the project's people confirmed of the newest major version: a minor change asks nobody to read again. */
async function readingsOf(tx: Tx, projectId: string, userId: string | null = null): Promise<Map<string, Reading>> {
  const rows = await tx.$queryRaw<(Reading & { userId: string })[]>`
    SELECT DISTINCT ON (r."userId") r."userId", v.version, r."readAt" FROM "guideline_reading" r JOIN "guideline_version" v ON v.id = r."guidelineVersionId"
    WHERE v."projectId" = ${projectId}::uuid AND (${userId}::uuid IS NULL OR r."userId" = ${userId}::uuid)
      AND v.major = (SELECT max(major) FROM "guideline_version" WHERE "projectId" = ${projectId}::uuid)
    ORDER BY r."userId", v.minor DESC, v.patch DESC`
  return new Map(rows.map(({ userId: reader, ...reading }) => [reader, reading]))
}

/** What this person confirmed of the newest major version; null when nothing. */
export const findReading = async (tx: Tx, projectId: string, userId: string): Promise<Reading | null> =>
  (await readingsOf(tx, projectId, userId)).get(userId) ?? null

/** Refuses work to whoever has not confirmed the newest major version, where the project asks for it. */
export async function requireReading(tx: Tx, projectId: string, userId: string): Promise<void> {
  if (await findReading(tx, projectId, userId)) return
  const guideline = await currentGuideline(tx, projectId)
  // Without a guideline there is nothing to read.
  if (guideline) refuse('guideline-unread', `Read version ${guideline.version} and confirm it at its end.`, { version: guideline.version })
}

const ProjectInput = z.strictObject({ projectId: z.uuid() })

export const confirmReading = operation('guideline:confirm', {
  name: 'confirmReading',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/guideline/readings',
    summary: 'Confirm to have read the newest guideline',
    tags: ['guideline'],
  },
  input: ProjectInput.extend({ version: z.string().max(40).describe('The version that was read') }),
  output: Reading,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'guideline.read',
  run: async ({ tx, input, actor, subject, note }) => {
    const { userId } = personOf(actor)
    const { id, version } = (await currentGuideline(tx, subject.id)) ?? refuse('not-found', 'No guideline has been published yet.')
    if (version !== input.version) refuse('stale-version', `Version ${version} was published in the meantime. Read that one.`, { version })
    const key = { guidelineVersionId: id, userId }
    const { readAt } = await tx.guidelineReading.upsert({ where: { guidelineVersionId_userId: key }, create: key, update: {} })
    note({ version })
    return { version, readAt }
  },
})

export const listReadings = operation('member:read', {
  name: 'listReadings',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/guideline/readings',
    summary: 'Who has confirmed to have read the newest major version of the guideline',
    tags: ['guideline'],
  },
  input: ProjectInput,
  output: z.object({
    version: z.string().nullable(),
    people: z.array(z.object({ userId: z.uuid(), name: z.string(), email: z.string(), roles: z.array(ProjectRole), reading: Reading.nullable() })),
  }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, subject }) => {
    const [guideline, readings, members] = [
      await tx.guidelineVersion.findFirst({ where: { projectId: subject.id }, orderBy: NEWEST_VERSION }),
      await readingsOf(tx, subject.id),
      await tx.membership.findMany({ where: { projectId: subject.id }, include: { user: true }, orderBy: { user: { email: 'asc' } } }),
    ]
    return {
      version: guideline?.version ?? null,
      people: members.map(({ userId, roles, user: { name, email } }) => ({
        userId,
        name: name ?? '',
        email: email ?? '',
        roles: roles as ProjectRole[],
        reading: readings.get(userId) ?? null,
      })),
    }
  },
})

export const readingOperations = { confirmReading, listReadings }
