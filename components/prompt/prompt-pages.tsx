'use client'
import { Upload } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SubNav } from '#components/ui/sub-nav.tsx'
import { ImportDialog } from './import-dialog.tsx'

type Props = { facts?: ReactNode; children: (importButton: ReactNode) => ReactNode }

/** What stands above the prompts and above the imports: the way to the other, and the way to bring in more. */
export function PromptPages({ facts, children }: Props) {
  const t = useTranslations('prompts')
  const project = useProject()
  const [isImporting, setIsImporting] = useState(false)
  const mayImport = project.can('prompt:import')
  useCommands([{ id: 'import', title: t('import'), keys: 'i', run: () => setIsImporting(true), disabled: !mayImport }])
  const importButton = mayImport && (
    <Button variant="primary" icon={<Upload className="size-4" />} onClick={() => setIsImporting(true)}>
      {t('import')}
    </Button>
  )
  return (
    <Page>
      <PageHeader title={t('title')} facts={facts} actions={importButton} />
      <SubNav
        label={t('title')}
        links={[
          { href: project.path('/prompts'), label: t('title') },
          { href: project.path('/prompts/imports'), label: t('imports') },
          ...(project.can('queue:read') ? [{ href: project.path('/prompts/queue'), label: t('queue') }] : []),
        ]}
      />
      {children(importButton)}
      {isImporting && <ImportDialog onClose={() => setIsImporting(false)} />}
    </Page>
  )
}
