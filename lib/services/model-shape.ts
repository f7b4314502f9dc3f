import { z } from 'zod'
import { ModelDetails } from '#lib/adapters/models/folder.ts'
import type { Tx } from './operation.ts'

export const ModelKind = z.enum(['base', 'tuned', 'endpoint'])

export const ModelItem = z.object({
  id: z.uuid(),
  projectId: z.uuid().nullable().describe('Null for a model of the whole instance'),
  kind: ModelKind,
  name: z.string(),
  state: z.string(),
  licence: z.string(),
  bytes: z.number(),
  contentHash: z.string().nullable(),
  baseModelId: z.uuid().nullable(),
  runId: z.uuid().nullable(),
  isAdapter: z.boolean().describe('An adapter on its base model: it answers, but nothing is built for it or tuned on it'),
  injectedIdentity: z.string().nullable().describe('What its chat template says by itself where a conversation has no system message'),
  createdAt: z.date(),
})

const Lineage = z.looseObject({
  buildId: z.string(),
  snapshotId: z.string(),
  buildContentHash: z.string().nullish(),
  baseContentHash: z.string().nullish(),
})
const Files = z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() }))

export const ModelDetail = ModelItem.extend({
  path: z.string().nullable(),
  adapterPath: z.string().nullable(),
  details: ModelDetails.partial(),
  endpoint: z.object({ baseUrl: z.string(), model: z.string(), hasKey: z.boolean() }).nullable(),
  lineage: Lineage.nullable(),
  files: Files,
})

/** What the row of an endpoint keeps; the key only encrypted. */
export const EndpointDetails = z.looseObject({ endpoint: z.object({ baseUrl: z.string(), model: z.string(), sealedKey: z.string().nullable() }) })

/** A model of the project or of the whole instance, looked at from the project, whose members may. */
export async function modelSubject(tx: Tx, projectId: string, modelId: string) {
  const model = await tx.model.findFirst({ where: { id: modelId, OR: [{ projectId }, { projectId: null }] } })
  return model && { ...model, projectId, ownProjectId: model.projectId }
}

type Row = { kind: string; bytes: bigint; adapterPath: string | null; details: unknown }

const Stored = z.looseObject({ lineage: Lineage.nullish(), files: Files.nullish() })

/** A stored model as operations show it; the key of an endpoint stays behind. */
export const shapeModel = <R extends Row>(row: R) => {
  const details = ModelDetails.partial().safeParse(row.details).data ?? {}
  const stored = Stored.safeParse(row.details).data
  const endpoint = EndpointDetails.safeParse(row.details).data?.endpoint
  return {
    ...row,
    kind: ModelKind.parse(row.kind),
    bytes: Number(row.bytes),
    isAdapter: row.adapterPath !== null,
    injectedIdentity: details.injectedIdentity ?? null,
    details,
    endpoint: endpoint ? { baseUrl: endpoint.baseUrl, model: endpoint.model, hasKey: endpoint.sealedKey !== null } : null,
    lineage: stored?.lineage ?? null,
    files: stored?.files ?? [],
  }
}
