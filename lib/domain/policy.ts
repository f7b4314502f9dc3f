import type { Actor, ProjectRole, Subject } from './actor.ts'
import { PROJECT_ROLES } from './project-roles.ts'

/** A condition on the subject, on top of the role. */
type Condition =
  | 'own' // the actor wrote it or holds it
  | 'not-own' // the actor did not write it
  | 'not-involved' // the actor neither wrote, edited nor judged it

type Row = {
  /** Roles that may; `signed-in` is anybody with an account, `admin` an instance admin, `anyone` also a visitor. */
  allow: readonly (ProjectRole | 'member' | 'signed-in' | 'admin' | 'anyone')[]
  only?: Condition
  /** Roles the condition does not bind. */
  exempt?: readonly ProjectRole[]
  /** It changes nothing: what a token that only reads is given. */
  isRead?: true
  /** Never done by a token, whatever it was given: what concerns the account itself or makes further access. */
  isForTokens?: false
}

const LABEL = ['labeller', 'reviewer', 'manager'] as const
const JUDGE = ['reviewer', 'manager'] as const
const BUILD = ['engineer', 'manager'] as const
const READ_ALL = ['reviewer', 'engineer', 'manager'] as const

/**
 * Who may do what, one row an action. An operation names its action; an action without a row does not compile.
 * A person outside the project sees nothing of it: to them its rows do not exist.
 */
export const POLICY = {
  'instance:set-up': { allow: ['anyone'], isForTokens: false },
  'instance:administer': { allow: ['admin'], isForTokens: false },
  'self:read': { allow: ['signed-in'], isRead: true },
  'self:update': { allow: ['signed-in'], isForTokens: false },
  'token:manage': { allow: ['member'], only: 'own', isForTokens: false },
  'token:create': { allow: ['member'], isForTokens: false },
  'project:list': { allow: ['signed-in'], isRead: true },
  'project:create': { allow: ['signed-in'], isForTokens: false },
  'project:read': { allow: ['member'], isRead: true },
  'project:update': { allow: ['manager'] },
  'member:read': { allow: ['manager', 'admin'], isForTokens: false },
  'member:manage': { allow: ['manager', 'admin'], isForTokens: false },
  'audit:read': { allow: ['manager', 'admin'], isRead: true },
  'guideline:read': { allow: ['member'], isRead: true },
  'guideline:confirm': { allow: ['member'], isForTokens: false },
  'guideline:edit': { allow: ['manager'] },
  'guideline:publish': { allow: ['manager'] },
  'prompt:read': { allow: READ_ALL, isRead: true },
  'prompt:import': { allow: BUILD },
  'queue:read': { allow: ['manager'], isRead: true },
  'queue:manage': { allow: ['manager'] },
  'work:claim': { allow: LABEL },
  'review:claim': { allow: JUDGE },
  'assignment:hold': { allow: LABEL, only: 'own' },
  'draft:write': { allow: LABEL, only: 'own' },
  'conversation:submit': { allow: LABEL, only: 'own' },
  'conversation:list': { allow: ['member'], isRead: true },
  'conversation:read': { allow: ['member'], only: 'own', exempt: READ_ALL, isRead: true },
  'conversation:read-all': { allow: READ_ALL, isRead: true },
  'conversation:see-names': { allow: ['manager'], isRead: true },
  'conversation:withdraw': { allow: LABEL, only: 'own', exempt: ['manager'] },
  'conversation:review': { allow: JUDGE, only: 'not-own' },
  'conversation:renew': { allow: ['manager'] },
  'conversation:adjudicate': { allow: ['manager'], only: 'not-involved' },
  'review:withdraw': { allow: JUDGE, only: 'own' },
  'quality:read': { allow: ['manager'], isRead: true },
  'comment:resolve': { allow: LABEL, only: 'own', exempt: ['manager'] },
  'comment:reply': { allow: LABEL, only: 'own', exempt: JUDGE },
  'ruling:settle': { allow: ['manager'] },
  'snapshot:read': { allow: BUILD, isRead: true },
  'snapshot:freeze': { allow: BUILD },
  'build:read': { allow: BUILD, isRead: true },
  'build:start': { allow: BUILD },
  'build:download': { allow: BUILD, isRead: true },
  'model:read': { allow: ['member'], isRead: true },
  'model:manage': { allow: BUILD },
  'model:remove-shared': { allow: ['admin'], isForTokens: false },
  'model:download': { allow: BUILD, isRead: true },
  'model:generate': { allow: BUILD },
  'run:read': { allow: BUILD, isRead: true },
  'run:start': { allow: BUILD },
  'run:stop': { allow: BUILD },
  'run:remove': { allow: BUILD },
} as const satisfies Record<string, Row>

