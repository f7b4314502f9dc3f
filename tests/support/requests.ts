// For every operation a request that is good: what the matrix of roles and the test of repeated requests send.
import { randomUUID } from 'node:crypto'
import { hashPassword } from '#lib/auth/password.ts'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { diffDraft } from '#lib/domain/draft-patch.ts'
import { currentGuideline } from '#lib/services/current-guideline.ts'
import { draftOf, escalationOf, guidelineText, reviewOf, ruling, rulingOf, runOf, type Scene, submissionOf } from './scene.ts'
import { assistant, buildPerson, buildPrompt, join, user } from './world.ts'

export type Sent = { params?: Record<string, string>; query?: Record<string, string>; body?: Record<string, unknown>; file?: string }
/** Makes the rows the request is about, as the work of `owner`. */
export type Make = (scene: Scene, owner: Person) => Sent | Promise<Sent>

export const PASSWORD = 'a passphrase nobody guesses 7'
const hash = hashPassword(PASSWORD)

const name = () => `thing-${randomUUID().slice(0, 12)}`
const email = () => `${name()}@example.test`
const inProject =
  (body?: Record<string, unknown>): Make =>
  (scene) => ({ params: { projectId: scene.projectId }, ...(body && { body }) })
const onBuild: Make = (scene) => ({ params: { buildId: scene.buildId } })
const onRun =
  (state: string, body?: Record<string, unknown>): Make =>
  async (scene) => ({ params: { runId: await runOf(scene, state) }, ...(body && { body }) })
const onDraft: Make = async (scene, owner) => ({ params: { conversationId: (await draftOf(scene, owner)).conversationId } })
const onLease =
  (body: Record<string, unknown> = {}): Make =>
  async (scene, owner) => ({ params: { assignmentId: (await draftOf(scene, owner)).assignmentId }, body })
const withDraft: Make = async (scene, owner) => {
  const { conversationId, version, messages } = await draftOf(scene, owner)
  return { params: { conversationId }, body: { baseVersion: version, content: { messages: [...messages, assistant('Yes.')], tools: [] } } }
}
const judging =
  (verdict: string): Make =>
  async (scene, owner) => {
    const { conversationId, revisionId } = await submissionOf(scene, owner)
    return { params: { conversationId }, body: { revisionId, verdict } }
  }
const onMember =
  (body?: Record<string, unknown>): Make =>
  async ({ projectId }) => ({ params: { projectId, userId: (await join(projectId, 'labeller')).userId }, ...(body && { body }) })
const account =
  (body?: Record<string, unknown>): Make =>
  async () => ({ params: { id: (await buildPerson()).userId }, ...(body && { body }) })

const draftVersion = async (projectId: string) => (await db.guidelineDraft.findUnique({ where: { projectId } }))?.version ?? 0

const guidelineMarkdown = '# Guideline\n\n## Say so {#truthful/unknown level=must}\n\nSay that you do not know.\n'

const publishing: Make = async ({ projectId }) => {
  const row = { content: guidelineText(), version: 1 }
  await db.guidelineDraft.upsert({ where: { projectId }, create: { projectId, ...row }, update: row })
  return { params: { projectId }, body: { bump: 'minor', note: 'Another wording.', draftVersion: 1 } }
}

const queuedBuild: Make = async ({ projectId, snapshotId, modelId }) => {
  const build = await db.build.create({ data: { projectId, snapshotId, modelId, recipe: {}, recipeHash: name() } })
  return { params: { buildId: build.id } }
}

const password: Make = async (_scene, owner) => {
  await db.user.update({ where: { id: owner.userId }, data: { passwordHash: await hash } })
  return { body: { currentPassword: PASSWORD, newPassword: `${PASSWORD} ${name()}` } }
}

const ownToken: Make = async ({ projectId }, owner) => {
  const row = { projectId, userId: owner.userId, name: 't', tokenHash: name(), prefix: 'exm_', actions: [] }
  const token = await db.apiToken.create({ data: { ...row, expiresAt: new Date(Date.now() + 60_000) } })
  return { params: { id: token.id } }
}

