import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'

export default function NotFound() {
  const t = useTranslations('common')
  return (
    <main className="mx-auto flex min-h-[70dvh] max-w-read flex-col items-start justify-center gap-2 px-6">
      <h1 className="font-semibold text-lg">{t('notFoundTitle')}</h1>
      <p className="text-ink-2">{t('notFoundText')}</p>
      <Button asChild variant="primary" className="mt-4">
        <Link href="/">{t('toStart')}</Link>
      </Button>
    </main>
  )
}
