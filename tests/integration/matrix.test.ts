import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person, ProjectRole } from '#lib/domain/actor.ts'
import { closeSender } from '#lib/services/queue.ts'
import { call, operations, tokenOf } from '../support/http.ts'
import { REQUESTS } from '../support/requests.ts'
import { buildForeign, buildScene, type Scene } from '../support/scene.ts'
import { buildPerson, join } from '../support/world.ts'

/**
 * Who may do what, written out apart from the policy table and by operation, so that an operation that names a wrong action is
 * found. A sign for labeller, reviewer, engineer, manager: + does it, f is forbidden it, n finds nothing, . cannot own such a
 * row. First on somebody else's row (or on the project), then, where that matters, on one's own.
 */
const IN_PROJECT: Record<string, [others: string, own?: string]> = {
  createApiToken: ['++++'],
  revokeApiToken: ['nnnn', '++++'],
  getProject: ['++++'],
  getProjectBySlug: ['++++'],
  updateProject: ['fff+'],
  getProjectChecks: ['++++'],
  setProjectChecks: ['fff+'],
  getHome: ['++++'],
  listMembers: ['fff+'],
  addMember: ['fff+'],
  updateMember: ['fff+'],
  removeMember: ['fff+'],
  listAuditEvents: ['fff+'],
  verifyAudit: ['fff+'],
  getQuality: ['fff+'],
  getGuideline: ['++++'],
  listGuidelineVersions: ['++++'],
  confirmReading: ['++++'],
  listReadings: ['fff+'],
  searchRules: ['++++'],
  searchGuideline: ['++++'],
  listRetiredRules: ['++++'],
  exportGuideline: ['++++'],
  exportGuidelineDraft: ['fff+'],
  previewGuidelineImport: ['fff+'],
  importGuideline: ['fff+'],
  getGuidelineDraft: ['fff+'],
  saveGuidelineDraft: ['fff+'],
  previewGuidelineImpact: ['fff+'],
  publishGuideline: ['fff+'],
  listPrompts: ['f+++'],
  getPrompt: ['f+++'],
  getOwnRecord: ['++f+'],
  setOwnGoal: ['++f+'],
  updatePrompts: ['fff+'],
  listWorkInHand: ['fff+'],
  getWorkQueue: ['fff+'],
  revokeAssignment: ['fff+'],
  createPrompt: ['ff++'],
  withdrawPrompt: ['ff++'],
  importPrompts: ['ff++'],
  listImports: ['f+++'],
  getImport: ['f+++'],
  listImportFaults: ['f+++'],
  downloadImportFaults: ['f+++'],
  claimWork: ['++f+'],
  resumeWork: ['nnfn', '++.+'],
  extendAssignment: ['nnfn', '++.+'],
  skipAssignment: ['nnfn', '++.+'],
  releaseAssignment: ['nnfn', '++.+'],
  getDraft: ['nnfn', '++.+'],
  saveDraft: ['nnfn', '++.+'],
  patchDraft: ['nnfn', '++.+'],
  submitConversation: ['nnfn', '++.+'],
  listConversations: ['++++'],
  getConversation: ['n+++', '++.+'],
  listNearDuplicates: ['n+++', '++.+'],
  withdrawConversation: ['nnf+', '++.+'],
  listOwnVerdicts: ['f+f+'],
  claimReviewOf: ['f+f+', 'ff.f'],
  claimAdjudicationOf: ['fff+', 'ff.f'],
  submitReview: ['f+f+', 'ff.f'],
  renewConversation: ['fff+'],
  renewConversations: ['fff+'],
  listGuidelineGaps: ['fff+'],
  getAgreement: ['fff+'],
  adjudicateConversation: ['fff+', 'ff.f'],
  fixConversation: ['f+f+', 'ff.f'],
  withdrawReview: ['fnfn', '.+.+'],
  listComments: ['n+++', '++.+'],
  resolveComment: ['nnf+', '++.+'],
  replyToComment: ['n+f+', '++.+'],
  listRulings: ['++++'],
  getRuling: ['++++'],
  listContradictions: ['fff+'],
  overruleRuling: ['fff+'],
  reconcileRuling: ['fff+'],
  previewSnapshot: ['ff++'],
  freezeSnapshot: ['ff++'],
  getSnapshot: ['ff++'],
  listSnapshots: ['ff++'],
  listSnapshotRows: ['ff++'],
  diffSnapshots: ['ff++'],
  startBuild: ['ff++'],
  cancelBuild: ['ff++'],
  getBuild: ['ff++'],
  listBuilds: ['ff++'],
  listBuildFiles: ['ff++'],
  downloadBuild: ['ff++'],
  downloadBuildFile: ['ff++'],
  listLedger: ['ff++'],
  getBuildHistogram: ['ff++'],
  verifyBuild: ['ff++'],
  getBuildRow: ['ff++'],
  listModels: ['++++'],
  getModel: ['++++'],
  registerModel: ['ff++'],
  removeModel: ['ff++'],
  downloadModelFile: ['ff++'],
  getTokenizer: ['++++'],
  renderExample: ['++++'],
  generateReply: ['ff++'],
  recordComparison: ['ff++'],
  startRun: ['ff++'],
  preflightRun: ['ff++'],
  getRunDefaults: ['ff++'],
  stopRun: ['ff++'],
  resumeRun: ['ff++'],
  renameRun: ['ff++'],
  removeRunFiles: ['ff++'],
  getRun: ['ff++'],
  listRuns: ['ff++'],
  listRunEvents: ['ff++'],
  getRunSeries: ['ff++'],
  getTrainerEnvironment: ['ff++'],
  retryTrainerEnvironment: ['ff++'],
}

