// A reason given for a warning. It holds for the same words in the same message; where a check speaks of a whole message, as long as its
// first words stay: who was asked for an answer in Arabic gives the reason once, not after every correction.
import { z } from 'zod'
import { PlainText } from '../plain-text.ts'

export const Acknowledgement = z.strictObject({
  check: z.string().max(120),
  message: z.string().max(64).describe('Id of the message'),
  quote: PlainText.max(80).describe('The words it was given for'),
  reason: PlainText.min(1, 'says why this is right here').max(500),
})
export type Acknowledgement = z.infer<typeof Acknowledgement>
