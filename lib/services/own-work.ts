import { Prisma } from '#lib/generated/prisma/client.ts'

/**
 * What a person has begun and not finished: returned work, opened or not, and drafts. `leaseId` is the lease they hold on it;
 * `isPassedOn` says that they skipped it as it stands.
 */
export const ownWork = ({ projectId, userId }: { projectId: string; userId: string }) => Prisma.sql`
  SELECT c.id, c."promptId", c."lapsedAt", lease.id AS "leaseId", work."isReturned",
    CASE WHEN work."isReturned" THEN
      coalesce((SELECT max(v."createdAt") FROM "review" v WHERE v."conversationId" = c.id AND v."withdrawnAt" IS NULL), c."updatedAt")
    ELSE c."updatedAt" END AS since,
    lease.id IS NULL AND EXISTS (
      SELECT 1 FROM "assignment" a WHERE a."conversationId" = c.id AND a.kind = 'write' AND a.state = 'skipped'
        AND a."revisionId" IS NOT DISTINCT FROM c."currentRevisionId") AS "isPassedOn"
  FROM "conversation" c
  -- Submitted before, a conversation is a draft again only because changes were requested.
  CROSS JOIN LATERAL (SELECT c.state = 'changes-requested' OR c.round > 0 AS "isReturned") AS work
  LEFT JOIN "assignment" lease ON lease."conversationId" = c.id AND lease.kind = 'write' AND lease.state = 'leased' AND lease."expiresAt" > now()
  WHERE c."authorId" = ${userId}::uuid AND c."projectId" = ${projectId}::uuid AND c.state IN ('changes-requested', 'draft')`

/**
 * The one order of a person's own work: home shows it so, and a claim gives the first of it. What was returned comes first, the
 * longest waiting at the top; then drafts, the newest at the top; at the end what lapsed before a word was written, and what was passed on.
 */
export const OWN_WORK_ORDER = Prisma.sql`
  "isPassedOn", "lapsedAt" IS NOT NULL, "isReturned" DESC, CASE WHEN "isReturned" THEN since END, since DESC, id`
