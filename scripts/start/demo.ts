// The demo: whether this database gets one, and the file of this home that tells the passwords of its people.
import { verifyPassword } from '#lib/auth/password.ts'
import { findDemoAccounts, home } from '#lib/home.ts'
import { withConnection } from './migrate.ts'
import { say } from './progress.ts'
import { writePrivate } from './write-private.ts'

export type DemoAccount = NonNullable<ReturnType<typeof findDemoAccounts>>['accounts'][number]

/** What the database itself says. The seed leaves a mark when it begins and changes it when it is done. */
export interface DemoFacts {
  mark: 'making' | 'ready' | null
  hasProject: boolean
  hasPeople: boolean
}

/** `seed`: nobody is here yet, or only what a seed that was cut off made. `foreign`: somebody's own instance, which gets nothing. */
export function decideDemo({ mark, hasProject, hasPeople }: DemoFacts): 'seed' | 'present' | 'foreign' {
  if (mark === 'making') return 'seed'
  if (mark === 'ready' || hasProject) return 'present'
  return hasPeople ? 'foreign' : 'seed'
}

const readFacts = (url: string): Promise<DemoFacts> =>
  withConnection(url, async (client) => {
    const { rows } = await client.query<DemoFacts>(`
      SELECT (SELECT state FROM "system_task" WHERE key = 'demo-project') AS mark,
             EXISTS (SELECT 1 FROM "project" WHERE slug = 'demo') AS "hasProject",
             EXISTS (SELECT 1 FROM "user") AS "hasPeople"`)
    return rows[0] as DemoFacts
  })

/** Those accounts of the file whose passwords open this database: it may be another one's, and passwords change. */
async function usableAccounts(url: string, accounts: DemoAccount[]): Promise<DemoAccount[]> {
  const hashes = await withConnection(url, async (client) => {
    const { rows } = await client.query<{ email: string; passwordHash: string | null }>(
      `SELECT email, "passwordHash" FROM "user" WHERE "disabledAt" IS NULL AND email = ANY ($1)`,
      [accounts.map(({ email }) => email)],
    )
    return new Map(rows.map((row) => [row.email, row.passwordHash]))
  })
  const fits = await Promise.all(accounts.map(({ email, password }) => hashes.has(email) && verifyPassword(hashes.get(email) ?? null, password)))
  return accounts.filter((_, index) => fits[index])
}

const SENTENCES = {
  foreign: '  no demo project was made: the database already holds accounts (EXEMPLAR_DEMO=off leaves this line out)',
  unknown: '  the passwords of the demo are not known here; an admin can give new ones under Settings, People',
} as const

/** Makes the demo where nobody is yet, and returns the demo accounts people can sign in with now. */
export async function ensureDemo(url: string, seed: () => Promise<void>): Promise<DemoAccount[]> {
  const decision = decideDemo(await readFacts(url))
  if (decision === 'seed') await seed()
  if (decision === 'foreign') say(SENTENCES.foreign)
  if (decision === 'foreign') return []
  const usable = await usableAccounts(url, findDemoAccounts()?.accounts ?? [])
  if (usable.length === 0) say(SENTENCES.unknown)
  return usable
}

/** The address changes with the port; whoever reads the file wants the present one. */
export function noteDemoAddress(address: string): void {
  const kept = findDemoAccounts()
  if (kept) writePrivate(home.demo, { address, accounts: kept.accounts })
}
