// A project with a real row of every noun, made anew for whoever is to own it.

import { randomUUID } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import type { Message } from '#lib/domain/conversation.ts'
import type { GuidelineContent } from '#lib/domain/guideline.ts'
import type { RuleFinding } from '#lib/domain/ruling.ts'
import { DEFAULT_CONFIG } from '#lib/domain/training/config.ts'
import { publishGuideline, saveGuidelineDraft } from '#lib/services/guideline.ts'
import { invoke } from '#lib/services/operation.ts'
import { adjudicateConversation, submitReview } from '#lib/services/review.ts'
import { freezeSnapshot } from '#lib/services/snapshot.ts'
import { runFreeze } from '#lib/services/snapshot-freeze.ts'
import { claimWork } from '#lib/services/work.ts'
import { buildTrainable, openTrainer } from './trainer.ts'
import { as, buildProject, buildPrompt, buildSubmission, join } from './world.ts'

/** Answers as OpenAI's chat completions stream does. */
function openEndpoint(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`data: ${JSON.stringify({ choices: [{ delta: { content: 'Yes.' }, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

const rule: GuidelineContent['rules'][number] = {
  slug: 'truthful/unknown',
  principle: 'truthful',
  level: 'must',
  title: { en: 'Say so' },
  statement: { en: 'Say that you do not know.' },
  rationale: { en: 'Because.' },
  appliesTo: { roles: ['assistant'], categories: [] },
  good: { prompt: { en: 'Who?' }, answer: { en: 'I do not know.' }, why: { en: 'He is invented.' } },
  bad: { prompt: { en: 'Who?' }, answer: { en: 'He is.' }, why: { en: 'He is invented.' } },
  examples: [],
}

/** A guideline that can be published, another each time. */
export const guidelineText = () => ({ title: { en: randomUUID() }, body: { en: 'Read it.' }, procedure: [], rules: [rule] })

export async function buildScene() {
  const data = await buildTrainable(await openTrainer(), 6)
  const manager = await join(data.project.id, 'manager')
  await invoke(saveGuidelineDraft, { projectId: data.project.id, baseVersion: 0, content: guidelineText() }, as(manager))
  await invoke(publishGuideline, { projectId: data.project.id, bump: 'major', note: 'The first.', draftVersion: 1 }, as(manager))
  const base = await db.model.findUniqueOrThrow({ where: { id: data.modelId } })
  const again = await invoke(freezeSnapshot, { projectId: data.project.id, name: 'again' }, as(data.engineer))
  await runFreeze({ snapshotId: again.id })
  const server = await openEndpoint()
  const details = { endpoint: { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, model: 'big', sealedKey: null } }
  const endpoint = await db.model.create({ data: { kind: 'endpoint', name: 'endpoint', projectId: data.project.id, details } })
  const folder = mkdtempSync(path.join(tmpdir(), 'exemplar-scene-'))
  writeFileSync(path.join(folder, 'adapter.bin'), 'weights')
  const files = [{ path: 'adapter.bin', bytes: 7, sha256: 'x' }]
  const tuned = await db.model.create({
    data: { kind: 'tuned', name: 'tuned', projectId: data.project.id, path: base.path, adapterPath: folder, details: { files } },
  })
  const file = await db.buildFile.findFirstOrThrow({ where: { buildId: data.buildId } })
  const imported = await db.promptImport.create({
    data: { projectId: data.project.id, fileName: 'f.json', format: 'alpaca', createdById: data.engineer.userId },
  })
  return {
    ...data,
    projectId: data.project.id,
    otherSnapshotId: again.id,
    endpointId: endpoint.id,
    tunedId: tuned.id,
    importId: imported.id,
    basePath: base.path ?? '',
    buildFile: file.path,
    close: () => server.close(),
  }
}
export type Scene = Awaited<ReturnType<typeof buildScene>>

/** Somebody else's project with the rows that requests to the first one must not reach. */
export async function buildForeign({ modelId }: Scene) {
  const project = await buildProject()
  const manager = await join(project.id, 'labeller', 'reviewer', 'engineer', 'manager')
  const projectId = project.id
  const createdById = manager.userId
  const snapshot = await db.snapshot.create({
    data: { projectId, name: 's', query: {}, seed: '1', shares: { train: 1, validation: 0, test: 0 }, createdById },
  })
  const model = await db.model.create({ data: { projectId, kind: 'base', name: 'm', details: {} } })
  const recipe = { data: { projectId, snapshotId: snapshot.id, modelId, recipe: {}, recipeHash: 'h', createdById } }
  const build = await db.build.create(recipe)
  const run = await db.run.create({ data: { projectId, name: 'r', buildId: build.id, baseModelId: modelId, config: DEFAULT_CONFIG, createdById } })
  return { projectId, manager, snapshotId: snapshot.id, modelId: model.id, buildId: build.id, runId: run.id }
}

/** A conversation its owner has begun, with the lease. */
export async function draftOf({ projectId }: Scene, owner: Person) {
  await buildPrompt(projectId)
  const lease = await invoke(claimWork, { projectId }, as(owner))
  const conversationId = lease.conversationId ?? ''
  const { version, content } = await db.draft.findUniqueOrThrow({ where: { conversationId } })
  const { messages } = content as { messages: Message[] }
  return { assignmentId: lease.id, conversationId, version, messages }
}

export async function submissionOf({ projectId }: Scene, owner: Person) {
  await buildPrompt(projectId)
  return buildSubmission(projectId, owner)
}

export async function escalationOf(scene: Scene, owner: Person) {
  const { conversationId, revisionId } = await submissionOf(scene, owner)
  await invoke(submitReview, { conversationId, revisionId, verdict: 'escalate', summary: 'Is this harmful?' }, as(scene.reviewer))
  return { conversationId, revisionId }
}

/** What an adjudication on the scene's one rule may say. */
export const ruling = (finding: RuleFinding) => ({
  question: 'May it name somebody nobody knows?',
  decision: 'Only to say so.',
  rules: [{ rule: rule.slug, finding }],
})

/** A ruling on an escalation of somebody's, by a manager. */
export async function rulingOf(scene: Scene, finding: RuleFinding): Promise<string> {
  const { projectId } = scene
  const { conversationId, revisionId } = await escalationOf(scene, await join(projectId, 'labeller'))
  const decision = { conversationId, revisionId, verdict: 'approve' as const, ruling: ruling(finding) }
  const { reviewId } = await invoke(adjudicateConversation, decision, as(await join(projectId, 'manager')))
  return (await db.ruling.findUniqueOrThrow({ where: { reviewId } })).id
}

/** A verdict by its owner with a remark, on somebody else's text; or, by another, on the owner's text. */
export async function reviewOf(scene: Scene, { reviewer, author }: { reviewer: Person; author: Person }) {
  const { conversationId, revisionId } = await submissionOf(scene, author)
  const comments = [{ body: 'A word.', severity: 'nit' as const }]
  const { reviewId } = await invoke(submitReview, { conversationId, revisionId, verdict: 'approve', comments }, as(reviewer))
  const comment = await db.comment.findFirstOrThrow({ where: { reviewId } })
  return { reviewId, commentId: comment.id }
}

export async function runOf({ projectId, buildId, modelId, engineer }: Scene, state: string) {
  const run = await db.run.create({
    data: { projectId, name: 'a run', buildId, baseModelId: modelId, config: DEFAULT_CONFIG, createdById: engineer.userId, state },
  })
  return run.id
}
