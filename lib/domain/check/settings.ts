// What a project sets of its checks.
import { z } from 'zod'
import { ROLES } from '../turns.ts'
import { CHECK_LEVELS } from './finding.ts'
import { patternFault } from './pattern.ts'

const Level = z.enum(CHECK_LEVELS)
const Slug = z.string().max(120).optional().describe('Slug of the rule it serves')
const Words = z.string().trim().max(300).default('').describe('What the writer is told; empty: the phrase or expression itself')

export const ProjectPhrase = z.strictObject({ text: z.string().trim().min(1).max(200), level: Level, rule: Slug, message: Words })

export const ProjectPattern = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,48}$/, 'may hold a–z, 0–9 and hyphens, at most 49')
    .describe('Its name in findings and reasons'),
  expression: z
    .string()
    .min(1)
    .max(1000)
    .describe('An expression of RE2, upper and lower case alike')
    .superRefine((source, context) => {
      const fault = patternFault(source)
      if (fault) context.addIssue({ code: 'custom', message: `is no expression that can be used: ${fault}` })
    }),
  roles: z.array(z.enum(ROLES)).min(1).default(['assistant']),
  level: Level,
  rule: Slug,
  message: Words,
})

export const ProjectChecks = z.strictObject({
  levels: z
    .record(z.string().max(60), z.enum([...CHECK_LEVELS, 'off']))
    .default({})
    .describe('Another level for a check of the table, or off'),
  ownNames: z.array(z.string().trim().min(1).max(60)).max(20).default([]).describe('Names the assistant calls itself'),
  phrases: z.array(ProjectPhrase).max(500).default([]),
  patterns: z.array(ProjectPattern).max(100).default([]),
  maxMessageCharacters: z.int().min(100).max(2_000_000).default(20_000),
  maxTurns: z.int().min(1).max(2000).default(60),
})
export type ProjectChecks = z.infer<typeof ProjectChecks>

/** The project's checks, and the language its conversations are written in (ISO 639-1; empty: any). */
export type CheckSettings = ProjectChecks & { language: string }
