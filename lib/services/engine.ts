import { refuseWith } from '#lib/adapters/english.ts'
import { loadTokenizerFolder, requireChatTemplate, stampOfTokenizerFolder, TokenizerFolderError } from '#lib/adapters/tokenizer/hf-folder.ts'
import type { Tokenizer } from '#lib/domain/sft/encode.ts'
import type { Recipe } from '#lib/domain/sft/recipe.ts'
import { type ChatTemplate, compileTemplate, TemplateError } from '#lib/domain/sft/template.ts'

/** A model's tokenizer and template, ready for the engine, with what pins them. */
export type Engine = { tokenizer: Tokenizer; template: ChatTemplate; tokenizerHash: string; chatTemplate: string; chatTemplateHash: string }

type Source = { path: string | null; name: string }

// Loading takes a good part of a second and the model view asks for it at every keystroke's pause.
const MOST_LOADED = 4
const loaded = new Map<string, { stamp: string; folder: ReturnType<typeof loadTokenizerFolder> }>()

/** The folder as it is now: a model converted again or a template put right is read anew. */
async function load(path: string) {
  const stamp = await stampOfTokenizerFolder(path)
  const known = loaded.get(path)
  if (known?.stamp === stamp) return known.folder
  const folder = loadTokenizerFolder(path)
  folder.catch(() => loaded.delete(path))
  loaded.delete(path)
  loaded.set(path, { stamp, folder })
  const oldest = loaded.keys().next().value
  if (loaded.size > MOST_LOADED && oldest !== undefined) loaded.delete(oldest)
  return folder
}

/**
 * Loads what rendering for a model needs.
 * @throws Refusal `model-invalid` naming the missing or broken file.
 */
export async function loadEngine(model: Source, recipe: Pick<Recipe, 'pinnedDate' | 'templateKwargs'>): Promise<Engine> {
  if (!model.path) return refuseWith('model-invalid', 'model', { code: 'no-folder', facts: { name: model.name } })
  try {
    const folder = await load(model.path)
    const { chatTemplate, chatTemplateHash } = requireChatTemplate(folder)
    const template = compileTemplate(chatTemplate, { tokens: folder.specialTokens, kwargs: recipe.templateKwargs, pinnedDate: recipe.pinnedDate })
    return { tokenizer: folder.tokenizer, template, tokenizerHash: folder.tokenizerHash, chatTemplate, chatTemplateHash }
  } catch (error) {
    const facts = { detail: String((error as Error).message) }
    if (error instanceof TokenizerFolderError) refuseWith('model-invalid', 'model', { code: 'tokenizer-unusable', facts })
    if (error instanceof TemplateError) refuseWith('model-invalid', 'model', { code: 'template-broken', facts })
    throw error
  }
}
