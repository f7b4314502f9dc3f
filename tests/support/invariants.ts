// What must hold after any sequence of operations by anybody: each entry finds what breaks it.
import { db } from '#lib/db.ts'
import { SYSTEM } from '#lib/domain/actor.ts'
import { contentHash } from '#lib/domain/content-hash.ts'
import { snapshotHash } from '#lib/domain/snapshot.ts'
import { verifyAudit } from '#lib/services/audit-log.ts'
import { invoke } from '#lib/services/operation.ts'

type Find = (projectId: string) => Promise<unknown[]>

const writing: Record<string, Find> = {
  'slots = wanted − conversations that hold one': (id) => db.$queryRaw`SELECT * FROM slot_faults(${id}::uuid)`,
  'no prompt has more live leases than slots': (id) => db.$queryRaw`
    SELECT p.id FROM "prompt" p WHERE p."projectId" = ${id}::uuid AND p."answersWanted" <
      (SELECT count(*) FROM "assignment" a JOIN "conversation" c ON c.id = a."conversationId" AND c."holdsSlot" WHERE a."promptId" = p.id AND a.kind = 'write' AND a.state = 'leased')`,
  'a live lease without a slot is of work taken up again': (id) => db.$queryRaw`
    SELECT a.id FROM "assignment" a JOIN "conversation" c ON c.id = a."conversationId" AND NOT c."holdsSlot"
    WHERE a."projectId" = ${id}::uuid AND a.kind = 'write' AND a.state = 'leased' AND NOT EXISTS (
      SELECT 1 FROM "assignment" b WHERE b."conversationId" = c.id AND b.kind = 'write' AND b."fencingToken" < a."fencingToken" AND b.state <> 'leased')`,
  'a prompt is closed when, and only as long as, its answers are there': (id) => db.$queryRaw`
    SELECT p.id, p.state FROM "prompt" p CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE c.state = 'approved') AS approved, count(*) FILTER (WHERE c.state NOT IN ('approved', 'stale')) AS unfinished
      FROM "conversation" c WHERE c."promptId" = p.id AND c."holdsSlot") held
    WHERE p."projectId" = ${id}::uuid AND (p.state = 'closed' AND (p."openSlots" > 0 OR held.unfinished > 0)
      OR p.state = 'open' AND held.approved >= p."answersWanted")`,
  'every live lease on writing is on a draft that is in the lists': (id) => db.$queryRaw`
    SELECT a.id FROM "assignment" a LEFT JOIN "conversation" c ON c.id = a."conversationId"
    WHERE a."projectId" = ${id}::uuid AND a.kind = 'write' AND a.state = 'leased' AND (c.state IS DISTINCT FROM 'draft' OR c."lapsedAt" IS NOT NULL)`,
  'only an untouched first draft without a slot is out of the lists': (id) => db.$queryRaw`
    SELECT c.id FROM "conversation" c LEFT JOIN "draft" d ON d."conversationId" = c.id WHERE c."projectId" = ${id}::uuid
      AND c."lapsedAt" IS NOT NULL AND (c.state NOT IN ('draft', 'withdrawn') OR c."holdsSlot" OR c."currentRevisionId" IS NOT NULL OR d.version > 0)`,
  'a draft has its text, and nothing else has a draft': (id) => db.$queryRaw`
    SELECT c.id FROM "conversation" c LEFT JOIN "draft" d ON d."conversationId" = c.id
    WHERE c."projectId" = ${id}::uuid AND ((c.state = 'draft') <> (d."conversationId" IS NOT NULL)) AND c.state <> 'withdrawn'`,
  'revisions are numbered without gaps, and the newest is the current one': (id) => db.$queryRaw`
    SELECT c.id FROM "conversation" c CROSS JOIN LATERAL (
      SELECT count(*) AS n, max(r.number) AS top, (array_agg(r.id ORDER BY r.number DESC))[1] AS newest FROM "revision" r WHERE r."conversationId" = c.id) v
    WHERE c."projectId" = ${id}::uuid AND (v.n <> coalesce(v.top, 0) OR v.newest IS DISTINCT FROM c."currentRevisionId")`,
}

