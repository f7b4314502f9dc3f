import { randomUUID } from 'node:crypto'
import { generatePassword, hashPassword } from '#lib/auth/password.ts'
import { db } from '#lib/db.ts'
import { type Person, type ProjectRole, SYSTEM } from '#lib/domain/actor.ts'
import type { Context } from '#lib/services/operation.ts'

/** Whoever appears in the demo; the second labeller is there so that no one's work is all there is. */
const PEOPLE = {
  labeller: { name: 'Lin Moreau', roles: ['labeller'] },
  labeller2: { name: 'Tomás Weiss', roles: ['labeller'] },
  reviewer: { name: 'Amara Osei', roles: ['reviewer'] },
  engineer: { name: 'Wei Zhang', roles: ['engineer'] },
  manager: { name: 'Ingrid Halvorsen', roles: ['manager'] },
  admin: { name: 'Noor Haddad', roles: [] },
} as const satisfies Record<string, { name: string; roles: readonly ProjectRole[] }>

export type Character = keyof typeof PEOPLE
export type Cast = Record<Character, Person>
export type Account = { role: string; email: string; password: string }

/** The context in which a person, or the product itself, acts in the seed. */
export const as = (person: Person | null): { context: Context } => ({ context: { actor: person ?? SYSTEM, requestId: randomUUID(), via: 'seed' } })

/** Makes the demo accounts; a run that was cut off gave passwords nobody read, so those are made anew. */
export async function makeCast(): Promise<{ cast: Cast; accounts: Account[] }> {
  const cast = {} as Cast
  const accounts: Account[] = []
  for (const [character, { name }] of Object.entries(PEOPLE)) {
    const email = `${character}@demo.example`
    const password = generatePassword()
    const fields = { name, isAdmin: character === 'admin', passwordHash: await hashPassword(password) }
    const { id, isAdmin } = await db.user.upsert({ where: { email }, create: { email, ...fields }, update: fields })
    cast[character as Character] = { kind: 'person', userId: id, isAdmin }
    accounts.push({ role: character.replace(/\d$/, ''), email, password })
  }
  return { cast, accounts }
}

/** Everybody but the admin belongs to the demo project, each with their role. */
export async function joinAll(projectId: string, cast: Cast): Promise<void> {
  for (const [character, { roles }] of Object.entries(PEOPLE)) {
    if (roles.length === 0) continue
    const key = { projectId, userId: cast[character as Character].userId }
    await db.membership.upsert({ where: { projectId_userId: key }, create: { ...key, roles: [...roles] }, update: { roles: [...roles] } })
  }
}
