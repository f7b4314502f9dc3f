import { z } from 'zod'
import type { Actor } from '#lib/domain/actor.ts'
import { INSTANCE_CHAIN } from './audit.ts'
import { operation, type Tx } from './operation.ts'
import { pageOf } from './page.ts'
import { instanceSubject, projectSubject } from './subject.ts'

const AuditEvent = z.object({
  seq: z.int(),
  event: z.string(),
  operation: z.string(),
  action: z.string(),
  actorId: z.uuid().nullable(),
  actorName: z.string().nullable().describe('null: the product itself, a visitor, or an account that is gone'),
  subjectId: z.string().nullable(),
  requestId: z.string(),
  via: z.string(),
  data: z.record(z.string(), z.unknown()),
  at: z.date(),
  hash: z.string(),
})

/** The chain of a project, or the instance's own (admins only) when no project is named. */
const chainSubject = async ({ tx, input, actor }: { tx: Tx; input: { projectId?: string | undefined }; actor: Actor | null }) => {
  if (!input.projectId) return { ...instanceSubject(), chainId: INSTANCE_CHAIN }
  const project = await projectSubject(tx, input.projectId, actor)
  return project && { ...project, chainId: project.id }
}

const ProjectId = z.uuid().optional().describe('Without it: the chain of the instance')

export const listAuditEvents = operation('audit:read', {
  name: 'listAuditEvents',
  route: { method: 'GET', path: '/audit', summary: 'List audit events, newest first', tags: ['audit'] },
  input: z.strictObject({
    projectId: ProjectId,
    event: z.string().max(100).optional(),
    subjectId: z.string().max(100).optional(),
    cursor: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional(),
    limit: z.int().min(1).max(200).default(50),
  }),
  output: z.object({ items: z.array(AuditEvent), nextCursor: z.string().nullable() }),
  subject: chainSubject,
  run: async ({ tx, input, subject }) => {
    const rows = await tx.auditEvent.findMany({
      where: {
        chainId: subject.chainId,
        ...(input.event ? { event: input.event } : {}),
        ...(input.subjectId ? { subjectId: input.subjectId } : {}),
        ...(input.cursor ? { seq: { lt: BigInt(input.cursor) } } : {}),
      },
      orderBy: { seq: 'desc' },
      take: input.limit + 1,
    })
    const { items: page, last } = pageOf(rows, input.limit)
    const actorIds = [...new Set(page.flatMap((row) => row.actorId ?? []))]
    const users = await tx.user.findMany({ where: { id: { in: actorIds } }, select: { id: true, name: true, email: true } })
    const nameOf = new Map(users.map((user) => [user.id, user.name || user.email]))
    return {
      items: page.map(({ chainId: _, previousHash: __, ...row }) => ({
        ...row,
        seq: Number(row.seq),
        actorName: row.actorId ? (nameOf.get(row.actorId) ?? null) : null,
        data: row.data as Record<string, unknown>,
      })),
      nextCursor: last ? String(last.seq) : null,
    }
  },
})

const FAULTS = ['altered', 'unlinked', 'gap', 'head-mismatch'] as const

type Broken = { seq: bigint; isAltered: boolean; isGap: boolean }

/** The first event that is not what was written, in one pass of the database over the chain. */
const firstBroken = (tx: Tx, chainId: string) => tx.$queryRaw<Broken[]>`
  WITH checked AS (
    SELECT a.seq,
      a.hash <> encode(sha256(convert_to(audit_event_payload(a), 'UTF8')), 'hex') AS "isAltered",
      a.seq <> coalesce(lag(a.seq) OVER w, 0) + 1 AS "isGap",
      a."previousHash" <> coalesce(lag(a.hash) OVER w, repeat('0', 64)) AS "isUnlinked"
    FROM "audit_event" a WHERE a."chainId" = ${chainId}::uuid WINDOW w AS (ORDER BY a.seq))
  SELECT seq, "isAltered", "isGap" FROM checked WHERE "isAltered" OR "isGap" OR "isUnlinked" ORDER BY seq LIMIT 1`

export const verifyAudit = operation('audit:read', {
  name: 'verifyAudit',
  route: {
    method: 'GET',
    path: '/audit/verification',
    summary: 'Recompute the hash chain and name the first event that does not fit',
    tags: ['audit'],
  },
  input: z.strictObject({ projectId: ProjectId }),
  output: z.object({
    isIntact: z.boolean(),
    events: z.int(),
    fault: z
      .object({ seq: z.int(), kind: z.enum(FAULTS) })
      .nullable()
      .describe(
        'altered: content and hash differ; unlinked: does not name the hash before it; gap: events before it are missing; head-mismatch: events at the end are missing',
      ),
  }),
  subject: chainSubject,
  run: async ({ tx, subject }) => {
    const { chainId } = subject
    // The head is read first: events written meanwhile are newer than it and are no fault.
    const head = await tx.auditHead.findUnique({ where: { chainId } })
    const [broken] = await firstBroken(tx, chainId)
    const events = await tx.auditEvent.count({ where: { chainId } })
    if (broken) {
      return {
        isIntact: false,
        events,
        fault: { seq: Number(broken.seq), kind: broken.isAltered ? ('altered' as const) : broken.isGap ? ('gap' as const) : ('unlinked' as const) },
      }
    }
    const atHead = head && (await tx.auditEvent.findUnique({ where: { chainId_seq: { chainId, seq: head.seq } } }))
    const fits = head ? atHead?.hash === head.hash : events === 0
    return { isIntact: fits, events, fault: fits ? null : { seq: Number(head?.seq ?? 0), kind: 'head-mismatch' as const } }
  },
})

export const auditOperations = { listAuditEvents, verifyAudit }