/** The approvals asked for when it was approved, by the audit chain: a later change of the project asks nothing of what was decided. */
const judging: Record<string, Find> = {
  'an approved conversation has its approvals by others on that revision': (id) => db.$queryRaw`
    SELECT c.id FROM "conversation" c
      CROSS JOIN LATERAL (SELECT max(e.seq) AS seq FROM "audit_event" e WHERE e."chainId" = c."projectId" AND e."subjectId" = c.id::text
        AND e.event IN ('conversation.reviewed', 'conversation.adjudicated')) decided
      CROSS JOIN LATERAL (SELECT (e.data->'changed'->>'requiredApprovals')::int AS required FROM "audit_event" e WHERE e."chainId" = c."projectId"
        AND e.event = 'project.updated' AND e.seq < decided.seq ORDER BY e.seq DESC LIMIT 1) then_was
    WHERE c."projectId" = ${id}::uuid AND c.state = 'approved' AND NOT EXISTS (
      SELECT 1 FROM "review" v WHERE v."revisionId" = c."currentRevisionId" AND v.kind = 'adjudication' AND v.verdict = 'approve'
        AND v."withdrawnAt" IS NULL AND v."reviewerId" <> c."authorId")
      AND then_was.required > (SELECT count(*) FROM "review" v WHERE v."revisionId" = c."currentRevisionId" AND v.verdict = 'approve'
        AND v."withdrawnAt" IS NULL AND v."reviewerId" <> c."authorId")`,
  'nobody judged what they wrote or edited': (id) => db.$queryRaw`
    SELECT v.id FROM "review" v JOIN "conversation" c ON c.id = v."conversationId" JOIN "revision" r ON r.id = v."revisionId"
    WHERE c."projectId" = ${id}::uuid AND (v."reviewerId" = c."authorId" OR v."reviewerId" = r."editorId")`,
  'nobody adjudicated what they had judged or edited before': (id) => db.$queryRaw`
    SELECT v.id FROM "review" v WHERE v."projectId" = ${id}::uuid AND v.kind = 'adjudication' AND (
      EXISTS (SELECT 1 FROM "review" o WHERE o."conversationId" = v."conversationId" AND o."reviewerId" = v."reviewerId" AND o.id <> v.id AND o."createdAt" <= v."createdAt"
        AND NOT (o.kind = 'adjudication' AND o."withdrawnAt" IS NOT NULL))
      OR EXISTS (SELECT 1 FROM "revision" r WHERE r."conversationId" = v."conversationId" AND r."editorId" = v."reviewerId" AND r."createdAt" <= v."createdAt"))`,
  'nobody has two standing verdicts on one revision': (id) => db.$queryRaw`
    SELECT "revisionId" FROM "review" WHERE "projectId" = ${id}::uuid AND "withdrawnAt" IS NULL GROUP BY "revisionId", "reviewerId" HAVING count(*) > 1`,
  'the approvals counter counts': (id) => db.$queryRaw`
    SELECT c.id FROM "conversation" c WHERE c."projectId" = ${id}::uuid AND c.state <> 'draft' AND c.approvals <>
      (SELECT count(*) FROM "review" v WHERE v."revisionId" = c."currentRevisionId" AND v.verdict = 'approve' AND v."withdrawnAt" IS NULL)`,
  'a request for changes or a rejection cites a rule': (id) => db.$queryRaw`
    SELECT v.id FROM "review" v WHERE v."projectId" = ${id}::uuid AND v.verdict IN ('request-changes', 'reject')
      AND NOT EXISTS (SELECT 1 FROM "comment" k WHERE k."reviewId" = v.id AND (k."ruleId" IS NOT NULL OR k."isGap"))
      AND NOT EXISTS (SELECT 1 FROM "ruling" r WHERE r."reviewId" = v.id)`,
  'nobody took an escalation in hand that they had written, edited or judged': (id) => db.$queryRaw`
    SELECT a.id FROM "assignment" a JOIN "conversation" c ON c.id = a."conversationId" WHERE a."projectId" = ${id}::uuid AND a.kind = 'adjudicate' AND (
      c."authorId" = a."assigneeId"
      OR EXISTS (SELECT 1 FROM "revision" r WHERE r."conversationId" = c.id AND r."editorId" = a."assigneeId" AND r."createdAt" < a."leasedAt")
      OR EXISTS (SELECT 1 FROM "review" v WHERE v."conversationId" = c.id AND v."reviewerId" = a."assigneeId" AND v."createdAt" < a."leasedAt"
        AND NOT (v.kind = 'adjudication' AND v."withdrawnAt" IS NOT NULL)))`,
  // Every history begins with a guideline.
  'every decision of an escalation has its ruling, and nothing else has one': (id) => db.$queryRaw`
    SELECT v.id FROM "review" v LEFT JOIN "ruling" r ON r."reviewId" = v.id
    WHERE v."projectId" = ${id}::uuid AND (v.kind = 'adjudication') <> (r.id IS NOT NULL)`,
  'a ruling cites a rule, or names a gap, not both': (id) => db.$queryRaw`
    SELECT r.id FROM "ruling" r WHERE r."projectId" = ${id}::uuid AND r."isGap" = EXISTS (SELECT 1 FROM "ruling_citation" c WHERE c."rulingId" = r.id)`,
  'what was taken back has no standing ruling, and takes no place': (id) => db.$queryRaw`
    SELECT r.id FROM "ruling" r JOIN "review" v ON v.id = r."reviewId" WHERE r."projectId" = ${id}::uuid AND v."withdrawnAt" IS NOT NULL
      AND EXISTS (SELECT 1 FROM "ruling" o WHERE o."overruledById" = r.id)`,
  'a ruling is overruled by one that contradicts it, and never in a circle': (id) => db.$queryRaw`
    WITH RECURSIVE chain AS (
      SELECT r.id AS start, r."overruledById" AS next FROM "ruling" r WHERE r."projectId" = ${id}::uuid AND r."overruledById" IS NOT NULL
      UNION SELECT chain.start, r."overruledById" FROM chain JOIN "ruling" r ON r.id = chain.next WHERE r."overruledById" IS NOT NULL)
    SELECT start FROM chain WHERE next = start
    UNION SELECT r.id FROM "ruling" r WHERE r."projectId" = ${id}::uuid AND r."overruledById" IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM "ruling_citation" a JOIN "ruling_citation" b ON b."ruleSlug" = a."ruleSlug" AND b.finding <> a.finding
      WHERE a."rulingId" = r.id AND b."rulingId" = r."overruledById")`,
  // Every publication of the test changes the one rule there is.
  'what was approved before a major version changed a rule it cites is stale': (id) => db.$queryRaw`
    SELECT c.id FROM "conversation" c JOIN "audit_event" d ON d."chainId" = c."projectId" AND d."subjectId" = c.id::text
      AND d.event IN ('conversation.reviewed', 'conversation.adjudicated')
    WHERE c."projectId" = ${id}::uuid AND c.state = 'approved' AND EXISTS (SELECT 1 FROM "review" v
        LEFT JOIN "comment" k ON k."reviewId" = v.id LEFT JOIN "ruling" r ON r."reviewId" = v.id AND NOT r."isGap"
        WHERE v."conversationId" = c.id AND v."withdrawnAt" IS NULL AND (k."ruleSlug" IS NOT NULL OR r.id IS NOT NULL))
    GROUP BY c.id, c."projectId" HAVING max(d.seq) < (SELECT max(e.seq) FROM "audit_event" e WHERE e."chainId" = c."projectId"
      AND e.event = 'guideline.published' AND e.data->>'version' LIKE '%.0.0' AND e.data->>'version' <> '1.0.0')`,
}

