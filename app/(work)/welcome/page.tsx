import { getTranslations } from 'next-intl/server'
import { Welcome } from '#components/home/welcome.tsx'

export const generateMetadata = async () => ({ title: (await getTranslations('home'))('title') })

export default function WelcomePage() {
  return <Welcome />
}
