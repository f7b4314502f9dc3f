import { z } from 'zod'
import { PlainText } from './plain-text.ts'

/** What somebody is good at and a prompt may ask for: "python", "tax law", "法语". Compared as written here: small letters, single spaces. */
const Skill = PlainText.transform((text) => text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase()).pipe(
  z
    .string()
    .min(1, 'names a skill')
    .max(40)
    .regex(/^[^,]*$/, 'has no comma'),
)

/** Each once, in order. */
export const Skills = z
  .array(Skill)
  .max(20)
  .transform((skills) => [...new Set(skills)].sort())
