/**
 * Builds a dataset folder from the shipped demo conversations, as the product builds one from a snapshot.
 *
 *   node tests/python/emit-build.ts MODEL_FOLDER OUT_FOLDER [RECIPE as JSON]
 */
import path from 'node:path'
import { writeBuildFolder } from '#lib/adapters/parquet/build-folder.ts'
import { loadTokenizerFolder, requireChatTemplate } from '#lib/adapters/tokenizer/hf-folder.ts'
import type { CandidateRow } from '#lib/domain/sft/build.ts'
import { Recipe } from '#lib/domain/sft/recipe.ts'
import { compileTemplate } from '#lib/domain/sft/template.ts'
import { demoConversations, messagesOf, toolsOf, trainingConversations } from '../../prisma/seed/content.ts'

const [modelFolder = '', output = '', recipeText = '{}'] = process.argv.slice(2)
const recipe = Recipe.parse(JSON.parse(recipeText))
const folder = await loadTokenizerFolder(modelFolder)
const { chatTemplate, chatTemplateHash } = requireChatTemplate(folder)
const tokenized = recipe.format === 'tokenized'

const splitOf = (position: number): string => ({ 0: 'test', 1: 'validation' })[position % 10] ?? 'train'
const rows = [...demoConversations(), ...trainingConversations()]
  .filter(({ state }) => state === 'approved')
  .map(
    ({ key, prompt, messages }, position): CandidateRow => ({
      position,
      conversationId: key,
      revisionId: `${key}-last`,
      split: splitOf(position),
      category: prompt.category || null,
      language: prompt.language || null,
      contentHash: String(position).padStart(64, '0'),
      messages: messagesOf(messages),
      tools: toolsOf(prompt),
    }),
  )

await writeBuildFolder({
  rows,
  recipe,
  directory: path.resolve(output),
  name: 'Demo',
  snapshotHash: '0'.repeat(64),
  template: tokenized ? compileTemplate(chatTemplate, { tokens: folder.specialTokens }) : null,
  tokenizer: tokenized ? folder.tokenizer : null,
  tokenizerHash: tokenized ? folder.tokenizerHash : null,
  chatTemplateHash: tokenized ? chatTemplateHash : null,
  chatTemplate: tokenized ? chatTemplate : null,
})
