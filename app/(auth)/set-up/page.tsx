import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { SetUpForm } from '#components/auth/set-up-form.tsx'
import { isSetUpOpenNow } from '#lib/services/people.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('auth'))('setUp') })

export default async function SetUpPage() {
  if (!(await isSetUpOpenNow())) notFound()
  return <SetUpForm />
}
