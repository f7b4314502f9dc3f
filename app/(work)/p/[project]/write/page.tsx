import { getTranslations } from 'next-intl/server'
import { StartWork } from '#components/frame/start-work.tsx'
import { getMembership } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('write'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  await getMembership((await params).project)
  return <StartWork kind="write" />
}
