import type { Actor } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'

/** What a one-time password opens: seeing who one is, choosing a password, and leaving. */
const OPEN: ReadonlySet<string> = new Set(['getMe', 'changePassword', 'signOutEverywhere'])

/**
 * Somebody else knows a one-time password, so nothing else is done under it, by API tokens of the account neither.
 * @throws Refusal `password-change-required`.
 */
export function requireOwnPassword(actor: Actor | null, operation: string): void {
  if (actor?.kind !== 'person' || !actor.mustChangePassword || OPEN.has(operation)) return
  refuse('password-change-required', 'This account still has its one-time password. Sign in on the web and choose your own; then everything is open.')
}
