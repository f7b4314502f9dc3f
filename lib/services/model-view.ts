import { z } from 'zod'
import { buildDirectory } from '#lib/adapters/artifacts/store.ts'
import { Manifest } from '#lib/adapters/parquet/manifest.ts'
import { readParquetRows } from '#lib/adapters/parquet/reader.ts'
import { Int4 } from '#lib/domain/bounds.ts'
import { Message, Tool } from '#lib/domain/conversation.ts'
import { refuse } from '#lib/domain/errors.ts'
import { controlTokens } from '#lib/domain/sft/encode.ts'
import { tokenizeConversation } from '#lib/domain/sft/example.ts'
import { Recipe } from '#lib/domain/sft/recipe.ts'
import { cutView, ModelView, viewOf, viewOfTokens } from '#lib/domain/sft/view.ts'
import { buildSubject } from './build.ts'
import { type Engine, loadEngine } from './engine.ts'
import { operation, type Tx } from './operation.ts'
import { usableModel } from './run-subject.ts'
import { projectSubject } from './subject.ts'

const Viewed = z.object({ view: ModelView.nullable(), refusal: z.object({ code: z.string(), message: z.string() }).nullable() })

type Text = { messages: Message[]; tools: Tool[] }

async function look(engine: Engine, text: Text, recipe: Recipe): Promise<z.input<typeof Viewed>> {
  const example = await tokenizeConversation({ ...text, template: engine.template, tokenizer: engine.tokenizer, options: { eot: recipe.eot } })
  return example.ok ? { view: viewOf(example), refusal: null } : { view: null, refusal: { code: example.code, message: example.message } }
}

export const renderExample = operation('model:read', {
  name: 'renderExample',
  // A POST because the text is a document; it changes nothing.
  route: {
    method: 'POST',
    path: '/projects/{projectId}/renderings',
    summary: 'A conversation as a model would see it',
    description: 'Rendered, tokenized and masked by the code that makes builds. A text the template does not take is answered with its refusal.',
    tags: ['models'],
  },
  input: z.strictObject({
    projectId: z.uuid(),
    modelId: z.uuid(),
    messages: z.array(Message).max(2000),
    tools: z.array(Tool).max(128).default([]),
    recipe: Recipe.prefault({}),
  }),
  output: Viewed,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: null,
  run: async ({ tx, input, subject }) => {
    const model = await usableModel(tx, subject.id, input.modelId)
    return look(await loadEngine(model, input.recipe), input, input.recipe)
  },
})

/** The shard and the row in it where a split's row lies. */
function place(manifest: Manifest, split: string, rowIndex: number): { path: string; row: number } | null {
  let first = 0
  for (const file of manifest.files.filter((each) => each.split === split)) {
    if (rowIndex < first + file.rows) return { path: file.path, row: rowIndex - first }
    first += file.rows
  }
  return null
}

async function revisionText(tx: Tx, revisionId: string): Promise<Text> {
  const revision = await tx.revision.findUniqueOrThrow({ where: { id: revisionId } })
  return { messages: Message.array().parse(revision.messages), tools: Tool.array().parse(revision.tools) }
}

/** The text of each token by itself; one that is only part of a character reads as U+FFFD. */
const piecesOf = async (engine: Engine, ids: readonly number[]): Promise<string[]> => Promise.all(ids.map((id) => engine.tokenizer.decode([id])))

export const getBuildRow = operation('build:read', {
  name: 'getBuildRow',
  route: {
    method: 'GET',
    path: '/builds/{buildId}/rows/{split}/{rowIndex}',
    summary: 'A row of a tokenized build, read from its file, as the model sees it',
    tags: ['builds'],
  },
  input: z.strictObject({ buildId: z.uuid(), split: z.string().max(40), rowIndex: Int4.min(0) }),
  output: z.object({
    view: ModelView,
    conversationIds: z.array(z.string()),
    contentHashes: z.array(z.string()),
    rows: z.int().describe('Rows in this split'),
  }),
  subject: ({ tx, input }) => buildSubject(tx, input.buildId),
  run: async ({ tx, input, subject }) => {
    if (subject.state !== 'ready') refuse('build-not-ready', `The build is ${subject.state}.`, { state: subject.state })
    const manifest = Manifest.parse(subject.manifest)
    const recipe = Recipe.parse(subject.recipe)
    if (recipe.format !== 'tokenized') refuse('not-found', 'A messages build holds no tokens; look at the conversation instead.')
    const found = place(manifest, input.split, input.rowIndex)
    if (!found) return refuse('not-found', `The split ${input.split} has no row ${input.rowIndex}.`)
    const [row] = await readParquetRows(`${buildDirectory(subject.id)}/${found.path}`, found.row, found.row + 1)
    if (!row) return refuse('not-found', 'The row is gone from the artifact store.')
    const engine = await loadEngine(subject.model, recipe)
    const conversationIds = [row.conversation_id].flat()
    const revisionIds = [row.revision_id].flat()
    const rendered = revisionIds.length === 1 && revisionIds[0] ? (await look(engine, await revisionText(tx, revisionIds[0]), recipe)).view : null
    const view =
      (rendered && cutView(rendered, row.input_ids, row.labels)) ??
      viewOfTokens(row.input_ids, row.labels, await piecesOf(engine, row.input_ids), new Set(controlTokens(engine.tokenizer).keys()))
    const rows = manifest.files.filter((file) => file.split === input.split).reduce((sum, file) => sum + file.rows, 0)
    return { view, conversationIds, contentHashes: [row.content_hash].flat(), rows }
  },
})

export const modelViewOperations = { renderExample, getBuildRow }
