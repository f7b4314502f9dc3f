import { getTranslations } from 'next-intl/server'
import { ConversationList } from '#components/conversation/conversation-list.tsx'
import { getMembership } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('conversations'))('title') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  await getMembership((await params).project)
  return <ConversationList />
}
