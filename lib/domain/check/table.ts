// The checks: what is looked for, how grave it is, which rule of the guideline it serves. Their words are in messages/*.json,
// `checks.<id>`; a project may give each another level or switch it off, and add phrases and expressions of its own.
import type { DraftContent, Message, Role } from '../conversation.ts'
import { answersFromRecall, type Misleading } from './counting.ts'
import { echoIn } from './echo.ts'
import type { CheckLevel, Field, Hit } from './finding.ts'
import { findForeignIdentity } from './identity.ts'
import { languageOf } from './language.ts'
import { findControlLookAlikes, findInvisible, findPlaceholders, findUnclosedFence, findUnclosedMath, findUnfinished } from './markup.ts'
import { findCards, findEmails, findNationalIds, findPhones } from './personal-data.ts'
import { findSecrets } from './secrets.ts'
import type { CheckSettings } from './settings.ts'
import { schemaFault, schemaProblems } from './tool-schema.ts'

type Common = { level: CheckLevel; rule?: string }
/** Looks at one text of a message. What it says depends on nothing else, so it is kept while the message stays the same. */
type TextCheck = Common & {
  scope: 'text'
  roles?: readonly Role[]
  fields?: readonly Field[]
  find: (text: string, settings: CheckSettings) => Hit[]
}
export type PlacedHit = Hit & { index: number; field: Field; call?: number }
/** Looks at the turns together. */
type TurnsCheck = Common & { scope: 'turns'; find: (content: DraftContent, settings: CheckSettings) => PlacedHit[] }
/** Looks at the project's other conversations, which only the server can: `lib/services/near-duplicate.ts`. */
type ProjectCheck = Common & { scope: 'project' }
export type Check = TextCheck | TurnsCheck | ProjectCheck

const ASSISTANT = ['assistant'] as const
const WRITTEN = ['content', 'reasoning'] as const

const whole = (index: number, message: Message): PlacedHit => ({ index, field: 'content', from: 0, to: message.content.length })

/** Every tool call with the tool it names. */
const calls = ({ messages, tools }: DraftContent) =>
  messages.flatMap((message, index) =>
    (message.toolCalls ?? []).map((call, place) => ({ index, place, call, tool: tools.find((tool) => tool.name === call.name) })),
  )

const atCall = ({ index, place, call }: ReturnType<typeof calls>[number], values: Hit['values']): PlacedHit => ({
  index,
  field: 'arguments',
  call: place,
  from: 0,
  to: call.arguments.length,
  ...(values && { values }),
})

/** An answer given from recall where a tool should have been asked. */
const fromRecall = (wanted: Misleading, level: CheckLevel, rule: string): TurnsCheck => ({
  scope: 'turns',
  level,
  rule,
  find: ({ messages }) =>
    answersFromRecall(messages).flatMap(({ index, kind }) => {
      const message = messages[index]
      return message && kind === wanted ? [whole(index, message)] : []
    }),
})

export const CHECKS = {
  'tool-unknown': {
    scope: 'turns',
    level: 'error',
    rule: 'truthful/tool-faithful',
    find: (content) => calls(content).flatMap((found) => (found.tool ? [] : [atCall(found, { tool: found.call.name })])),
  },
  'tool-arguments': {
    scope: 'turns',
    level: 'error',
    rule: 'truthful/tool-faithful',
    find: (content) =>
      calls(content).flatMap((found) =>
        found.tool
          ? schemaProblems(found.tool, found.call.arguments).map(({ path, message }) =>
              atCall(found, { tool: found.call.name, path, problem: message }),
            )
          : [],
      ),
  },
  // No error: who writes cannot change the tools of a prompt.
  'tool-schema': {
    scope: 'turns',
    level: 'warning',
    find: ({ messages, tools }) => {
      const [first] = messages
      if (!first) return []
      return tools.flatMap((tool) => {
        const fault = schemaFault(tool)
        return fault ? [{ ...whole(0, first), to: 0, values: { tool: tool.name, problem: fault } }] : []
      })
    },
  },
  secret: { scope: 'text', level: 'error', rule: 'harmless/privacy', find: findSecrets },
  'personal-card': { scope: 'text', level: 'error', rule: 'harmless/privacy', find: findCards },
  'personal-id': { scope: 'text', level: 'warning', rule: 'harmless/privacy', find: findNationalIds },
  'personal-email': { scope: 'text', level: 'warning', rule: 'harmless/privacy', find: findEmails },
  'personal-phone': { scope: 'text', level: 'warning', rule: 'harmless/privacy', find: (text, { language }) => findPhones(text, language) },
  'foreign-identity': {
    scope: 'text',
    level: 'warning',
    rule: 'truthful/identity',
    roles: ['assistant', 'system'],
    fields: WRITTEN,
    find: (text, { ownNames }) => findForeignIdentity(text, ownNames),
  },
  counting: fromRecall('counting', 'warning', 'truthful/compute-with-code'),
  decimals: fromRecall('decimals', 'warning', 'truthful/compute-with-code'),
  arithmetic: fromRecall('arithmetic', 'warning', 'truthful/compute-with-code'),
  'fresh-facts': fromRecall('fresh-facts', 'note', 'truthful/search-fresh'),
  language: {
    scope: 'text',
    level: 'warning',
    rule: 'style/language',
    roles: ['user', 'assistant'],
    fields: ['content'],
    find: (text, { language }) => {
      const found = language && languageOf(text)
      return found && found !== language.slice(0, 2) ? [{ from: 0, to: text.length, values: { found, expected: language } }] : []
    },
  },
  'unclosed-fence': { scope: 'text', level: 'warning', rule: 'style/formatting', roles: ASSISTANT, fields: WRITTEN, find: findUnclosedFence },
  'unclosed-math': { scope: 'text', level: 'warning', rule: 'style/maths-notation', roles: ASSISTANT, fields: WRITTEN, find: findUnclosedMath },
  invisible: { scope: 'text', level: 'warning', find: findInvisible },
  placeholder: { scope: 'text', level: 'warning', roles: ASSISTANT, fields: WRITTEN, find: findPlaceholders },
  unfinished: { scope: 'text', level: 'note', roles: ASSISTANT, fields: ['content'], find: findUnfinished },
  'control-look-alike': { scope: 'text', level: 'note', find: findControlLookAlikes },
  'near-duplicate': { scope: 'project', level: 'warning' },
  echo: {
    scope: 'turns',
    level: 'note',
    rule: 'style/no-filler',
    find: ({ messages }) =>
      messages.flatMap((message, index) => {
        const question = messages[index - 1]
        if (message.role !== 'assistant' || question?.role !== 'user') return []
        const found = echoIn(question, message)
        return found ? [{ index, field: 'content' as const, ...found }] : []
      }),
  },
  'long-message': {
    scope: 'text',
    level: 'note',
    rule: 'style/length',
    roles: ASSISTANT,
    fields: ['content'],
    find: (text, { maxMessageCharacters: most }) =>
      text.length > most ? [{ from: most, to: text.length, values: { characters: text.length, most } }] : [],
  },
  'many-turns': {
    scope: 'turns',
    level: 'note',
    find: ({ messages }, { maxTurns: most }) => {
      const message = messages[most]
      return message ? [{ ...whole(most, message), values: { turns: messages.length, most } }] : []
    },
  },
} as const satisfies Record<string, Check>

export type CheckId = keyof typeof CHECKS
export const CHECK_IDS = Object.keys(CHECKS) as CheckId[]
