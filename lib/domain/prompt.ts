import { z } from 'zod'

/** Higher ones are given out first; of the same priority those that came first. */
export const Priority = z.int().min(0).max(1_000_000)
/** By different people. */
export const AnswersWanted = z.int().min(1).max(100)
export const Tags = z.array(z.string().max(100)).max(50)
