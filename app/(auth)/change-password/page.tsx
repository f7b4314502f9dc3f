import { redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { FirstPassword } from '#components/auth/first-password.tsx'
import { findPerson } from '#lib/auth/session.ts'
import { insideOnly } from '#lib/web/return-address.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('auth'))('choosePassword') })

/** Where a one-time password leads: choose your own before anything else. */
export default async function ChangePasswordPage({ searchParams }: { searchParams: Promise<{ to?: string }> }) {
  const to = insideOnly((await searchParams).to)
  const person = await findPerson()
  if (!person) redirect('/sign-in')
  if (!person.mustChangePassword) redirect(to)
  return <FirstPassword to={to} />
}
