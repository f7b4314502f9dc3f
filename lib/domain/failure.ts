import { z } from 'zod'

/** Why something the machine did ended badly, as it is kept with the row: a word for programs, what happened, what to do. */
export const Failure = z.object({ code: z.string(), detail: z.string(), cure: z.string().default('') })
export type Failure = z.infer<typeof Failure>
