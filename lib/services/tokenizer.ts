import { z } from 'zod'
import { refuseWith } from '#lib/adapters/english.ts'
import { ModelDetails } from '#lib/adapters/models/folder.ts'
import { readTokenizerFiles } from '#lib/adapters/tokenizer/hf-folder.ts'
import { refuse } from '#lib/domain/errors.ts'
import { modelSubject } from './model-shape.ts'
import { operation } from './operation.ts'

const SpecialToken = z.union([z.string(), z.object({ content: z.string() }), z.null()])

export const getTokenizer = operation('model:read', {
  name: 'getTokenizer',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/models/{modelId}/tokenizer',
    summary: 'A model’s tokenizer and chat template, for counting tokens where the text is written',
    tags: ['models'],
  },
  input: z.strictObject({
    projectId: z.uuid(),
    modelId: z.uuid(),
    contentHash: z.string().max(100).optional().describe('The model’s; given, the answer may be kept for good, and another model is not found'),
  }),
  output: z.object({
    tokenizerJson: z.string().describe('The text of tokenizer.json'),
    chatTemplate: z.string(),
    specialTokens: z.record(z.string(), SpecialToken),
    contextTokens: z.int().nullable(),
  }),
  subject: ({ tx, input }) => modelSubject(tx, input.projectId, input.modelId),
  run: async ({ input, subject, context }) => {
    if (!subject.path) return refuse('not-found', 'This model has no files here: it is an endpoint.')
    if (input.contentHash !== undefined && input.contentHash !== subject.contentHash) return refuse('not-found', 'The model has other files now.')
    const files = await readTokenizerFiles(subject.path).catch((error: Error) =>
      refuseWith('model-invalid', 'model', { code: 'tokenizer-unusable', facts: { detail: error.message } }),
    )
    if (files.chatTemplate === null) return refuseWith('model-invalid', 'model', { code: 'template-missing', facts: {} })
    if (input.contentHash !== undefined) context.responseHeaders?.set('cache-control', 'private, max-age=31536000, immutable')
    const { contextTokens = null } = ModelDetails.partial().safeParse(subject.details).data ?? {}
    return { tokenizerJson: files.tokenizerJson, chatTemplate: files.chatTemplate, specialTokens: files.specialTokens, contextTokens }
  },
})

export const tokenizerOperations = { getTokenizer }
