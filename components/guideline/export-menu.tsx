'use client'
import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Menu, MenuItem } from '#components/ui/menu.tsx'
import { LOCALES } from '#lib/domain/locale.ts'

export const LANGUAGE_NAMES = { en: 'English', zh: '中文' } as const

/** Downloads the guideline in either language as Markdown: a version, or the draft. */
export function ExportMenu({ version, beforeDownload }: { version: string | null; beforeDownload?: () => Promise<unknown> }) {
  const t = useTranslations('guideline')
  const { id } = useProject()
  const download = async (language: string) => {
    await beforeDownload?.()
    const link = document.createElement('a')
    const path = version ? `markdown?version=${encodeURIComponent(version)}&` : 'draft/markdown?'
    link.href = `/api/v1/projects/${id}/guideline/${path}language=${language}`
    link.download = ''
    link.click()
  }
  return (
    <Menu align="end" trigger={<Button icon={<Download className="size-4" />}>{t('export')}</Button>}>
      {LOCALES.map((language) => (
        <MenuItem key={language} onSelect={() => void download(language)}>
          {t('exportIn', { language: LANGUAGE_NAMES[language] })}
        </MenuItem>
      ))}
    </Menu>
  )
}
