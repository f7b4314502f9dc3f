import { z } from 'zod'
import { contentHash } from '#lib/domain/content-hash.ts'
import { Recipe } from '#lib/domain/sft/recipe.ts'

const Hash = z.string().regex(/^[0-9a-f]{64}$/)

export const ManifestFile = z.strictObject({
  path: z.string(),
  split: z.string(),
  rows: z.int().min(0),
  bytes: z.int().min(0),
  sha256: Hash,
})
export type ManifestFile = z.infer<typeof ManifestFile>

const Counts = z.strictObject({
  candidates: z.int(),
  exported: z.int(),
  truncated: z.int(),
  excluded: z.record(z.string(), z.int()),
  tokens: z.int(),
  trainedTokens: z.int(),
  truncatedTokens: z.int(),
  rows: z.int(),
})

/** manifest.json of a build: what it was made from, what it holds, and the hash of all that. */
export const Manifest = z.strictObject({
  version: z.literal(1),
  engine: z.strictObject({ name: z.literal('exemplar'), version: z.string() }),
  name: z.string(),
  snapshotHash: z.string(),
  recipe: Recipe,
  recipeHash: Hash,
  /** Hashes of tokenizer.json and of the template's text; null in a `messages` build. */
  tokenizerHash: Hash.nullable(),
  chatTemplateHash: Hash.nullable(),
  /** File with the template's text, beside the manifest. */
  chatTemplate: z.literal('chat_template.jinja').nullable(),
  counts: z.record(z.string(), Counts),
  /** Rows by outcome over all splits. */
  ledger: z.strictObject({ candidates: z.int(), exported: z.int(), truncated: z.int(), excluded: z.record(z.string(), z.int()) }),
  /** The data, in the order of split and shard. */
  files: z.array(ManifestFile),
  /** Everything else in the folder but the manifest itself. */
  extras: z.array(z.strictObject({ path: z.string(), bytes: z.int().min(0), sha256: Hash })),
  /** sha256 of this object without `buildHash`, as canonical JSON. */
  buildHash: Hash,
})
export type Manifest = z.infer<typeof Manifest>

export async function sealManifest(manifest: Omit<Manifest, 'buildHash'>): Promise<Manifest> {
  return { ...manifest, buildHash: await contentHash(manifest) }
}

/** Whether a manifest's `buildHash` is the hash of the rest. */
export async function manifestIsWhole(manifest: Manifest): Promise<boolean> {
  const { buildHash, ...rest } = manifest
  return buildHash === (await contentHash(rest))
}
