import { headers } from 'next/headers'
import { cache } from 'react'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { authenticate } from './authenticate.ts'
import { SESSION_COOKIE } from './session-cookie.ts'

/** The person this page is rendered for; asked once a request. An Authorization header means nothing to pages. */
export const findActor = cache(async (): Promise<Person | null> => {
  const cookie = (await headers()).get('cookie')
  return cookie?.includes(SESSION_COOKIE) ? authenticate(new Headers({ cookie })) : null
})

/** What the frame of a page needs before anything else: name, language and theme of the person signed in. */
export const findPerson = cache(async () => {
  const actor = await findActor()
  return actor && db.user.findUnique({ where: { id: actor.userId }, select: { id: true, locale: true, theme: true, mustChangePassword: true } })
})

/** As findPerson, for what surrounds every page, the one that says that the database is away included. */
export const findPersonIfPossible = () => findPerson().catch(() => null)
