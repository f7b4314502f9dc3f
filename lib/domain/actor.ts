import { z } from 'zod'
import { refuse } from './errors.ts'
import { PROJECT_ROLES } from './project-roles.ts'

/** What a member of a project is trusted with. Roles are per project and add up. */
export const ProjectRole = z.enum(PROJECT_ROLES)
export type ProjectRole = z.infer<typeof ProjectRole>

/** Who asks: a signed-in person, perhaps through an API token that narrows what they may do. */
export type Person = {
  kind: 'person'
  userId: string
  isAdmin: boolean
  sessionId?: string
  /** Whether the account still has a one-time password; under it hardly anything is open. */
  mustChangePassword?: boolean
  /** Present when the request came with an API token: its project and the actions it was given. */
  token?: { id: string; projectId: string; actions: readonly string[] }
}

/** The product itself: worker jobs and the seed. It may do everything; what it does is audited under this name. */
export type System = { kind: 'system' }

export type Actor = Person | System

export const SYSTEM: System = { kind: 'system' }

/** The person behind a call. @throws Refusal `forbidden` for the product itself, which writes, judges and owns nothing. */
export const personOf = (actor: Actor): Person => (actor.kind === 'person' ? actor : refuse('forbidden', 'Only a person may do this.'))

/** Whose a new row is: the person's, or nobody's when the product itself makes it. */
export const creatorOf = (actor: Actor): string | null => (actor.kind === 'person' ? actor.userId : null)

/** The row an action is about, with what the policy needs to know of it. `projectId` comes from the row, never from the request. */
export type Subject = {
  id: string
  projectId: string | null
  /** Who wrote the text that is judged or read. */
  authorId?: string
  /** Who holds the lease, token or session. */
  ownerId?: string
  /** Everybody who edited or judged it so far. */
  involvedIds?: readonly string[]
  /** What the actor is in that project, where the row was loaded together with it. */
  actorRoles?: readonly ProjectRole[]
}
