import { agreementOperations } from '#lib/services/agreement.ts'
import { auditOperations } from '#lib/services/audit-log.ts'
import { buildOperations } from '#lib/services/build.ts'
import { buildDownloadOperations } from '#lib/services/build-download.ts'
import { checkOperations } from '#lib/services/check.ts'
import { commentOperations } from '#lib/services/comment.ts'
import { conversationOperations } from '#lib/services/conversation.ts'
import { draftOperations } from '#lib/services/draft.ts'
import { gapOperations } from '#lib/services/gap.ts'
import { guidelineOperations } from '#lib/services/guideline.ts'
import { guidelineExchangeOperations } from '#lib/services/guideline-exchange.ts'
import { readingOperations } from '#lib/services/guideline-reading.ts'
import { guidelineSearchOperations } from '#lib/services/guideline-search.ts'
import { homeOperations } from '#lib/services/home.ts'
import { importOperations } from '#lib/services/import.ts'
import { ledgerOperations } from '#lib/services/ledger.ts'
import { meOperations } from '#lib/services/me.ts'
import { memberOperations } from '#lib/services/member.ts'
import { modelOperations } from '#lib/services/model.ts'
import { modelViewOperations } from '#lib/services/model-view.ts'
import { nearDuplicateOperations } from '#lib/services/near-duplicate.ts'
import { ownRecordOperations } from '#lib/services/own-record.ts'
import { peopleOperations } from '#lib/services/people.ts'
import { projectOperations } from '#lib/services/project.ts'
import { promptOperations } from '#lib/services/prompt.ts'
import { qualityOperations } from '#lib/services/quality.ts'
import { renewalOperations } from '#lib/services/renewal.ts'
import { replyOperations } from '#lib/services/reply.ts'
import { reviewOperations } from '#lib/services/review.ts'
import { reviewLeaseOperations } from '#lib/services/review-lease.ts'
import { rulingOperations } from '#lib/services/ruling.ts'
import { settlementOperations } from '#lib/services/ruling-settlement.ts'
import { runOperations } from '#lib/services/run.ts'
import { runFileOperations } from '#lib/services/run-files.ts'
import { runPreflightOperations } from '#lib/services/run-preflight.ts'
import { runReadOperations } from '#lib/services/run-read.ts'
import { snapshotOperations } from '#lib/services/snapshot.ts'
import { submissionOperations } from '#lib/services/submission.ts'
import { tokenOperations } from '#lib/services/token.ts'
import { tokenizerOperations } from '#lib/services/tokenizer.ts'
import { trainerOperations } from '#lib/services/trainer-environment.ts'
import { verdictOperations } from '#lib/services/verdict.ts'
import { workOperations } from '#lib/services/work.ts'
import { workQueueOperations } from '#lib/services/work-queue.ts'

/** Every operation of the system. The name of a key is its operationId. */
export const router = {
  ...agreementOperations,
  ...auditOperations,
  ...buildOperations,
  ...buildDownloadOperations,
  ...checkOperations,
  ...commentOperations,
  ...conversationOperations,
  ...draftOperations,
  ...gapOperations,
  ...guidelineOperations,
  ...guidelineExchangeOperations,
  ...guidelineSearchOperations,
  ...readingOperations,
  ...homeOperations,
  ...importOperations,
  ...ledgerOperations,
  ...meOperations,
  ...memberOperations,
  ...modelOperations,
  ...modelViewOperations,
  ...nearDuplicateOperations,
  ...ownRecordOperations,
  ...peopleOperations,
  ...projectOperations,
  ...promptOperations,
  ...qualityOperations,
  ...replyOperations,
  ...renewalOperations,
  ...reviewOperations,
  ...reviewLeaseOperations,
  ...rulingOperations,
  ...settlementOperations,
  ...runOperations,
  ...runPreflightOperations,
  ...runFileOperations,
  ...runReadOperations,
  ...snapshotOperations,
  ...submissionOperations,
  ...tokenOperations,
  ...tokenizerOperations,
  ...trainerOperations,
  ...verdictOperations,
  ...workOperations,
  ...workQueueOperations,
}
