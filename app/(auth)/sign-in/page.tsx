import { redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { SignInForm } from '#components/auth/sign-in-form.tsx'
import { findActor } from '#lib/auth/session.ts'
import { isSetUpOpenNow } from '#lib/services/people.ts'
import { insideOnly } from '#lib/web/return-address.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('auth'))('signIn') })

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ to?: string }> }) {
  const to = insideOnly((await searchParams).to)
  if (await isSetUpOpenNow()) redirect('/set-up')
  if (await findActor()) redirect(to)
  return <SignInForm to={to} />
}