const chat = [{ role: 'user', content: 'Who was it?' }]
const fine = { config: { optimisation: { maxSteps: 2, batchSize: 2, dtype: 'float32', gradientCheckpointing: false } } }
const audit: Make = ({ projectId }) => ({ query: { projectId } })

export const REQUESTS: Record<string, Make> = {
  // The account and the instance.
  getMe: () => ({}),
  updateMe: () => ({ body: { theme: 'dark' } }),
  changePassword: password,
  signOutEverywhere: () => ({ body: {} }),
  createFirstAdmin: () => ({ body: { email: email(), name: 'First', password: PASSWORD } }),
  listUsers: () => ({}),
  createUser: () => ({ body: { email: email(), name: 'New' } }),
  updateUser: account({ isDisabled: true }),
  resetPassword: account({}),
  registerEndpoint: () => ({ body: { name: name(), baseUrl: 'http://127.0.0.1:9/v1', model: 'big' } }),
  listApiTokens: () => ({}),
  createApiToken: inProject({ name: 'script', actions: ['project:read'] }),
  revokeApiToken: ownToken,
  // The project and its people.
  listProjects: () => ({}),
  createProject: () => ({ body: { name: name() } }),
  getProject: inProject(),
  getProjectBySlug: ({ project }) => ({ params: { slug: project.slug } }),
  updateProject: inProject({ description: 'Another.' }),
  getProjectChecks: inProject(),
  setProjectChecks: inProject({ checks: { ownNames: ['Juniper'] } }),
  getHome: inProject(),
  listMembers: inProject(),
  addMember: ({ projectId }) => ({ params: { projectId }, body: { email: email(), roles: ['labeller'] } }),
  updateMember: onMember({ roles: ['reviewer'] }),
  removeMember: onMember(),
  listAuditEvents: audit,
  verifyAudit: audit,
  getQuality: inProject(),
  // The guideline.
  getGuideline: inProject(),
  listGuidelineVersions: inProject(),
  confirmReading: async ({ projectId }) => ({ params: { projectId }, body: { version: (await currentGuideline(db, projectId))?.version } }),
  listReadings: inProject(),
  searchRules: inProject(),
  searchGuideline: ({ projectId }) => ({ params: { projectId }, query: { search: 'know' } }),
  listRetiredRules: inProject(),
  exportGuideline: ({ projectId }) => ({ params: { projectId }, query: { language: 'en' } }),
  exportGuidelineDraft: ({ projectId }) => ({ params: { projectId }, query: { language: 'en' } }),
  previewGuidelineImport: inProject({ language: 'en', text: guidelineMarkdown }),
  importGuideline: async ({ projectId }) => ({
    params: { projectId },
    body: { language: 'en', text: guidelineMarkdown, baseVersion: await draftVersion(projectId) },
  }),
  getGuidelineDraft: inProject(),
  saveGuidelineDraft: async ({ projectId }) => ({
    params: { projectId },
    body: { baseVersion: await draftVersion(projectId), content: guidelineText() },
  }),
  previewGuidelineImpact: inProject(),
  publishGuideline: publishing,
  // Prompts and imports.
  listPrompts: inProject(),
  getPrompt: async ({ projectId }) => ({ params: { promptId: (await db.prompt.findFirstOrThrow({ where: { projectId } })).id } }),
  getOwnRecord: inProject(),
  setOwnGoal: inProject({ weeklyGoal: 5 }),
  updatePrompts: async ({ projectId }) => ({ params: { projectId }, body: { promptIds: [(await buildPrompt(projectId)).id], priority: 3 } }),
  listWorkInHand: inProject(),
  getWorkQueue: inProject(),
  revokeAssignment: onLease(),
  createPrompt: ({ projectId }) => ({ params: { projectId }, body: { messages: [user(name())] } }),
  withdrawPrompt: async ({ projectId }) => {
    const prompt = { contentHash: name(), messages: [], tools: [], firstUserText: 'x', answersWanted: 1, openSlots: 1 }
    return { params: { promptId: (await db.prompt.create({ data: { projectId, ...prompt } })).id } }
  },
  importPrompts: ({ projectId }) => ({ params: { projectId }, file: JSON.stringify([{ instruction: name(), input: '', output: '' }]) }),
  listImports: inProject(),
  getImport: ({ importId }) => ({ params: { importId } }),
  listImportFaults: ({ importId }) => ({ params: { importId } }),
  downloadImportFaults: ({ importId }) => ({ params: { importId } }),
  // Writing and reviewing.
  claimWork: async ({ projectId }) => {
    await buildPrompt(projectId)
    return { params: { projectId }, body: { kind: 'write' } }
  },
  resumeWork: onDraft,
  extendAssignment: onLease(),
  skipAssignment: onLease({ reason: 'other', comment: 'No.' }),
  releaseAssignment: onLease(),
  getDraft: onDraft,
  saveDraft: withDraft,
  patchDraft: async (scene, owner) => {
    const { conversationId, version, messages } = await draftOf(scene, owner)
    const patch = diffDraft({ messages, tools: [] }, { messages: [...messages, assistant('Yes.')], tools: [] })
    return { params: { conversationId }, body: { baseVersion: version, patch } }
  },
  submitConversation: withDraft,
  listConversations: ({ projectId }) => ({ params: { projectId }, query: { state: 'approved' } }),
  getConversation: async (scene, owner) => ({ params: { conversationId: (await submissionOf(scene, owner)).conversationId } }),
  listNearDuplicates: async (scene, owner) => ({ params: { conversationId: (await submissionOf(scene, owner)).conversationId } }),
  withdrawConversation: async (scene, owner) => ({
    params: { conversationId: (await submissionOf(scene, owner)).conversationId },
    body: { reason: 'No.' },
  }),
  listOwnVerdicts: ({ projectId }) => ({ params: { projectId }, query: { since: '2026-01-01T00:00:00.000Z' } }),
  claimAdjudicationOf: async (scene, owner) => ({ params: { conversationId: (await escalationOf(scene, owner)).conversationId } }),
  claimReviewOf: async (scene, owner) => ({ params: { conversationId: (await submissionOf(scene, owner)).conversationId } }),
  submitReview: judging('approve'),
  adjudicateConversation: async (scene, owner) => {
    const { conversationId, revisionId } = await escalationOf(scene, owner)
    return { params: { conversationId }, body: { revisionId, verdict: 'approve', ruling: ruling('kept') } }
  },
  fixConversation: async (scene, owner) => {
    const { conversationId, revisionId } = await submissionOf(scene, owner)
    return { params: { conversationId }, body: { revisionId, content: { messages: [user('Q?'), assistant('A.')], tools: [] } } }
  },
  withdrawReview: async (scene, reviewer) => ({
    params: { reviewId: (await reviewOf(scene, { reviewer, author: await join(scene.projectId, 'labeller') })).reviewId },
  }),
  renewConversation: async (scene, owner) => {
    const { conversationId } = await submissionOf(scene, owner)
    await db.conversation.update({ where: { id: conversationId }, data: { state: 'stale' } })
    return { params: { conversationId } }
  },
  renewConversations: inProject({}),
  listGuidelineGaps: inProject(),
  getAgreement: inProject(),
  listComments: async (scene, owner) => ({ params: { conversationId: (await submissionOf(scene, owner)).conversationId } }),
  replyToComment: async (scene, author) => ({
    params: { commentId: (await reviewOf(scene, { reviewer: scene.reviewer, author })).commentId },
    body: { body: 'I disagree, because it is known.' },
  }),
  listRulings: inProject(),
  getRuling: async (scene) => ({ params: { rulingId: await rulingOf(scene, 'kept') } }),
  listContradictions: inProject(),
  overruleRuling: async (scene) => ({ params: { rulingId: await rulingOf(scene, 'kept') }, body: { byId: await rulingOf(scene, 'broken') } }),
  reconcileRuling: async (scene) => ({ params: { rulingId: await rulingOf(scene, 'kept') }, body: { rule: 'truthful/unknown' } }),
  resolveComment: async (scene, author) => ({ params: { commentId: (await reviewOf(scene, { reviewer: scene.reviewer, author })).commentId } }),
  // Snapshots and builds.
  previewSnapshot: inProject({}),
  freezeSnapshot: ({ projectId }) => ({ params: { projectId }, body: { name: name() } }),
  getSnapshot: ({ snapshotId }) => ({ params: { snapshotId } }),
  listSnapshots: inProject(),
  listSnapshotRows: ({ snapshotId }) => ({ params: { snapshotId } }),
  diffSnapshots: ({ snapshotId, otherSnapshotId }) => ({ params: { snapshotId, otherId: otherSnapshotId } }),
  startBuild: ({ projectId, snapshotId, modelId }) => ({ params: { projectId }, body: { snapshotId, modelId } }),
  cancelBuild: queuedBuild,
  getBuild: onBuild,
  listBuilds: inProject(),
  listBuildFiles: onBuild,
  downloadBuild: onBuild,
  downloadBuildFile: ({ buildId, buildFile }) => ({ params: { buildId }, query: { path: buildFile } }),
  listLedger: onBuild,
  getBuildHistogram: onBuild,
  verifyBuild: onBuild,
  getBuildRow: ({ buildId }) => ({ params: { buildId, split: 'train', rowIndex: '0' } }),
  // Models and runs.
  listModels: inProject(),
  getModel: ({ projectId, tunedId }) => ({ params: { projectId, modelId: tunedId } }),
  registerModel: ({ projectId, basePath }) => ({ params: { projectId }, body: { name: name(), path: basePath } }),
  removeModel: async ({ projectId }) => {
    const model = await db.model.create({ data: { projectId, kind: 'base', name: name(), details: {} } })
    return { params: { projectId, modelId: model.id } }
  },
  downloadModelFile: ({ projectId, tunedId }) => ({ params: { projectId, modelId: tunedId }, query: { path: 'adapter.bin' } }),
  getTokenizer: ({ projectId, modelId }) => ({ params: { projectId, modelId } }),
  renderExample: ({ projectId, modelId }) => ({ params: { projectId }, body: { modelId, messages: [user('Q?'), assistant('A.')] } }),
  generateReply: ({ projectId, endpointId }) => ({ params: { projectId, modelId: endpointId }, body: { messages: chat } }),
  recordComparison: ({ projectId, modelId, tunedId }) => ({
    params: { projectId },
    body: { messages: chat, a: { modelId, text: 'A' }, b: { modelId: tunedId, text: 'B' }, choice: 'a', isBlind: true },
  }),
  startRun: ({ projectId, buildId, modelId }) => ({ params: { projectId }, body: { buildId, modelId, ...fine } }),
  preflightRun: ({ projectId, buildId, modelId }) => ({ params: { projectId }, body: { buildId, modelId, ...fine } }),
  getRunDefaults: ({ projectId, buildId }) => ({ params: { projectId }, query: { buildId } }),
  stopRun: onRun('paused', { mode: 'cancel' }),
  resumeRun: onRun('paused'),
  removeRunFiles: onRun('succeeded'),
  renameRun: onRun('paused', { name: 'Other' }),
  getRun: onRun('paused'),
  listRuns: inProject(),
  listRunEvents: async (scene) => ({ params: { runId: await runOf(scene, 'paused') }, query: { type: 'metrics' } }),
  getRunSeries: onRun('paused'),
  getTrainerEnvironment: inProject(),
  retryTrainerEnvironment: inProject({}),
}
