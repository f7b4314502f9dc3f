import { z } from 'zod'
import { Int4 } from './bounds.ts'
import { DraftContent, Message, OriginSpan } from './conversation.ts'
import type { DraftPatch } from './draft-patch.ts'
import { PlainText } from './plain-text.ts'

const Place = Int4.min(0)
const Text = z.tuple([Place, Place, PlainText]).describe('UTF-16 code units [from, to) of the text give way to the third')
const { tools, acknowledgements } = DraftContent.shape

/** What changed in a draft since a version; the result is held to DraftContent. */
export const DraftPatchInput = z.strictObject({
  messages: z
    .array(
      z.union([
        z.strictObject({ from: Place, count: Int4.min(1) }).describe('So many messages as they were, from this place on'),
        z
          .strictObject({ of: Place, content: Text.optional(), reasoning: Text.optional(), origins: z.array(OriginSpan).optional() })
          .describe('The message at this place with other texts'),
        z.strictObject({ message: Message }).describe('A message as a whole'),
      ]),
    )
    .max(4000),
  tools: tools.optional().describe('Absent: as they were'),
  acknowledgements: acknowledgements.describe('Absent: as they were'),
  base: z.string().max(40).describe('Fingerprint of the text it was made for, as lib/domain/fingerprint.ts works it out'),
}) satisfies z.ZodType<DraftPatch>