const data: Record<string, Find> = {
  'a snapshot has the rows it counts': (id) => db.$queryRaw`
    SELECT s.id FROM "snapshot" s WHERE s."projectId" = ${id}::uuid AND s."rowCount" <> (SELECT count(*) FROM "snapshot_row" r WHERE r."snapshotId" = s.id)`,
  'no split group spans two splits': (id) => db.$queryRaw`
    SELECT r."groupKey" FROM "snapshot_row" r JOIN "snapshot" s ON s.id = r."snapshotId" WHERE s."projectId" = ${id}::uuid
    GROUP BY r."snapshotId", r."groupKey" HAVING count(DISTINCT r.split) > 1`,
  'a row of a snapshot is the text of its revision': (id) => db.$queryRaw`
    SELECT r.position FROM "snapshot_row" r JOIN "snapshot" s ON s.id = r."snapshotId" JOIN "revision" v ON v.id = r."revisionId"
    WHERE s."projectId" = ${id}::uuid AND (v."contentHash" <> r."contentHash" OR v."conversationId" <> r."conversationId")`,
  'a ready build balances, and its ledger is its snapshot, row by row': (id) => db.$queryRaw`
    SELECT b.id FROM "build" b JOIN "snapshot" s ON s.id = b."snapshotId" CROSS JOIN LATERAL (
      SELECT count(*) AS n, count(*) FILTER (WHERE outcome = 'exported') AS exported, count(*) FILTER (WHERE outcome = 'excluded') AS excluded,
        count(*) FILTER (WHERE outcome = 'truncated') AS truncated FROM "ledger_entry" e WHERE e."buildId" = b.id) l
    WHERE b."projectId" = ${id}::uuid AND b.state = 'ready' AND (b.candidates <> s."rowCount" OR b.candidates <> l.n
      OR (b.exported, b.excluded, b.truncated) <> (l.exported, l.excluded, l.truncated) OR b.candidates <> b.exported + b.excluded + b.truncated
      OR EXISTS (SELECT 1 FROM "snapshot_row" r LEFT JOIN "ledger_entry" e ON e."buildId" = b.id AND e.position = r.position
        WHERE r."snapshotId" = s.id AND r."revisionId" IS DISTINCT FROM e."revisionId"))`,
  'a build that did not become ready leaves no ledger': (id) => db.$queryRaw`
    SELECT b.id FROM "build" b WHERE b."projectId" = ${id}::uuid AND b.state IN ('queued', 'cancelled', 'failed')
      AND EXISTS (SELECT 1 FROM "ledger_entry" e WHERE e."buildId" = b.id)`,
  'revisions and snapshots are what they were when they were hashed': async (id) => {
    const changed: string[] = []
    for (const { id: revisionId, messages, tools, contentHash: hash } of await db.revision.findMany({ where: { projectId: id } })) {
      if ((await contentHash({ messages, tools })) !== hash) changed.push(revisionId)
    }
    const snapshots = await db.snapshot.findMany({ where: { projectId: id, state: 'frozen' }, include: { rows: { orderBy: { position: 'asc' } } } })
    for (const { id: snapshotId, rows, contentHash: hash } of snapshots) {
      if ((await snapshotHash(rows as Parameters<typeof snapshotHash>[0])) !== hash) changed.push(snapshotId)
    }
    return changed
  },
  'the audit chain verifies': async (id) => {
    const verdict = await invoke(verifyAudit, { projectId: id }, { context: { actor: SYSTEM, requestId: 'invariants', via: 'test' } })
    return verdict.isIntact ? [] : [verdict]
  },
}

export const INVARIANTS: Record<string, Find> = { ...writing, ...judging, ...data }
