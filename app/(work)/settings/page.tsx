import { getTranslations } from 'next-intl/server'
import { AccountPage } from '#components/settings/account-page.tsx'

export const generateMetadata = async () => ({ title: (await getTranslations('settings'))('account') })

export default function Page() {
  return <AccountPage />
}
