-- AlterTable
ALTER TABLE "membership" ADD COLUMN     "skills" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "project" ADD COLUMN     "maxAnswersPerAuthor" INTEGER;

-- AlterTable
ALTER TABLE "prompt" ADD COLUMN     "assigneeId" UUID,
ADD COLUMN     "skills" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AddForeignKey
ALTER TABLE "prompt" ADD CONSTRAINT "prompt_assigneeId_fkey" FOREIGN KEY ("assigneeId") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "membership" ALTER COLUMN "skills" SET NOT NULL;
ALTER TABLE "prompt" ALTER COLUMN "skills" SET NOT NULL;
ALTER TABLE "project" ADD CONSTRAINT project_max_answers CHECK ("maxAnswersPerAuthor" > 0);

-- Held back: given to nobody until a manager gives it out again.
ALTER TABLE "prompt" DROP CONSTRAINT prompt_state;
ALTER TABLE "prompt" ADD CONSTRAINT prompt_state CHECK (state IN ('open', 'held', 'closed', 'withdrawn'));

-- What a claim looks through, in its order: what anybody may have, what asks for skills, too, and what is kept for one person. A prompt
-- that is taken leaves them all, so that most claims write to none.
DROP INDEX prompt_claimable;
CREATE INDEX prompt_claimable ON "prompt" ("projectId", priority DESC, position) WHERE state = 'open' AND "openSlots" > 0 AND "assigneeId" IS NULL;
CREATE INDEX prompt_claimable_by_all ON "prompt" ("projectId", priority DESC, position)
  WHERE state = 'open' AND "openSlots" > 0 AND "assigneeId" IS NULL AND skills = '{}';
CREATE INDEX prompt_kept ON "prompt" ("assigneeId", "projectId", priority DESC, position) WHERE state = 'open' AND "openSlots" > 0 AND "assigneeId" IS NOT NULL;

-- What asks for skills, for the account of who waits for whom.
CREATE INDEX prompt_asking ON "prompt" ("projectId") WHERE state = 'open' AND "openSlots" > 0 AND "assigneeId" IS NULL AND skills <> '{}';

-- Who has what in hand, newest first.
CREATE INDEX assignment_in_hand ON "assignment" ("projectId", "fencingToken" DESC) WHERE state = 'leased';
