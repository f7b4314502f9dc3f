import { z } from 'zod'
import type { Subject } from '#lib/domain/actor.ts'
import { Message, Tool } from '#lib/domain/conversation.ts'
import { refuse } from '#lib/domain/errors.ts'
import { promptLanguage } from '#lib/domain/import/script-language.ts'
import { AnswersWanted, Priority, Tags } from '#lib/domain/prompt.ts'
import { Skills } from '#lib/domain/skill.ts'
import { stateSchema, storedState } from '#lib/domain/state-schema.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { operation, type Run, type Tx } from './operation.ts'
import { pageOf } from './page.ts'
import { insertPrompts, promptHash } from './prompt-insert.ts'
import { requireTurns } from './require-turns.ts'
import { projectSubject } from './subject.ts'
import { transition } from './transition.ts'

const Item = z.object({
  id: z.uuid(),
  externalId: z.string().nullable(),
  state: storedState('prompt'),
  firstUserText: z.string(),
  category: z.string(),
  language: z.string(),
  tags: z.array(z.string()),
  source: z.string(),
  licence: z.string(),
  answersWanted: z.int(),
  openSlots: z.int(),
  priority: z.int(),
  skills: z.array(z.string()).describe('Given only to those who hold them all'),
  assignee: z.object({ id: z.uuid(), name: z.string() }).nullable().describe('Whom it is kept for; told to managers alone'),
  importId: z.uuid().nullable(),
  createdAt: z.date(),
})
const Detail = Item.extend({
  projectId: z.uuid(),
  instructions: z.string(),
  messages: z.array(Message),
  tools: z.array(Tool),
  conversations: z.array(z.object({ id: z.uuid(), state: storedState('conversation') })),
})

const WITH_ASSIGNEE = { assignee: { select: { id: true, name: true, email: true } } } as const

async function promptSubject(tx: Tx, promptId: string) {
  return tx.prompt.findUnique({ where: { id: promptId }, include: WITH_ASSIGNEE })
}
type PromptRow = NonNullable<Awaited<ReturnType<typeof promptSubject>>>
type May = Run<unknown, Subject>['may']

/** Reviewing is blind: who will write is as little told as who wrote. */
const shapeOf = <Row extends Pick<PromptRow, 'assignee'>>({ assignee, ...row }: Row, may: May) => ({
  ...row,
  assignee: assignee && may('queue:read') ? { id: assignee.id, name: assignee.name ?? assignee.email } : null,
})

async function detailOf(tx: Tx, prompt: PromptRow, may: May): Promise<z.input<typeof Detail>> {
  const row = shapeOf(prompt, may)
  const conversations = await tx.conversation.findMany({
    where: { promptId: row.id },
    select: { id: true, state: true },
    orderBy: { createdAt: 'asc' },
  })
  return {
    ...row,
    messages: Message.array().parse(row.messages),
    tools: Tool.array().parse(row.tools),
    conversations,
  }
}

export const listPrompts = operation('prompt:read', {
  name: 'listPrompts',
  route: { method: 'GET', path: '/projects/{projectId}/prompts', summary: 'Prompts in the order they came', tags: ['prompts'] },
  input: z.strictObject({
    projectId: z.uuid(),
    state: stateSchema('prompt').optional(),
    category: z.string().optional(),
    language: z.string().optional(),
    text: z.string().max(200).optional().describe('Part of the first user message'),
    importId: z.uuid().optional(),
    order: z.enum(['newest', 'oldest']).default('newest'),
    cursor: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional(),
    limit: z.int().min(1).max(200).default(50),
    withTotal: z.boolean().default(false),
  }),
  output: z.object({ items: z.array(Item), nextCursor: z.string().nullable(), total: z.int().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject, may }) => {
    const where: Prisma.PromptWhereInput = {
      projectId: subject.id,
      ...(input.state ? { state: input.state } : {}),
      ...(input.category ? { category: input.category } : {}),
      ...(input.language ? { language: input.language } : {}),
      ...(input.importId ? { importId: input.importId } : {}),
      ...(input.text ? { firstUserText: { contains: input.text, mode: 'insensitive' } } : {}),
    }
    const descending = input.order === 'newest'
    const rows = await tx.prompt.findMany({
      where: input.cursor === undefined ? where : { ...where, position: descending ? { lt: BigInt(input.cursor) } : { gt: BigInt(input.cursor) } },
      orderBy: { position: descending ? 'desc' : 'asc' },
      take: input.limit + 1,
      include: WITH_ASSIGNEE,
    })
    const { items, last } = pageOf(rows, input.limit)
    return {
      items: items.map((row) => shapeOf(row, may)),
      nextCursor: last ? String(last.position) : null,
      total: input.withTotal ? await tx.prompt.count({ where }) : null,
    }
  },
})

export const getPrompt = operation('prompt:read', {
  name: 'getPrompt',
  route: { method: 'GET', path: '/prompts/{promptId}', summary: 'A prompt with what became of it', tags: ['prompts'] },
  input: z.strictObject({ promptId: z.uuid() }),
  output: Detail,
  subject: ({ tx, input }) => promptSubject(tx, input.promptId),
  run: ({ tx, subject, may }) => detailOf(tx, subject, may),
})

export const createPrompt = operation('prompt:import', {
  name: 'createPrompt',
  route: { method: 'POST', path: '/projects/{projectId}/prompts', summary: 'Add one prompt', tags: ['prompts'], successStatus: 201 },
  input: z.strictObject({
    projectId: z.uuid(),
    messages: z.array(Message).min(1).max(500),
    tools: z.array(Tool).max(128).default([]),
    externalId: z.string().max(200).nullable().default(null),
    category: z.string().max(100).default(''),
    language: z.string().max(20).default('').describe('Empty: the one the script of the questions decides (zh, ja, ko), else that of the project'),
    tags: Tags.default([]),
    source: z.string().max(300).default(''),
    licence: z.string().max(100).default(''),
    instructions: z.string().max(5000).default(''),
    answersWanted: AnswersWanted.default(1),
    priority: Priority.default(0),
    skills: Skills.default([]).describe('Given only to those who hold them all'),
  }),
  output: Detail,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'prompt.created',
  run: async ({ tx, input, subject, may, note }) => {
    const { projectId: _projectId, ...given } = input
    const prompt = { ...given, language: given.language || promptLanguage(given.messages, subject.language) }
    requireTurns(prompt.messages, { complete: false })
    const inserted = await insertPrompts(tx, subject.id, null, [prompt])
    const id = inserted.get(promptHash(prompt))
    if (!id) return refuse('already-exists', 'The project has a prompt with this text or this external id already.')
    note({ promptId: id })
    return detailOf(tx, (await promptSubject(tx, id)) ?? refuse('not-found'), may)
  },
})

export const withdrawPrompt = operation('prompt:import', {
  name: 'withdrawPrompt',
  route: { method: 'POST', path: '/prompts/{promptId}/withdrawal', summary: 'Offer this prompt to nobody any more; answers stay', tags: ['prompts'] },
  input: z.strictObject({ promptId: z.uuid() }),
  output: Item,
  subject: ({ tx, input }) => promptSubject(tx, input.promptId),
  event: 'prompt.withdrawn',
  run: async ({ tx, subject, may }) => {
    await transition(tx, 'prompt', subject, 'withdrawn')
    return shapeOf((await promptSubject(tx, subject.id)) ?? refuse('not-found'), may)
  },
})

export const promptOperations = { listPrompts, getPrompt, createPrompt, withdrawPrompt }
