import { describe, expect, test } from 'vitest'
import type { Person, ProjectRole, Subject } from '#lib/domain/actor.ts'
import { type Action, can, grantedActions, POLICY, type Verdict } from '#lib/domain/policy.ts'

const ME = 'me'
const person = (more: Partial<Person> = {}): Person => ({ kind: 'person', userId: ME, isAdmin: false, ...more })
const own: Subject = { id: 'row', projectId: 'p', authorId: ME, ownerId: ME, involvedIds: [ME] }
const others: Subject = { id: 'row', projectId: 'p', authorId: 'somebody', ownerId: 'somebody', involvedIds: ['somebody'] }
const actions = Object.keys(POLICY) as Action[]
const inProject = actions.filter((action) => !/^(instance|self):|^project:(list|create)$/.test(action))

/** Who may do what as a truth table, written out apart from the policy: who may on somebody else's row, and on their own. */
const EXPECTED: Record<string, { others: ProjectRole[]; own: ProjectRole[] }> = {
  'work:claim': { others: ['labeller', 'reviewer', 'manager'], own: ['labeller', 'reviewer', 'manager'] },
  'draft:write': { others: [], own: ['labeller', 'reviewer', 'manager'] },
  'conversation:submit': { others: [], own: ['labeller', 'reviewer', 'manager'] },
  'conversation:read': { others: ['reviewer', 'engineer', 'manager'], own: ['labeller', 'reviewer', 'engineer', 'manager'] },
  'conversation:review': { others: ['reviewer', 'manager'], own: [] },
  'conversation:adjudicate': { others: ['manager'], own: [] },
  'conversation:renew': { others: ['manager'], own: ['manager'] },
  'prompt:import': { others: ['engineer', 'manager'], own: ['engineer', 'manager'] },
  'model:manage': { others: ['engineer', 'manager'], own: ['engineer', 'manager'] },
  'snapshot:freeze': { others: ['engineer', 'manager'], own: ['engineer', 'manager'] },
  'build:start': { others: ['engineer', 'manager'], own: ['engineer', 'manager'] },
  'build:download': { others: ['engineer', 'manager'], own: ['engineer', 'manager'] },
  'run:start': { others: ['engineer', 'manager'], own: ['engineer', 'manager'] },
  'run:stop': { others: ['engineer', 'manager'], own: ['engineer', 'manager'] },
  'guideline:edit': { others: ['manager'], own: ['manager'] },
  'guideline:publish': { others: ['manager'], own: ['manager'] },
  'member:manage': { others: ['manager'], own: ['manager'] },
}

const ROLES: ProjectRole[] = ['labeller', 'reviewer', 'engineer', 'manager']

describe('the policy table', () => {
  test.each(Object.entries(EXPECTED))('%s is for exactly the roles of the design', (action, expected) => {
    for (const role of ROLES) {
      expect(can(person(), [role], action as Action, others) === 'allow', `${role} on another's`).toBe(expected.others.includes(role))
      expect(can(person(), [role], action as Action, own) === 'allow', `${role} on their own`).toBe(expected.own.includes(role))
    }
  })

  test.each(inProject)('%s: to somebody outside the project the row does not exist, to a visitor it asks to sign in', (action) => {
    expect(can(person(), [], action, others)).toBe('hide')
    expect(can(null, [], action, others)).toBe('sign-in')
  })

  test.each(inProject)('%s: an API token of another project sees nothing, one without the action is refused', (action) => {
    const token = (projectId: string, ...list: string[]) => person({ token: { id: 't', projectId, actions: list } })
    expect(can(token('q', action), ['manager'], action, others)).toBe('hide')
    expect(can(token('p'), ROLES, action, own)).toBe('forbid')
  })

  test('an admin manages people and sees the audit, and reads no project they are not in', () => {
    const admin = person({ isAdmin: true })
    const verdicts = Object.fromEntries(inProject.map((action) => [action, can(admin, [], action, others)])) as Record<Action, Verdict>
    const allowed = Object.entries(verdicts)
      .filter(([, verdict]) => verdict === 'allow')
      .map(([action]) => action)
    expect(allowed.sort()).toEqual(['audit:read', 'member:manage', 'member:read'])
    expect(can(admin, [], 'instance:administer', { id: 'instance', projectId: null })).toBe('allow')
    expect(can(person(), [], 'instance:administer', { id: 'instance', projectId: null })).toBe('forbid')
  })

  test('roles add up', () => {
    expect(can(person(), ['labeller', 'engineer'], 'work:claim', others)).toBe('allow')
    expect(can(person(), ['labeller', 'engineer'], 'run:start', others)).toBe('allow')
  })

  test('what the interface is told is granted is what the policy grants somewhere', () => {
    for (const role of ROLES) {
      for (const action of inProject) {
        const somewhere = [own, others].some((subject) => can(person(), [role], action, subject) === 'allow')
        if (somewhere) expect(grantedActions([role], false), `${role} ${action}`).toContain(action)
      }
    }
  })
})