export type Action = keyof typeof POLICY

/** `hide` leaves as not-found, `sign-in` as unauthenticated, `forbid` as forbidden. */
export type Verdict = 'allow' | 'hide' | 'sign-in' | 'forbid'

const meets = (condition: Condition, userId: string, subject: Subject): boolean => {
  switch (condition) {
    case 'own':
      return subject.authorId === userId || subject.ownerId === userId
    case 'not-own':
      return subject.authorId !== userId
    case 'not-involved':
      return subject.authorId !== userId && !subject.involvedIds?.includes(userId)
  }
}

/** The one decision. `roles` are the actor's roles in the subject's project, loaded in the same transaction. */
export function can(actor: Actor | null, roles: readonly ProjectRole[], action: Action, subject: Subject): Verdict {
  const row: Row = POLICY[action]
  if (row.allow.includes('anyone')) return 'allow'
  if (!actor) return 'sign-in'
  if (actor.kind === 'system') return 'allow'
  if (actor.token) {
    if (subject.projectId !== null && actor.token.projectId !== subject.projectId) return 'hide'
    if (row.isForTokens === false || !actor.token.actions.includes(action)) return 'forbid'
  }
  const asAdmin = actor.isAdmin && row.allow.includes('admin')
  if (asAdmin) return 'allow'
  if (subject.projectId === null) return row.allow.includes('signed-in') ? 'allow' : 'forbid'
  if (roles.length === 0) return 'hide'
  const exempt = roles.some((role) => row.exempt?.includes(role))
  const byRole = row.allow.includes('member') || roles.some((role) => row.allow.includes(role))
  if (!byRole && !exempt) return 'forbid'
  if (!row.only || exempt) return 'allow'
  if (meets(row.only, actor.userId, subject)) return 'allow'
  // Whoever may not see the row by other means must not learn that it exists.
  return row.only === 'own' ? 'hide' : 'forbid'
}

/** Actions that roles grant in a project, for the interface (conditions on a row are decided with the row). */
export function grantedActions(roles: readonly ProjectRole[], isAdmin: boolean): Action[] {
  return (Object.keys(POLICY) as Action[]).filter((action) => {
    const row: Row = POLICY[action]
    return (
      row.allow.includes('anyone') ||
      row.allow.includes('signed-in') ||
      (isAdmin && row.allow.includes('admin')) ||
      (roles.length > 0 && row.allow.includes('member')) ||
      roles.some((role) => row.allow.includes(role))
    )
  })
}

/** Roles of a project that grant an action, for people who lack it. */
export const rolesFor = (action: Action): ProjectRole[] =>
  PROJECT_ROLES.filter((role) => {
    const row: Row = POLICY[action]
    return row.allow.includes('member') || row.allow.includes(role)
  })

/** Actions a member with these roles may give to an API token of the project. */
export const tokenActions = (roles: readonly ProjectRole[]): Action[] =>
  grantedActions(roles, false).filter((action) => (POLICY[action] as Row).isForTokens !== false)

/** Of these actions the ones that change nothing. */
export const readingActions = (actions: readonly Action[]): Action[] => actions.filter((action) => (POLICY[action] as Row).isRead)

/** May a visitor call it, without an account? */
export const isForVisitors = (action: Action): boolean => (POLICY[action] as Row).allow.includes('anyone')
