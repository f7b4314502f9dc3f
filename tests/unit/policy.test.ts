import { describe, expect, test } from 'vitest'
import type { Person, ProjectRole, Subject } from '#lib/domain/actor.ts'
import { type Action, can, grantedActions, POLICY, readingActions, tokenActions, type Verdict } from '#lib/domain/policy.ts'

const ME = 'me'
const person = (more: Partial<Person> = {}): Person => ({ kind: 'person', userId: ME, isAdmin: false, ...more })
const own: Subject = { id: 'row', projectId: 'p', authorId: ME, ownerId: ME, involvedIds: [ME] }
const others: Subject = { id: 'row', projectId: 'p', authorId: 'somebody', ownerId: 'somebody', involvedIds: ['somebody'] }
const actions = Object.keys(POLICY) as Action[]
const inProject = actions.filter((action) => !/^(instance|self):|^project:(list|create)$/.test(action))

/** Who may do what as a truth table, written out apart from the policy, every action: initials of the roles that may on somebody else's row, and on their own. */
const EXPECTED: Record<string, [others: string, own: string]> = {
  'token:manage': ['', 'LREM'],
  'token:create': ['LREM', 'LREM'],
  'project:read': ['LREM', 'LREM'],
  'project:update': ['M', 'M'],
  'member:read': ['M', 'M'],
  'member:manage': ['M', 'M'],
  'audit:read': ['M', 'M'],
  'guideline:read': ['LREM', 'LREM'],
  'guideline:confirm': ['LREM', 'LREM'],
  'guideline:edit': ['M', 'M'],
  'guideline:publish': ['M', 'M'],
  'prompt:read': ['REM', 'REM'],
  'prompt:import': ['EM', 'EM'],
  'queue:read': ['M', 'M'],
  'queue:manage': ['M', 'M'],
  'work:claim': ['LRM', 'LRM'],
  'review:claim': ['RM', 'RM'],
  'assignment:hold': ['', 'LRM'],
  'draft:write': ['', 'LRM'],
  'conversation:submit': ['', 'LRM'],
  'conversation:list': ['LREM', 'LREM'],
  'conversation:read': ['REM', 'LREM'],
  'conversation:read-all': ['REM', 'REM'],
  'conversation:see-names': ['M', 'M'],
  'conversation:withdraw': ['M', 'LRM'],
  'conversation:review': ['RM', ''],
  'conversation:adjudicate': ['M', ''],
  'conversation:renew': ['M', 'M'],
  'review:withdraw': ['', 'RM'],
  'quality:read': ['M', 'M'],
  'comment:resolve': ['M', 'LRM'],
  'comment:reply': ['RM', 'LRM'],
  'ruling:settle': ['M', 'M'],
  'snapshot:read': ['EM', 'EM'],
  'snapshot:freeze': ['EM', 'EM'],
  'build:read': ['EM', 'EM'],
  'build:start': ['EM', 'EM'],
  'build:download': ['EM', 'EM'],
  'model:read': ['LREM', 'LREM'],
  'model:manage': ['EM', 'EM'],
  'model:remove-shared': ['', ''],
  'model:download': ['EM', 'EM'],
  'model:generate': ['EM', 'EM'],
  'run:read': ['EM', 'EM'],
  'run:start': ['EM', 'EM'],
  'run:stop': ['EM', 'EM'],
  'run:remove': ['EM', 'EM'],
}

/** What no API token does, and what one that only reads is given, of all actions. */
const NOT_FOR_TOKENS =
  'guideline:confirm instance:administer instance:set-up member:manage member:read model:remove-shared project:create self:update token:create token:manage'
const READING =
  'audit:read build:download build:read conversation:list conversation:read conversation:read-all conversation:see-names guideline:read ' +
  'model:download model:read project:list project:read prompt:read quality:read queue:read run:read self:read snapshot:read'

const ROLES: ProjectRole[] = ['labeller', 'reviewer', 'engineer', 'manager']

describe('the policy table', () => {
  test('covers every action of projects', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...inProject].sort())
  })

  test.each(Object.entries(EXPECTED))('%s is for exactly the roles of the design', (action, [onOthers, onOwn]) => {
    const roles = (subject: Subject) => ROLES.filter((role) => can(person(), [role], action as Action, subject) === 'allow')
    const initials = (list: ProjectRole[]) => list.map((role) => role[0]?.toUpperCase()).join('')
    expect({ others: initials(roles(others)), own: initials(roles(own)) }).toEqual({ others: onOthers, own: onOwn })
  })

  test('outside of projects: everybody with an account, admins, visitors', () => {
    const instance: Subject = { id: 'instance', projectId: null }
    for (const action of actions.filter((one) => !inProject.includes(one))) {
      const [visitor, anybody] =
        action === 'instance:set-up' ? ['allow', 'allow'] : ['sign-in', action === 'instance:administer' ? 'forbid' : 'allow']
      expect(can(null, [], action, instance), action).toBe(visitor)
      expect(can(person(), [], action, instance), action).toBe(anybody)
      expect(can(person({ isAdmin: true }), [], action, instance), action).toBe('allow')
    }
  })

  test('what concerns the account or makes further access is for no token, whatever it was given', () => {
    const token = person({ token: { id: 't', projectId: 'p', actions } })
    const refused = actions.filter((action) => can(token, ROLES, action, action.startsWith('conversation') ? others : own) === 'forbid')
    expect(refused.filter((action) => NOT_FOR_TOKENS.includes(action)).sort()).toEqual(
      NOT_FOR_TOKENS.split(' ').filter((action) => action !== 'instance:set-up'),
    )
    const offered = tokenActions(ROLES)
    expect(actions.filter((action) => !offered.includes(action)).sort()).toEqual(NOT_FOR_TOKENS.split(' '))
    expect(readingActions(actions).sort()).toEqual(READING.split(' '))
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
    expect(allowed.sort()).toEqual(['audit:read', 'member:manage', 'member:read', 'model:remove-shared'])
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
