import { randomUUID } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import nodePath from 'node:path'
import { z } from 'zod'
import { refuseWith } from '#lib/adapters/english.ts'
import { inspectModelFolder, measureModelFolder } from '#lib/adapters/models/folder.ts'
import { refusedAddress } from '#lib/adapters/models/openai-compatible.ts'
import { sealSecret } from '#lib/adapters/models/secret.ts'
import { removeFromRuns } from '#lib/adapters/training/run-folder.ts'
import { refuse } from '#lib/domain/errors.ts'
import { ModelDetail, ModelItem, modelSubject, shapeModel } from './model-shape.ts'
import { operation, type Tx } from './operation.ts'
import { instanceSubject, projectSubject } from './subject.ts'

const Name = z.string().trim().min(1).max(120)

export const listModels = operation('model:read', {
  name: 'listModels',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/models',
    summary: 'List the models this project may use: its own and those of the instance',
    tags: ['models'],
  },
  input: z.strictObject({ projectId: z.uuid() }),
  output: z.object({ items: z.array(ModelItem) }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, subject }) => {
    const rows = await tx.model.findMany({
      where: { OR: [{ projectId: subject.id }, { projectId: null }] },
      orderBy: [{ kind: 'asc' }, { createdAt: 'desc' }],
    })
    return { items: rows.map(shapeModel) }
  },
})

const One = z.strictObject({ projectId: z.uuid(), modelId: z.uuid() })

export const getModel = operation('model:read', {
  name: 'getModel',
  route: { method: 'GET', path: '/projects/{projectId}/models/{modelId}', summary: 'Get a model with what is known of its files', tags: ['models'] },
  input: One,
  output: ModelDetail,
  subject: ({ tx, input }) => modelSubject(tx, input.projectId, input.modelId),
  run: async ({ subject }) => ({ ...shapeModel(subject), projectId: subject.ownProjectId }),
})

async function refuseTakenName(tx: Tx, projectId: string | null, name: string): Promise<void> {
  const owners = projectId === null ? [{ projectId: null }] : [{ projectId }, { projectId: null }]
  const taken = await tx.model.findFirst({ where: { name, OR: owners }, select: { id: true } })
  if (taken) refuse('already-exists', `There is a model called “${name}” already. Choose another name.`)
}

export const registerModel = operation('model:manage', {
  name: 'registerModel',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/models',
    summary: 'Register a folder in Hugging Face layout on the server as a base model',
    tags: ['models'],
    successStatus: 201,
  },
  // Hashing gigabytes takes longer than a transaction may; the unique name decides between two at once.
  transaction: 'none',
  input: z.strictObject({
    projectId: z.uuid(),
    name: Name,
    path: z.string().startsWith('/', 'must be an absolute path on the server').max(1000),
    licence: z.string().max(100).default(''),
  }),
  output: ModelDetail,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'model.registered',
  run: async ({ tx, input, subject, note }) => {
    const { name, path, licence } = input
    await refuseTakenName(tx, subject.id, name)
    const details = await inspectModelFolder(path)
    const { bytes, contentHash } = await measureModelFolder(path)
    await refuseTakenName(tx, subject.id, name)
    const model = await tx.model.create({
      data: { projectId: subject.id, kind: 'base', name, path, licence, bytes: BigInt(bytes), contentHash, details },
    })
    note({ modelId: model.id, path, contentHash })
    return shapeModel(model)
  },
})

export const registerEndpoint = operation('instance:administer', {
  name: 'registerEndpoint',
  route: {
    method: 'POST',
    path: '/model-endpoints',
    summary: 'Register a model that answers over OpenAI’s chat completions, for the whole instance',
    description: 'Only admins: this server will send requests to the address. The key is kept encrypted and never shown again.',
    tags: ['models'],
    successStatus: 201,
  },
  input: z.strictObject({
    name: Name,
    baseUrl: z.string().max(1000).describe('Up to and including the version, e.g. http://127.0.0.1:8000/v1'),
    model: z.string().min(1).max(200),
    apiKey: z.string().min(1).max(1000).nullable().default(null),
    licence: z.string().max(100).default(''),
  }),
  output: ModelDetail,
  subject: instanceSubject,
  event: 'model.registered',
  run: async ({ tx, input, note }) => {
    const { name, baseUrl, model: remoteName, apiKey, licence } = input
    const refused = refusedAddress(baseUrl)
    if (refused) refuseWith('invalid-input', 'reply', { code: refused, facts: {} })
    await refuseTakenName(tx, null, name)
    const id = randomUUID()
    const endpoint = { baseUrl, model: remoteName, sealedKey: apiKey === null ? null : sealSecret(apiKey, id) }
    const model = await tx.model.create({ data: { id, projectId: null, kind: 'endpoint', name, licence, details: { endpoint } } })
    note({ modelId: id, baseUrl })
    return shapeModel(model)
  },
})

export const removeModel = operation('model:manage', {
  name: 'removeModel',
  route: {
    method: 'DELETE',
    path: '/projects/{projectId}/models/{modelId}',
    summary: 'Remove a model nothing depends on',
    description: 'The files of a tuned model go with it; a registered folder stays where it is. Models of the instance are removed by admins.',
    tags: ['models'],
  },
  input: One,
  output: z.object({ removed: z.literal(true) }),
  subject: ({ tx, input }) => modelSubject(tx, input.projectId, input.modelId),
  event: 'model.removed',
  run: async ({ tx, subject, may, note }) => {
    if (subject.ownProjectId === null && !may('model:remove-shared'))
      refuse('forbidden', 'This model serves all projects; only an admin may remove it.')
    const builds = await tx.build.count({ where: { modelId: subject.id } })
    const runs = await tx.run.count({ where: { baseModelId: subject.id } })
    const tuned = await tx.model.count({ where: { baseModelId: subject.id } })
    if (builds + runs + tuned > 0) {
      refuse('in-use', `${builds} builds, ${runs} runs and ${tuned} tuned models come from it. A model they name has to stay.`, {
        builds,
        runs,
        tuned,
      })
    }
    await tx.model.delete({ where: { id: subject.id } })
    const output = subject.adapterPath ?? subject.path
    if (subject.kind === 'tuned' && output) await removeFromRuns(output)
    note({ modelId: subject.id, name: subject.name })
    return { removed: true as const }
  },
})

export const downloadModelFile = operation('model:download', {
  name: 'downloadModelFile',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/models/{modelId}/download',
    summary: 'One file of a tuned model',
    tags: ['models'],
    spec: (current) => ({
      ...current,
      responses: { 200: { description: 'The file', content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } } },
    }),
  },
  input: One.extend({ path: z.string().max(300).describe('As getModel names it') }),
  output: z.instanceof(Blob),
  subject: ({ tx, input }) => modelSubject(tx, input.projectId, input.modelId),
  run: async ({ input, subject }) => {
    // Only names the model lists are opened, so no path leads out of its folder.
    const file = shapeModel(subject).files.find((one) => one.path === input.path)
    const folder = subject.adapterPath ?? subject.path
    if (!file || !folder) return refuse('not-found', `The model has no file ${input.path}.`)
    const blob = await openAsBlob(nodePath.join(folder, file.path), { type: 'application/octet-stream' }).catch(() => null)
    return blob ? new File([blob], nodePath.basename(file.path), { type: blob.type }) : refuse('not-found', `${input.path} is gone from the disk.`)
  },
})

export const modelOperations = { listModels, getModel, registerModel, registerEndpoint, removeModel, downloadModelFile }
