import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { leave, serverApi } from '#lib/api/server.ts'
import { findActor } from '#lib/auth/session.ts'
import { PROJECT_COOKIE } from '#lib/web/frame-cookies.ts'

/** The last project's home, else the first one's. */
export default async function Root() {
  if (!(await findActor())) redirect('/sign-in')
  const me = await (await serverApi()).getMe({}).catch(leave)
  const last = (await cookies()).get(PROJECT_COOKIE)?.value
  const membership = me.memberships.find(({ project }) => project.slug === last) ?? me.memberships[0]
  redirect(membership ? `/p/${membership.project.slug}` : '/welcome')
}
