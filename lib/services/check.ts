import { z } from 'zod'
import { ChecksTooSlow, checkText } from '#lib/adapters/checks/runner.ts'
import { CHECK_LEVELS, type Finding } from '#lib/domain/check/finding.ts'
import { openFindings } from '#lib/domain/check/open-findings.ts'
import { levelOf } from '#lib/domain/check/run.ts'
import { ProjectChecks } from '#lib/domain/check/settings.ts'
import { CHECK_IDS, CHECKS, type Check } from '#lib/domain/check/table.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'
import { refuse } from '#lib/domain/errors.ts'
import { nearDuplicateFindings } from './near-duplicate.ts'
import { operation, type Tx } from './operation.ts'
import { type ConversationSubject, projectSubject } from './subject.ts'
import { together } from './transaction.ts'

const said = ({ check, message, quote }: Finding, index: number): string => `Message ${index + 1}: ${message ?? check}${quote ? ` (“${quote}”)` : ''}`

/** Named in a refusal; whoever corrects these sees the rest. */
const MOST_NAMED = 10
const MOST_TOLD = 200

/** As it is stored: what a later version dropped, or an earlier one did not know, is no reason to refuse a text. */
const Stored = z.object(ProjectChecks.shape)

function storedChecks(value: unknown): ProjectChecks {
  const checks = Stored.parse(value)
  const isKnown = ([id]: [string, unknown]) => (CHECK_IDS as string[]).includes(id)
  return { ...checks, levels: Object.fromEntries(Object.entries(checks.levels).filter(isKnown)) }
}

/**
 * The project's checks over a text that is about to become a revision, and the other conversations it may be nearly the same as.
 * @throws checks-open, naming every error and every warning for whose words `acknowledgements` gives no reason.
 */
export async function requireChecks(tx: Tx, subject: ConversationSubject, content: DraftContent): Promise<void> {
  const settings = { ...storedChecks(subject.projectChecks), language: subject.language || subject.projectLanguage }
  const alike = nearDuplicateFindings(tx, subject, content.messages, levelOf('near-duplicate', settings))
  const inText = checkText(settings, { messages: content.messages, tools: content.tools }).catch((error: unknown) => {
    if (!(error instanceof ChecksTooSlow)) throw error
    return refuse('checks-open', 'The checks of this text take too long. Shorten it, or ask a manager to simplify the project’s expressions.', {
      findings: [],
      total: 0,
    })
  })
  const findings = (await together([inText, alike])).flat()
  const open = openFindings(findings, content.acknowledgements ?? [])
  if (open.length === 0) return
  const places = new Map(content.messages.map(({ id }, index) => [id, index]))
  const words = open.slice(0, MOST_NAMED).map((finding) => said(finding, places.get(finding.at.message) ?? 0))
  refuse('checks-open', `${words.join(' ')} Correct what is an error; for a warning that is right as it stands, give a reason in acknowledgements.`, {
    findings: open.slice(0, MOST_TOLD),
    total: open.length,
  })
}

const Settings = z.object({
  checks: ProjectChecks,
  language: z.string().describe('Of texts whose prompt names none'),
  available: z
    .array(z.object({ id: z.string(), level: z.enum(CHECK_LEVELS), rule: z.string().nullable() }))
    .describe('The checks there are, with the level each has unless the project gives it another'),
})

const settingsOf = (checks: unknown, language: string): z.input<typeof Settings> => ({
  checks: storedChecks(checks),
  language,
  available: CHECK_IDS.map((id) => ({ id, level: CHECKS[id].level, rule: (CHECKS[id] as Check).rule ?? null })),
})

export const getProjectChecks = operation('project:read', {
  name: 'getProjectChecks',
  route: { method: 'GET', path: '/projects/{projectId}/checks', summary: 'What a project checks in the texts written in it', tags: ['projects'] },
  input: z.strictObject({ projectId: z.uuid() }),
  output: Settings,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ subject }) => settingsOf(subject.checks, subject.language),
})

export const setProjectChecks = operation('project:update', {
  name: 'setProjectChecks',
  route: {
    method: 'PUT',
    path: '/projects/{projectId}/checks',
    summary: 'Set what a project checks in the texts written in it',
    description: 'Takes the place of all that was set before. Texts that were submitted stay as they are.',
    tags: ['projects'],
  },
  input: z.strictObject({ projectId: z.uuid(), checks: ProjectChecks }),
  output: Settings,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'checks.set',
  run: async ({ tx, input, subject, note }) => {
    const { checks } = input
    const unknown = Object.keys(checks.levels).find((id) => !(CHECK_IDS as string[]).includes(id))
    if (unknown)
      refuse('invalid-input', `checks.levels: there is no check “${unknown}”. Checks: ${CHECK_IDS.join(', ')}.`, {
        issues: [{ path: `checks.levels.${unknown}` }],
      })
    const twice = checks.patterns.find(({ id }, index) => checks.patterns.findIndex((other) => other.id === id) !== index)
    if (twice)
      refuse('invalid-input', `checks.patterns: two expressions are called “${twice.id}”; give one another name.`, {
        issues: [{ path: 'checks.patterns' }],
      })
    await tx.project.update({ where: { id: subject.id }, data: { checks } })
    note({ levels: checks.levels, phrases: checks.phrases.length, patterns: checks.patterns.map(({ id }) => id) })
    return settingsOf(checks, subject.language)
  },
})

export const checkOperations = { getProjectChecks, setProjectChecks }