/** Outside of projects: everybody signed in; everybody and their tokens too; admins; visitors. */
const OUTSIDE: Record<string, 'account' | 'token' | 'admin' | 'visitor'> = {
  getMe: 'token',
  listApiTokens: 'token',
  listProjects: 'token',
  updateMe: 'account',
  changePassword: 'account',
  signOutEverywhere: 'account',
  createProject: 'account',
  listUsers: 'admin',
  createUser: 'admin',
  updateUser: 'admin',
  resetPassword: 'admin',
  registerEndpoint: 'admin',
  createFirstAdmin: 'visitor',
}

/** What an admin does in a project they are no member of. */
const BY_ADMIN = new Set(['listMembers', 'listReadings', 'addMember', 'updateMember', 'removeMember', 'listAuditEvents', 'verifyAudit'])

const ROLES: readonly ProjectRole[] = ['labeller', 'reviewer', 'engineer', 'manager']
const ANSWERS: Record<string, object> = {
  '+': { status: expect.toSatisfy((status: number) => status >= 200 && status < 300) },
  f: { status: 403, body: { code: 'forbidden' } },
  n: { status: 404, body: { code: 'not-found' } },
  v: { status: 401, body: { code: 'unauthenticated' } },
}

describe('every operation', { timeout: 120_000 }, () => {
  let scene: Scene
  let foreign: Awaited<ReturnType<typeof buildForeign>>
  let foreignToken = ''
  beforeAll(async () => {
    scene = await buildScene()
    foreign = await buildForeign(scene)
    // Holds every role in both projects: only the token's project keeps it out.
    const both = await join(scene.projectId, ...ROLES)
    await join(foreign.projectId, ...ROLES)
    foreignToken = await tokenOf(both, foreign.projectId)
  }, 600_000)
  afterAll(async () => {
    scene.close()
    await closeSender()
  })

  const operationOf = (name: string) => operations.find((operation) => operation.name === name) ?? expect.fail(`${name} is not in the router`)
  const ask = async (name: string, by: Person | string | null, owner: Person) =>
    call(operationOf(name), (await REQUESTS[name]?.(scene, owner)) ?? expect.fail(`${name} has no request in tests/support/requests.ts`), by)
  const another = () => join(scene.projectId, 'labeller', 'reviewer')
  const expectAnswer = async (sign: string, who: string, name: string, by: Person | string | null, owner: Person) =>
    expect(await ask(name, by, owner), `${who} calls ${name}`).toMatchObject(ANSWERS[sign] ?? expect.fail(`no sign ${sign}`))

  test('stands in the table', () => {
    expect([...Object.keys(IN_PROJECT), ...Object.keys(OUTSIDE)].sort()).toEqual(operations.map(({ name }) => name).sort())
    expect(Object.keys(REQUESTS).sort()).toEqual(operations.map(({ name }) => name).sort())
  })

  test.each(Object.entries(IN_PROJECT))('%s', async (name, [others, own]) => {
    await expectAnswer('v', 'a visitor', name, null, await another())
    await expectAnswer('n', 'a stranger', name, await buildPerson(), await another())
    await expectAnswer('n', 'a token of another project', name, foreignToken, await another())
    await expectAnswer(BY_ADMIN.has(name) ? '+' : 'n', 'an admin', name, await buildPerson({ isAdmin: true }), await another())
    for (const [index, role] of ROLES.entries()) {
      await expectAnswer(others[index] ?? '', `a ${role}`, name, await join(scene.projectId, role), await another())
      const sign = own?.[index] ?? '.'
      if (sign === '.') continue
      const owner = await join(scene.projectId, role)
      await expectAnswer(sign, `a ${role}, on their own,`, name, owner, owner)
    }
  })

  test.each(Object.entries(OUTSIDE))('%s', async (name, kind) => {
    if (kind === 'visitor') {
      expect(await ask(name, null, await buildPerson())).toMatchObject({ status: 409, body: { code: 'set-up-done' } })
      return
    }
    const [person, manager, admin] = [await buildPerson(), await join(scene.projectId, ...ROLES), await buildPerson({ isAdmin: true })]
    await expectAnswer('v', 'a visitor', name, null, person)
    await expectAnswer(kind === 'admin' ? 'f' : '+', 'anybody', name, person, person)
    await expectAnswer(kind === 'admin' ? 'f' : '+', 'a member', name, manager, manager)
    await expectAnswer('+', 'an admin', name, admin, admin)
    await expectAnswer(kind === 'token' ? '+' : 'f', 'a token', name, await tokenOf(manager, scene.projectId), manager)
  })

  test('a model of the whole instance is used by all projects and removed by admins alone', async () => {
    const model = await db.model.create({ data: { projectId: null, kind: 'base', name: 'shared', details: {} } })
    const manager = await join(scene.projectId, 'manager')
    const remove = (by: Person | string) => call(operationOf('removeModel'), { params: { projectId: scene.projectId, modelId: model.id } }, by)
    expect(await remove(manager)).toMatchObject(ANSWERS.f ?? {})
    await db.user.update({ where: { id: manager.userId }, data: { isAdmin: true } })
    expect(await remove(await tokenOf(manager, scene.projectId))).toMatchObject(ANSWERS.f ?? {})
    expect(await remove(manager)).toMatchObject(ANSWERS['+'] ?? {})
  })

  test('names of authors are shown to managers alone, other people’s conversations not to labellers', async () => {
    const author = await join(scene.projectId, 'labeller')
    const { params } = (await REQUESTS.getConversation?.(scene, author)) ?? {}
    for (const role of ROLES.filter((one) => one !== 'labeller')) {
      const { body } = await call(operationOf('getConversation'), { params: params ?? {} }, await join(scene.projectId, role))
      expect(body.author.name !== null, role).toBe(role === 'manager')
    }
    const list = async (role: ProjectRole) =>
      (await call(operationOf('listConversations'), { params: { projectId: scene.projectId } }, await join(scene.projectId, role))).body.items.length
    expect(await list('labeller')).toBe(0)
    expect(await list('engineer')).toBeGreaterThan(0)
  })

  const reach: [name: string, place: string, what: (from: typeof foreign) => Record<string, unknown>][] = [
    ['startBuild', 'snapshot', ({ snapshotId }) => ({ snapshotId })],
    ['startBuild', 'model', ({ modelId }) => ({ modelId })],
    ['startRun', 'build', ({ buildId }) => ({ buildId })],
    ['startRun', 'model', ({ modelId }) => ({ modelId })],
    ['startRun', 'parent', ({ runId }) => ({ parentRunId: runId })],
    ['preflightRun', 'build', ({ buildId }) => ({ buildId })],
    ['preflightRun', 'model', ({ modelId }) => ({ modelId })],
    ['getRunDefaults', 'build', ({ buildId }) => ({ buildId })],
    ['getRunDefaults', 'parent', ({ runId }) => ({ parentRunId: runId })],
    ['renderExample', 'model', ({ modelId }) => ({ modelId })],
    ['getTokenizer', 'model', ({ modelId }) => ({ modelId })],
    ['recordComparison', 'model', ({ modelId }) => ({ a: { modelId, text: 'A' } })],
    ['diffSnapshots', 'snapshot', ({ snapshotId }) => ({ otherId: snapshotId })],
    ['getModel', 'model', ({ modelId }) => ({ modelId })],
    ['removeModel', 'model', ({ modelId }) => ({ modelId })],
    ['downloadModelFile', 'model', ({ modelId }) => ({ modelId })],
    ['generateReply', 'model', ({ modelId }) => ({ modelId })],
    ['updateMember', 'member', ({ manager }) => ({ userId: manager.userId })],
    ['removeMember', 'member', ({ manager }) => ({ userId: manager.userId })],
  ]
  test.each(reach)('%s does not reach a %s of another project', async (name, _place, what) => {
    const manager = await join(scene.projectId, 'manager')
    const sent = (await REQUESTS[name]?.(scene, manager)) ?? {}
    const changed = Object.fromEntries(
      (['params', 'query', 'body'] as const).map((part) => {
        const given: Record<string, unknown> | undefined = sent[part]
        const hasKey = (key: string) => operationOf(name).path.includes(`{${key}}`) === (part === 'params')
        const more = Object.entries(what(foreign)).filter(([key]) => hasKey(key) && (part !== 'body' || given) && (part !== 'query' || given))
        return [part, given || more.length > 0 ? { ...given, ...Object.fromEntries(more) } : undefined]
      }),
    )
    expect(await call(operationOf(name), changed, manager)).toMatchObject(ANSWERS.n ?? {})
  })
})
