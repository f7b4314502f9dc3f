import { createHash } from 'node:crypto'
import { z } from 'zod'
import { inEnglish, refuseWith } from '#lib/adapters/english.ts'
import { generateLocally } from '#lib/adapters/models/local.ts'
import { generateRemotely } from '#lib/adapters/models/openai-compatible.ts'
import { ReplyFailed, type ReplyPart, type ReplyRequest } from '#lib/adapters/models/reply.ts'
import { openSecret } from '#lib/adapters/models/secret.ts'
import { refuse } from '#lib/domain/errors.ts'
import { PlainText } from '#lib/domain/plain-text.ts'
import { Facts, type Finding, REPLY_FAILURES } from '#lib/domain/training/finding.ts'
import { log } from '#lib/log.ts'
import { EndpointDetails, modelSubject } from './model-shape.ts'
import { operation, streamOf } from './operation.ts'
import { projectSubject } from './subject.ts'

const ChatMessage = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: PlainText.max(100_000) })

const Part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('done'), finish: z.string(), tokens: z.number().nullable(), tokensPerSecond: z.number().nullable() }),
  z.object({
    type: z.literal('error'),
    code: z.enum(REPLY_FAILURES),
    facts: Facts.describe('What the words of this code name'),
    message: z.string().describe('In English'),
    cure: z.string(),
  }),
])
type Part = z.infer<typeof Part>

type ModelRow = { id: string; name: string; kind: string; state: string; path: string | null; adapterPath: string | null; details: unknown }

function partsOf(model: ModelRow, request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart> {
  if (model.state !== 'ready') return refuseWith('model-not-ready', 'reply', { code: 'model-not-ready', facts: { name: model.name } })
  if (model.kind === 'endpoint') {
    const { baseUrl, model: name, sealedKey } = EndpointDetails.parse(model.details).endpoint
    return generateRemotely({ baseUrl, model: name, apiKey: sealedKey === null ? null : openSecret(sealedKey, model.id) }, request, signal)
  }
  if (!model.path) return refuseWith('model-not-ready', 'reply', { code: 'no-files', facts: { name: model.name } })
  return generateLocally({ base: model.path, adapter: model.adapterPath }, request, signal)
}

/** What went before the first piece leaves as a refusal; what goes wrong later has to be said in the stream. */
async function* stream(first: IteratorResult<ReplyPart>, rest: AsyncGenerator<ReplyPart>, stop: AbortController): AsyncGenerator<Part> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value
  } catch (error) {
    if (stop.signal.aborted) return
    if (!(error instanceof ReplyFailed)) log.error({ err: error }, 'an answer broke off')
    const finding: Finding<'reply'> = error instanceof ReplyFailed ? error.finding : { code: 'broke-off', facts: {} }
    yield { type: 'error', ...finding, ...inEnglish('reply', finding) }
  } finally {
    // Reached too when the reader leaves: the engine must not go on writing for nobody.
    stop.abort()
    await rest.return(undefined).catch(() => undefined)
  }
}

export const generateReply = operation('model:generate', {
  name: 'generateReply',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/models/{modelId}/replies',
    summary: 'Let a model answer, streamed as server-sent events',
    description:
      'Events: {type: text, text}, then {type: done, finish, tokens, tokensPerSecond} or {type: error, code, facts, message, cure}. Closing the connection ends the generation.',
    tags: ['models'],
  },
  transaction: 'none',
  rate: { limit: 60, windowSeconds: 60 },
  input: z.strictObject({
    projectId: z.uuid(),
    modelId: z.uuid(),
    messages: z.array(ChatMessage).min(1).max(200),
    temperature: z.number().min(0).max(2).default(0),
    maxTokens: z.int().min(1).max(4096).default(256),
    seed: z.int().min(0).max(4_294_967_295).default(0),
  }),
  output: streamOf(Part),
  subject: ({ tx, input }) => modelSubject(tx, input.projectId, input.modelId),
  run: async ({ input, subject, signal }) => {
    const { messages, temperature, maxTokens, seed } = input
    if (messages.at(-1)?.role === 'assistant')
      refuse('invalid-input', 'messages: the last one must not be the assistant’s; there would be nothing to answer.')
    const stop = new AbortController()
    const parts = partsOf(subject, { messages, temperature, maxTokens, seed }, signal ? AbortSignal.any([signal, stop.signal]) : stop.signal)
    try {
      return stream(await parts.next(), parts, stop)
    } catch (error) {
      if (error instanceof ReplyFailed) refuseWith('model-not-ready', 'reply', error.finding)
      throw error
    }
  },
})

const Side = z.strictObject({ modelId: z.uuid(), text: z.string().max(100_000) })
const digest = (text: string) => createHash('sha256').update(text).digest('hex')

export const recordComparison = operation('model:generate', {
  name: 'recordComparison',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/comparisons',
    summary: 'Record which of two answers was better',
    description: 'Kept in the audit log with the hashes of prompt and answers. `isBlind`: the judge did not know which model wrote which.',
    tags: ['models'],
  },
  event: 'answers.compared',
  input: z.strictObject({
    projectId: z.uuid(),
    messages: z.array(ChatMessage).min(1).max(200),
    a: Side,
    b: Side,
    choice: z.enum(['a', 'b', 'tie', 'neither']),
    isBlind: z.boolean(),
  }),
  output: z.object({ winnerModelId: z.uuid().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, note }) => {
    const { a, b, choice, isBlind, messages } = input
    for (const side of [a, b])
      if (!(await modelSubject(tx, input.projectId, side.modelId))) refuse('not-found', 'There is no such model in this project.')
    const winnerModelId = choice === 'a' ? a.modelId : choice === 'b' ? b.modelId : null
    note({
      choice,
      isBlind,
      winnerModelId,
      promptHash: digest(JSON.stringify(messages)),
      a: { modelId: a.modelId, textHash: digest(a.text) },
      b: { modelId: b.modelId, textHash: digest(b.text) },
    })
    return { winnerModelId }
  },
})

export const replyOperations = { generateReply, recordComparison }
