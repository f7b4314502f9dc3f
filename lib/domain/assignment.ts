import { z } from 'zod'
import { SKIP_REASONS } from './skip-reasons.ts'
import { stateSchema } from './state-schema.ts'

export const AssignmentKind = z.enum(['write', 'review', 'adjudicate', 'rank'])
export type AssignmentKind = z.infer<typeof AssignmentKind>

/** What people ask for: the next text to write, to review, or to decide where reviewers could not. */
export const WorkKind = AssignmentKind.extract(['write', 'review', 'adjudicate'])
export type WorkKind = z.infer<typeof WorkKind>
/** Judging a text: in review, or where reviewers could not decide. */
export type Judging = Exclude<WorkKind, 'write'>

export const AssignmentState = stateSchema('assignment')

export const SkipReason = z.enum(SKIP_REASONS)
export type SkipReason = z.infer<typeof SkipReason>

/** A lease as its holder sees it. `fencingToken` goes back when a written text is submitted. */
export const Assignment = z.object({
  id: z.uuid(),
  kind: AssignmentKind,
  state: AssignmentState,
  promptId: z.uuid().nullable(),
  conversationId: z.uuid().nullable(),
  revisionId: z.uuid().nullable(),
  fencingToken: z.number().int(),
  leasedAt: z.date(),
  expiresAt: z.date(),
})
export type Assignment = z.infer<typeof Assignment>
