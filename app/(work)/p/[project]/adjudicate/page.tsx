import { getTranslations } from 'next-intl/server'
import { StartReview } from '#components/review/start-review.tsx'
import { getMembership } from '#lib/api/server.ts'

export const generateMetadata = async () => ({ title: (await getTranslations('nav'))('adjudicate') })

export default async function Page({ params }: { params: Promise<{ project: string }> }) {
  await getMembership((await params).project)
  return <StartReview kind="adjudicate" />
}
