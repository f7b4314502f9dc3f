import { useTranslations } from 'next-intl'
import { Page } from '#components/ui/page-header.tsx'
import { Skeleton, SkeletonRows } from '#components/ui/skeleton.tsx'

export default function Loading() {
  const t = useTranslations('common')
  return (
    <Page>
      <Skeleton className="mb-8 h-7 w-56" />
      <SkeletonRows rows={8} label={t('loading')} />
    </Page>
  )
}
