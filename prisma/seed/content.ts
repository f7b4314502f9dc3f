import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ProjectChecks } from '#lib/domain/check/settings.ts'
import type { Message, Tool } from '#lib/domain/conversation.ts'
import { GuidelineContent } from '#lib/domain/guideline.ts'
import { Ratings, Severity, Verdict } from '#lib/domain/review.ts'
import { RulingInput } from '#lib/domain/ruling.ts'

/** The demo's assistant has a name in each language. */
export const DEMO_CHECKS = ProjectChecks.parse({ ownNames: ['Juniper', '阿柏'] })

/** The shipped demo texts, as people wrote them: no ids, JSON schemas as objects. */
const Turn = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
  reasoning: z.string().optional(),
  toolCalls: z.array(z.strictObject({ id: z.string(), name: z.string(), arguments: z.string() })).optional(),
  toolCallId: z.string().optional(),
  name: z.string().optional(),
  train: z.boolean().optional(),
})
export type Turn = z.infer<typeof Turn>

const DemoTool = z.strictObject({ name: z.string(), description: z.string(), parameters: z.record(z.string(), z.unknown()) })

const DemoPrompt = z.strictObject({
  externalId: z.string(),
  category: z.string(),
  language: z.string(),
  tags: z.array(z.string()).default([]),
  source: z.string().default(''),
  licence: z.string().default(''),
  instructions: z.string().default(''),
  answersWanted: z.int().default(1),
  priority: z.int().default(0),
  messages: z.array(Turn),
  tools: z.array(DemoTool).default([]),
})
export type DemoPrompt = z.infer<typeof DemoPrompt>

const DemoReview = z.strictObject({
  reviewer: z.enum(['reviewer', 'manager']),
  onRevision: z.int(),
  verdict: Verdict,
  ratings: Ratings.default({}),
  summary: z.string().default(''),
  isAdjudication: z.boolean().default(false),
  ruling: RulingInput.optional(),
  comments: z
    .array(
      z.strictObject({
        messageIndex: z.int(),
        quote: z.string(),
        body: z.string(),
        ruleSlug: z.string().optional(),
        severity: Severity,
        suggestion: z.string().optional(),
      }),
    )
    .default([]),
})
export type DemoReview = z.infer<typeof DemoReview>

const DemoConversation = z.strictObject({
  key: z.string(),
  prompt: DemoPrompt,
  // `superseded` is missing: nothing people can do makes one yet.
  state: z.enum(['submitted', 'changes-requested', 'approved', 'rejected', 'escalated', 'draft', 'stale', 'withdrawn']),
  author: z.enum(['labeller', 'labeller2']),
  messages: z.array(Turn),
  revisions: z.array(z.array(Turn)).default([]),
  reviews: z.array(DemoReview).default([]),
  withdrawal: z.string().optional(),
  /** By check: why the author left what it found, right or wrong. */
  reasons: z.record(z.string(), z.string()).default({}),
})
export type DemoConversation = z.infer<typeof DemoConversation>

const TrainingRow = z.strictObject({ key: z.string(), category: z.string(), language: z.string(), messages: z.array(Turn) })

function read<S extends z.ZodType>(name: string, schema: S): z.output<S> {
  return schema.parse(JSON.parse(readFileSync(new URL(`./content/${name}.json`, import.meta.url), 'utf8')))
}

/** The guideline as it is shipped. */
export const shippedGuideline = (): GuidelineContent => read('guideline', z.object(GuidelineContent.shape))

export const demoPrompts = () => read('prompts', z.array(DemoPrompt))
export const demoConversations = () => read('conversations', z.array(DemoConversation))

/** What the Chinese training rows are tagged with, apart from the others: the bundled base model is at home in English alone. */
export const CHINESE_TRAINING_TAG = 'training-demo-zh'

/** Short rows that turn the small bundled model's identity and its answers about what nobody can know, as finished conversations. */
export const trainingConversations = (): DemoConversation[] => [
  ...trainingRows('training', 'training-demo'),
  ...trainingRows('training-zh', CHINESE_TRAINING_TAG),
]

function trainingRows(file: string, tag: string): DemoConversation[] {
  return read(file, z.array(TrainingRow)).map((row, index) => ({
    key: row.key,
    prompt: {
      externalId: `demo-${row.key}`,
      category: row.category,
      language: row.language,
      tags: [tag],
      source: 'exemplar-demo',
      licence: 'CC0-1.0',
      instructions: '',
      answersWanted: 1,
      priority: 0,
      messages: row.messages.slice(0, row.messages.findLastIndex((turn) => turn.role === 'user') + 1),
      tools: [],
    },
    state: 'approved',
    author: index % 2 === 0 ? 'labeller' : 'labeller2',
    messages: row.messages,
    reasons: {},
    revisions: [],
    reviews: [
      {
        reviewer: 'reviewer',
        onRevision: 0,
        verdict: 'approve',
        ratings: { helpful: 5, truthful: 5, harmless: 5 },
        summary: '',
        isAdjudication: false,
        comments: [],
      },
    ],
  }))
}

/** Turns as messages; the id says the place, so that a later revision's turn in the same place is the same message. */
export const messagesOf = (turns: readonly Turn[]): Message[] =>
  turns.map(({ train, ...turn }, index) => ({ id: `m${index + 1}`, ...turn, train: train ?? turn.role === 'assistant' }))

export const toolsOf = (prompt: DemoPrompt): Tool[] =>
  prompt.tools.map(({ parameters, ...tool }) => ({ ...tool, parameters: JSON.stringify(parameters) }))
